// VP9 frames to RTP payloads.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>Packetises VP9 (RFC 9628 §4.2) in non-flexible mode, one layer, with the mandatory byte of the payload descriptor alone. Superframes travel whole.</summary>
public sealed class Vp9Packetizer : FramePacketizer
{
    private const byte Predicted = 0x40; // P

    private protected override byte StartBit => 0x08; // B

    private protected override byte EndBit => 0x04; // E

    private protected override bool TryDescribe(ReadOnlySpan<byte> unit, out byte descriptor)
    {
        var isFrame = Vp9Header.TryParse(unit, out var header);
        descriptor = header.IsKeyFrame ? (byte)0 : Predicted;
        return isFrame;
    }
}
