// A viewer's figures at one moment.
namespace Mumu.Media.WebRtc;

/// <summary>What has been sent to a viewer and what it reported; a snapshot.</summary>
/// <param name="IsConnected">True between the end of the handshake and the end of the session.</param>
/// <param name="Remote">The viewer's address and port; null before it is connected.</param>
/// <param name="Packets">RTP packets sent, without retransmissions.</param>
/// <param name="Bytes">Their bytes, with RTP header and SRTP tag.</param>
/// <param name="Retransmits">Packets sent again for a NACK.</param>
/// <param name="Nacks">Packets that the viewer asked for again.</param>
/// <param name="KeyFrameRequests">PLI and FIR received.</param>
/// <param name="Drops">Frames left out, by cause.</param>
/// <param name="FractionLost">Loss of video by the viewer's last report or feedback, 0–1; before repair where retransmissions have a stream of their own.</param>
/// <param name="RoundTrip">The last round trip measured; null before the first.</param>
/// <param name="LimitBitsPerSecond">What the viewer's path is held to take; null while it has shown no limit.</param>
public sealed record ViewerStatistics(
    bool IsConnected,
    string? Remote,
    long Packets,
    long Bytes,
    long Retransmits,
    long Nacks,
    long KeyFrameRequests,
    DropCounts Drops,
    double FractionLost,
    TimeSpan? RoundTrip,
    long? LimitBitsPerSecond
);
