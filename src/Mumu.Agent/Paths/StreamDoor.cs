// Lets clients of RTSP and RTMP in: by the access policy, to the paths.
using System.Net;
using Mumu.Agent.Keys;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Publishing;

namespace Mumu.Agent.Paths;

/// <summary>The doorkeeper of the servers that are not HTTP.</summary>
internal sealed class StreamDoor(Access access, PathRegistry paths, TimeProvider time)
{
    /// <summary>Decides; without a key nobody learns which paths there are.</summary>
    /// <param name="path">The path as the client wrote it, not decoded.</param>
    /// <param name="credentials">What it shows; null if nothing.</param>
    /// <param name="protocol"><c>rtsp</c> or <c>rtmp</c>.</param>
    /// <param name="remote">Where it comes from.</param>
    /// <param name="publishes">It wants to publish; else to read.</param>
    /// <param name="cancellation">The client has gone.</param>
    public async Task<Admission> AdmitAsync(
        string path,
        Credentials? credentials,
        string protocol,
        IPEndPoint remote,
        bool publishes,
        CancellationToken cancellation
    )
    {
        if (!PathName.TryDecode(path, out var name))
        {
            return new Admission(400, PathName.Rule);
        }
        var action = publishes ? AccessAction.Publish : AccessAction.Read;
        var request = new AccessRequest(credentials, remote.Address, action, name.Value) { Protocol = protocol };
        var decision = await access.DecideAsync(request, cancellation).ConfigureAwait(false);
        if (decision.Delay > TimeSpan.Zero)
        {
            await Task.Delay(decision.Delay, time, cancellation).ConfigureAwait(false);
        }
        if (!decision.IsGranted)
        {
            return new Admission(StatusOf(decision.Outcome), decision.Sentence);
        }
        try
        {
            return publishes ? Publish(name, decision.Key!) : Read(name, decision.Key!, remote);
        }
        catch (PathRefusedException refused)
        {
            return new Admission(StatusOf(refused.Reason), refused.Message);
        }
    }

    private Admission Publish(PathName name, Caller key)
    {
        paths.CheckToPublish(name);
        return new Admission(200, "")
        {
            Path = name.Value,
            Key = key.Name,
            PublishAsync = async (publisher, cancellation) =>
            {
                try
                {
                    return await paths.PublishAsync(name, publisher, cancellation).ConfigureAwait(false);
                }
                catch (PathRefusedException refused)
                {
                    throw new RefusedException(StatusOf(refused.Reason), refused.Message);
                }
            },
        };
    }

    private Admission Read(PathName name, Caller key, IPEndPoint remote)
    {
        var camera = paths.FindToRead(name);
        return new Admission(200, "")
        {
            Path = name.Value,
            Key = key.Name,
            Stream = camera.Stream,
            Derive = camera.StreamFor,
            Retired = camera.Retired,
            Join = info =>
            {
                var reader = new PathReader(info.Protocol, remote.ToString(), key.Name, time.GetUtcNow(), info.Bytes, info.Kick)
                {
                    Transport = info.IsUdp ? "UDP" : "TCP",
                    Connection = info.Connection,
                };
                camera.Readers.Add(reader);
                return new Leaving(camera.Readers, reader);
            },
        };
    }

    private static int StatusOf(AccessOutcome outcome) =>
        outcome switch
        {
            AccessOutcome.Locked => 429,
            AccessOutcome.NotAllowed => 403,
            _ => 401,
        };

    private static int StatusOf(PathRefusal reason) =>
        reason switch
        {
            PathRefusal.NotForPublishers => 403,
            PathRefusal.TooMany or PathRefusal.Gone => 503,
            _ => 404,
        };

    private sealed class Leaving(PathReaders readers, PathReader reader) : IDisposable
    {
        public void Dispose() => readers.Remove(reader);
    }
}
