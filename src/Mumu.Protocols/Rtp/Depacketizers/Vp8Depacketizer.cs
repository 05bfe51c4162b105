// VP8 frames from RTP payloads.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>Depacketises VP8 (RFC 7741 §4.2), with or without picture ids and layers.</summary>
public sealed class Vp8Depacketizer : FrameDepacketizer
{
    private protected override bool TryTake(ReadOnlySpan<byte> payload, bool isFirst, out bool isBroken)
    {
        isBroken = !TrySkipDescriptor(payload, out var length) || length == payload.Length;
        if (isBroken)
        {
            return false;
        }
        var begins = (payload[0] & 0x17) == 0x10; // S, partition 0
        return begins == isFirst && Assembly.TryAppend(payload[length..]);
    }

    private protected override bool TryComplete(out bool isKeyFrame)
    {
        var isFrame = Vp8Header.TryParse(Assembly.InWork, out var header);
        isKeyFrame = header.IsKeyFrame;
        return isFrame;
    }

    private static bool TrySkipDescriptor(ReadOnlySpan<byte> payload, out int length)
    {
        length = 1;
        if (payload.Length < 2 || (payload[0] & 0x80) == 0)
        {
            return payload.Length >= 1;
        }
        var flags = payload[1];
        length = 2;
        if ((flags & 0x80) != 0) // I
        {
            length += length < payload.Length && (payload[length] & 0x80) != 0 ? 2 : 1;
        }
        length += (flags & 0x40) != 0 ? 1 : 0; // L
        length += (flags & 0x30) != 0 ? 1 : 0; // T, K
        return length <= payload.Length;
    }
}
