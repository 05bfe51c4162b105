// Lets RTSP clients in: by the access policy, to the paths.
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Media.Outputs.Rtsp;
using Mumu.Media.Publishing;

namespace Mumu.Agent.Rtsp;

/// <summary>The doorkeeper of the RTSP server.</summary>
internal sealed class RtspDoor(Access access, PathRegistry paths, TimeProvider time)
{
    /// <summary>Decides; without a key nobody learns which paths there are.</summary>
    public async Task<RtspAdmission> AdmitAsync(RtspCaller caller, CancellationToken cancellation)
    {
        if (!PathName.TryDecode(caller.Path, out var name))
        {
            return new RtspAdmission(400, PathName.Rule);
        }
        var action = caller.Publishes ? AccessAction.Publish : AccessAction.Read;
        var request = new AccessRequest(Credentials.OfAuthorization(caller.Authorization), caller.Remote.Address, action, name.Value)
        {
            Protocol = "rtsp",
        };
        var decision = await access.DecideAsync(request, cancellation).ConfigureAwait(false);
        if (decision.Delay > TimeSpan.Zero)
        {
            await Task.Delay(decision.Delay, time, cancellation).ConfigureAwait(false);
        }
        if (!decision.IsGranted)
        {
            return new RtspAdmission(StatusOf(decision.Outcome), decision.Sentence);
        }
        try
        {
            return caller.Publishes ? Publish(name, decision.Key!) : Read(name, decision.Key!, caller);
        }
        catch (PathRefusedException refused)
        {
            return new RtspAdmission(StatusOf(refused.Reason), refused.Message);
        }
    }

    private RtspAdmission Publish(PathName name, Caller key)
    {
        paths.CheckToPublish(name);
        return new RtspAdmission(200, "")
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
                    throw new RtspRefusedException(StatusOf(refused.Reason), refused.Message);
                }
            },
        };
    }

    private RtspAdmission Read(PathName name, Caller key, RtspCaller caller)
    {
        var camera = paths.FindToRead(name);
        return new RtspAdmission(200, "")
        {
            Path = name.Value,
            Key = key.Name,
            Stream = camera.Stream,
            Retired = camera.Retired,
            Join = info =>
            {
                var reader = new PathReader(info.Protocol, caller.Remote.ToString(), key.Name, time.GetUtcNow(), info.Bytes, info.Kick)
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
