// What a viewer or publisher brings.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.WebRtc;

/// <summary>The wish to watch a stream, to publish one, or both at once.</summary>
/// <param name="Stream">What it wants to watch; null if it only publishes.</param>
/// <param name="Sdp">Its offer.</param>
/// <param name="StunUrls">STUN servers to learn our outside address from: <c>stun:host</c> or <c>stun:host:port</c>; others are ignored.</param>
/// <param name="IncludeLoopback">Adds a 127.0.0.1 candidate where the engine is bound to a wildcard: for viewers on this machine.</param>
public sealed record ViewerOffer(MediaStream? Stream, string Sdp, IReadOnlyList<string> StunUrls, bool IncludeLoopback = false)
{
    /// <summary>TURN servers to ask for relays, the best first; at most four are asked.</summary>
    public IReadOnlyList<RelayServer> Relays { get; init; } = [];

    /// <summary>Chooses what to send once <see cref="Stream"/> plays, so that its tracks are known; null sends the stream itself.</summary>
    public Func<MediaStream>? Derive { get; init; }

    /// <summary>Takes what the other side sends, one video and one audio track at most; null takes nothing. It is told on a loop's thread and must not block.</summary>
    public IUnitSink? Publishes { get; init; }

    /// <summary>Agrees to data channels, see <see cref="ViewerSession.Data"/>; an offer of nothing else is then enough.</summary>
    public bool AcceptsData { get; init; }
}
