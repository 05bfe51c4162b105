// What a receiving peer asks for.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>Settings of a <see cref="ReceivingPeer"/>'s offer.</summary>
public sealed record ReceivingOptions
{
    /// <summary>Video formats in order of preference; empty asks for no video.</summary>
    public IReadOnlyList<Codec> Video { get; init; } = [Codec.H264, Codec.H265];

    /// <summary>Audio formats in order of preference; empty asks for no audio.</summary>
    public IReadOnlyList<Codec> Audio { get; init; } = [Codec.Opus, Codec.Pcmu, Codec.Pcma];

    /// <summary>Asks again for packets that miss.</summary>
    public bool SendNacks { get; init; } = true;

    /// <summary>Offers to take retransmissions in a stream of their own (RFC 4588).</summary>
    public bool Rtx { get; init; } = true;

    /// <summary>Offers to tell when each packet arrived (transport-wide feedback).</summary>
    public bool TransportFeedback { get; init; } = true;

    /// <summary>Offers data channels.</summary>
    public bool Data { get; init; }
}
