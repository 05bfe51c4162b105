// Publishing over WHIP: a path for what an offer sends.
using Mumu.Agent.Paths;
using Mumu.Agent.Whep;
using Mumu.Media.Publishing;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whip;

/// <summary>Begins publications over WebRTC, and lets session and publication end together.</summary>
internal sealed class WhipPublishing(WebRtcEngine engine, PathRegistry paths)
{
    /// <summary>Answers an offer that sends, and takes the path for it. An offer that can't be answered leaves who publishes there alone.</summary>
    /// <returns>The session and the publication, to be followed.</returns>
    /// <exception cref="PathRefusedException">The path can't be had.</exception>
    public async Task<(ViewerSession Session, Publication Publication)> BeginAsync(
        PathName path,
        WhepCaller caller,
        ViewerOffer offer,
        CancellationToken cancellation
    )
    {
        var media = new AwaitedPublication();
        var session = await engine.AnswerAsync(offer with { Publishes = media }, cancellation).ConfigureAwait(false);
        try
        {
            var publisher = new Publisher("webrtc", caller.Remote, caller.Key) { RequestKeyFrame = session.RequestKeyFrame };
            return (session, media.Publication = await paths.PublishAsync(path, publisher, cancellation).ConfigureAwait(false));
        }
        catch
        {
            await session.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Completes when both have ended, whichever came first.</summary>
    public static async Task FollowAsync(ViewerSession session, Publication publication)
    {
        var end = EndOfAsync(session);
        if (await Task.WhenAny(end, publication.Ended).ConfigureAwait(false) != end)
        {
            await session.CloseAsync().ConfigureAwait(false);
        }
        publication.End(SentenceOf(await end.ConfigureAwait(false)));
    }

    /// <summary>Completes with the end of a session.</summary>
    public static async Task<ViewerEvent.Ended?> EndOfAsync(ViewerSession session)
    {
        await foreach (var happened in session.Events.ReadAllAsync().ConfigureAwait(false))
        {
            if (happened is ViewerEvent.Ended end)
            {
                return end;
            }
        }
        return null; // More happened than the session keeps.
    }

    private static string SentenceOf(ViewerEvent.Ended? end) =>
        end?.Reason switch
        {
            null or ViewerEndReason.ViewerLeft or ViewerEndReason.Closed => "The publisher has left.",
            ViewerEndReason.ConnectionLost => "The publisher stopped answering.",
            ViewerEndReason.ConnectTimeout => "No connection to the publisher came about in time.",
            _ => end.Sentence,
        };
}
