// VP8 frames to RTP payloads.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>Packetises VP8 (RFC 7741 §4.2) with the mandatory byte of the payload descriptor alone.</summary>
public sealed class Vp8Packetizer : FramePacketizer
{
    private protected override byte StartBit => 0x10; // S; the partition index stays 0, as partitions are not told apart

    private protected override byte EndBit => 0;

    private protected override bool TryDescribe(ReadOnlySpan<byte> unit, out byte descriptor)
    {
        descriptor = 0;
        return Vp8Header.TryParse(unit, out _);
    }
}
