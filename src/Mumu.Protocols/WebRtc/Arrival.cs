// What the transport made of a datagram.
namespace Mumu.Protocols.WebRtc;

/// <summary>What a datagram turned out to be (RFC 7983).</summary>
internal enum Arrival
{
    /// <summary>Taken by DTLS, or dropped.</summary>
    None,

    /// <summary>Authentic STUN of this peer's ICE.</summary>
    Check,

    /// <summary>An authentic RTP packet, decrypted in place.</summary>
    Rtp,

    /// <summary>An authentic RTCP packet, decrypted in place.</summary>
    Rtcp,
}
