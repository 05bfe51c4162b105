// What an offer of ours is about.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.WebRtc;

/// <summary>The wish to send a stream to another server, to receive what it has, or both at once.</summary>
/// <param name="Stream">What is sent: its first video and audio track that WebRTC can carry; null sends nothing.</param>
public sealed record OutgoingOffer(MediaStream? Stream)
{
    /// <summary>Takes what the other side sends, one video and one audio track at most; null takes nothing. It is told on a loop's thread and must not block.</summary>
    public IUnitSink? Publishes { get; init; }

    /// <summary>Offers data channels, see <see cref="ViewerSession.Data"/>.</summary>
    public bool HasData { get; init; }

    /// <summary>Adds a 127.0.0.1 candidate where the engine is bound to a wildcard: for servers on this machine.</summary>
    public bool IncludeLoopback { get; init; }
}

/// <summary>Carries an offer to the other side and returns its answer.</summary>
/// <param name="offer">The offer, with all candidates.</param>
/// <param name="cancellation">Ends it.</param>
public delegate Task<string> OfferExchange(string offer, CancellationToken cancellation);
