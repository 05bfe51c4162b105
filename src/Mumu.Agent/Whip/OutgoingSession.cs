// One session that we begin at another server, from the offer to its end.
using Mumu.Media.Units;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whip;

/// <summary>Offers, follows the session, and ends it on both sides.</summary>
internal static class OutgoingSession
{
    /// <summary>Runs until it is cancelled or the session ends.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="target">The other server.</param>
    /// <param name="offer">What is offered.</param>
    /// <param name="began">Is told of the session once it stands.</param>
    /// <param name="watch">Completes when the session is no longer worth having, with the reason; null where nothing watches.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SourceException">It could not begin, or has ended by itself.</exception>
    public static async Task RunAsync(
        WebRtcEngine engine,
        SdpTarget target,
        OutgoingOffer offer,
        Action<ViewerSession> began,
        Func<CancellationToken, Task<SourceException>>? watch,
        CancellationToken cancellation
    )
    {
        using var http = new SdpExchange(target);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ViewerSession? session = null;
        try
        {
            session = await BeginAsync(engine, target, offer, http, cancellation).ConfigureAwait(false);
            began(session);
            var end = WhipPublishing.EndOfAsync(session);
            var watching = watch?.Invoke(over.Token);
            await Task.WhenAny(end, (Task?)watching ?? end, Task.Delay(Timeout.Infinite, over.Token)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            throw end.IsCompleted ? FailureOf(await end.ConfigureAwait(false), target) : await watching!.ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await http.DeleteAsync().ConfigureAwait(false);
            if (session is not null)
            {
                await session.CloseAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task<ViewerSession> BeginAsync(
        WebRtcEngine engine,
        SdpTarget target,
        OutgoingOffer offer,
        SdpExchange http,
        CancellationToken cancellation
    )
    {
        try
        {
            return await engine
                .OfferAsync(offer with { IncludeLoopback = target.IsLocal }, http.PostAsync, cancellation)
                .ConfigureAwait(false);
        }
        catch (SdpException error)
        {
            throw new SourceException(SourceFailure.UnsupportedCodec, $"{target.Where}: {error.Message}", error);
        }
        catch (ObjectDisposedException error)
        {
            throw new SourceException(SourceFailure.Unreachable, "The media engine is stopping.", error);
        }
        catch (ViewerLimitException error)
        {
            throw new SourceException(SourceFailure.Unreachable, error.Message, error);
        }
    }

    private static SourceException FailureOf(ViewerEvent.Ended? end, SdpTarget target) =>
        end?.Reason switch
        {
            ViewerEndReason.ConnectTimeout => new SourceException(
                SourceFailure.Unreachable,
                $"{target.Where} answered, but no network path to it was found in time."
            ),
            ViewerEndReason.HandshakeFailed => new SourceException(
                SourceFailure.Protocol,
                $"The encryption handshake with {target.Where} failed."
            ),
            ViewerEndReason.ConnectionLost => new SourceException(SourceFailure.Stalled, $"{target.Where} stopped answering."),
            ViewerEndReason.FormatChanged => new SourceException(SourceFailure.Stalled, "The stream changed its format."),
            _ => new SourceException(SourceFailure.Stalled, $"{target.Where} ended the session."),
        };
}
