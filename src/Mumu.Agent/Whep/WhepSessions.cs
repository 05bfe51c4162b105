// The sessions of WHEP and WHIP there are.
using System.Collections.Concurrent;
using System.Text;
using Mumu.Agent.Cameras;
using Mumu.Agent.Paths;
using Mumu.Agent.Whip;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whep;

/// <summary>Begins sessions, keeps them while they last, ends them.</summary>
internal sealed class WhepSessions(WebRtcEngine engine, WhipPublishing publishing, TimeProvider time)
{
    /// <summary>How long an answer waits for this machine's outside address, when STUN servers are set.</summary>
    private static readonly TimeSpan GatherLimit = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, WhepSession> _sessions = [];

    /// <summary>Sessions now.</summary>
    public int Count => _sessions.Count;

    /// <summary>Answers a reader's offer.</summary>
    /// <returns>The session and the answer with all candidates.</returns>
    public async Task<(WhepSession Session, string Answer)> ReadAsync(
        Camera camera,
        WhepAddress address,
        WhepCaller caller,
        ViewerOffer offer,
        CancellationToken cancellation
    )
    {
        var viewer = await engine.AnswerAsync(offer, cancellation).ConfigureAwait(false);
        var answer = await GatherAsync(viewer, offer).ConfigureAwait(false);
        var reader = new PathReader(
            "webrtc",
            caller.Remote,
            caller.Key,
            time.GetUtcNow(),
            () => viewer.Statistics.Bytes,
            () => _ = viewer.CloseAsync().AsTask()
        )
        {
            Packets = () => viewer.Statistics.Packets,
            Discarded = () => viewer.Statistics.Drops.Total,
        };
        var session = Keep(new WhepSession(address, caller, viewer, offer.Sdp));
        _ = FollowAsync(viewer, camera, reader);
        return (session, answer);
    }

    /// <summary>Answers a publisher's offer; who publishes there already is ended.</summary>
    /// <returns>The session and the answer with all candidates.</returns>
    public async Task<(WhepSession Session, string Answer)> PublishAsync(
        WhepAddress address,
        WhepCaller caller,
        ViewerOffer offer,
        CancellationToken cancellation
    )
    {
        var (viewer, publication) = await publishing.BeginAsync(address.Path, caller, offer, cancellation).ConfigureAwait(false);
        var answer = await GatherAsync(viewer, offer).ConfigureAwait(false);
        var session = Keep(new WhepSession(address, caller, viewer, offer.Sdp));
        _ = LeaveWithAsync(viewer, WhipPublishing.FollowAsync(viewer, publication));
        return (session, answer);
    }

    /// <summary>Finds the session that an address names, for a request with that key; null as key stands for a request without one.</summary>
    public WhepSession? Find(WhepAddress address, string? keyName) =>
        address.Session is { } id && _sessions.TryGetValue(id, out var session) && session.Belongs(address, keyName) ? session : null;

    private WhepSession Keep(WhepSession session) => _sessions[session.Viewer.Id] = session;

    private async Task FollowAsync(ViewerSession viewer, Camera camera, PathReader reader)
    {
        camera.Readers.Add(reader);
        using var retired = camera.Retired.Register(() => _ = viewer.CloseAsync().AsTask());
        await LeaveWithAsync(viewer, WhipPublishing.EndOfAsync(viewer)).ConfigureAwait(false);
        camera.Readers.Remove(reader);
    }

    private async Task LeaveWithAsync(ViewerSession viewer, Task end)
    {
        await end.ConfigureAwait(false);
        _sessions.TryRemove(viewer.Id, out _);
    }

    // There is no way to trickle from the server to the other side, so what is found in time goes into the answer.
    private async Task<string> GatherAsync(ViewerSession viewer, ViewerOffer offer)
    {
        if (offer.StunUrls.Count == 0)
        {
            return viewer.AnswerSdp;
        }
        using var limit = new CancellationTokenSource(GatherLimit, time);
        var lines = new StringBuilder();
        try
        {
            while (await viewer.Events.WaitToReadAsync(limit.Token).ConfigureAwait(false) && viewer.Events.TryPeek(out var next))
            {
                if (next is not (ViewerEvent.LocalCandidate or ViewerEvent.EndOfCandidates))
                {
                    break; // The session's end belongs to whoever follows it.
                }
                viewer.Events.TryRead(out _);
                if (next is ViewerEvent.EndOfCandidates)
                {
                    break;
                }
                lines.Append("a=").Append(((ViewerEvent.LocalCandidate)next).Candidate).Append("\r\n");
            }
        }
        catch (OperationCanceledException)
        {
            // A STUN server that does not answer costs a second, not the picture.
        }
        return WithCandidates(viewer.AnswerSdp, lines.ToString());
    }

    /// <summary>Puts candidate lines behind the first media section's mid: all sections share its transport.</summary>
    internal static string WithCandidates(string sdp, string lines)
    {
        var mid = sdp.IndexOf("\r\na=mid:", StringComparison.Ordinal);
        var end = mid < 0 ? -1 : sdp.IndexOf("\r\n", mid + 2, StringComparison.Ordinal);
        return lines.Length == 0 || end < 0 ? sdp : sdp.Insert(end + 2, lines);
    }
}
