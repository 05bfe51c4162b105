// What a viewer brings.
using Mumu.Media.Streams;

namespace Mumu.Media.WebRtc;

/// <summary>A viewer's wish to watch a stream.</summary>
/// <param name="Stream">What it wants to watch.</param>
/// <param name="Sdp">Its offer.</param>
/// <param name="StunUrls">STUN servers to learn our outside address from: <c>stun:host</c> or <c>stun:host:port</c>; others are ignored.</param>
/// <param name="IncludeLoopback">Adds a 127.0.0.1 candidate where the engine is bound to a wildcard: for viewers on this machine.</param>
public sealed record ViewerOffer(MediaStream Stream, string Sdp, IReadOnlyList<string> StunUrls, bool IncludeLoopback = false)
{
    /// <summary>TURN servers to ask for relays, the best first; at most four are asked.</summary>
    public IReadOnlyList<RelayServer> Relays { get; init; } = [];

    /// <summary>Agrees to data channels, see <see cref="ViewerSession.Data"/>; an offer of nothing else is then enough.</summary>
    public bool AcceptsData { get; init; }
}
