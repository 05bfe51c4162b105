// The WHEP readers there are.
using System.Collections.Concurrent;
using System.Text;
using Mumu.Agent.Cameras;
using Mumu.Agent.Paths;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whep;

/// <summary>Begins sessions, keeps them while they last, ends them.</summary>
internal sealed class WhepSessions(WebRtcEngine engine, TimeProvider time)
{
    /// <summary>How long an answer waits for this machine's outside address, when STUN servers are set.</summary>
    private static readonly TimeSpan GatherLimit = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, WhepSession> _sessions = [];

    /// <summary>Sessions now.</summary>
    public int Count => _sessions.Count;

    /// <summary>Answers an offer.</summary>
    /// <returns>The session and the answer with all candidates.</returns>
    public async Task<(WhepSession Session, string Answer)> BeginAsync(
        Camera camera,
        WhepCaller caller,
        ViewerOffer offer,
        CancellationToken cancellation
    )
    {
        var viewer = await engine.AnswerAsync(offer, cancellation).ConfigureAwait(false);
        var answer = viewer.AnswerSdp;
        if (offer.StunUrls.Count > 0)
        {
            answer = await GatherAsync(viewer, answer).ConfigureAwait(false);
        }
        var session = new WhepSession(camera.Id, caller.Key, caller.IsKeyInAddress, viewer, offer.Sdp);
        _sessions[viewer.Id] = session;
        var reader = new PathReader(
            "webrtc",
            caller.Remote,
            caller.Key,
            time.GetUtcNow(),
            () => viewer.Statistics.Bytes,
            () => _ = viewer.CloseAsync().AsTask()
        );
        _ = FollowAsync(viewer, camera, reader);
        return (session, answer);
    }

    /// <summary>Finds a session that began at that camera with that key; null as key stands for a request without one.</summary>
    public WhepSession? Find(string cameraId, string id, string? keyName) =>
        _sessions.TryGetValue(id, out var session)
        && session.CameraId == cameraId
        && (session.KeyName == keyName || (keyName is null && session.IsOpen))
            ? session
            : null;

    private async Task FollowAsync(ViewerSession viewer, Camera camera, PathReader reader)
    {
        camera.Readers.Add(reader);
        using var retired = camera.Retired.Register(() => _ = viewer.CloseAsync().AsTask());
        await foreach (var happened in viewer.Events.ReadAllAsync().ConfigureAwait(false))
        {
            if (happened is ViewerEvent.Ended)
            {
                break;
            }
        }
        _sessions.TryRemove(viewer.Id, out _);
        camera.Readers.Remove(reader);
    }

    // WHEP has no way to trickle from the server to the reader, so what is found in time goes into the answer.
    private async Task<string> GatherAsync(ViewerSession viewer, string answer)
    {
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
        return WithCandidates(answer, lines.ToString());
    }

    /// <summary>Puts candidate lines behind the first media section's mid: all sections share its transport.</summary>
    internal static string WithCandidates(string sdp, string lines)
    {
        var mid = sdp.IndexOf("\r\na=mid:", StringComparison.Ordinal);
        var end = mid < 0 ? -1 : sdp.IndexOf("\r\n", mid + 2, StringComparison.Ordinal);
        return lines.Length == 0 || end < 0 ? sdp : sdp.Insert(end + 2, lines);
    }
}
