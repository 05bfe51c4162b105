// VP9 pictures from RTP payloads.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>Depacketises VP9 (RFC 9628 §4.2) in both modes. The layer frames of one picture stand behind one another in the unit.</summary>
public sealed class Vp9Depacketizer : FrameDepacketizer
{
    private const byte HasPictureId = 0x80;
    private const byte IsPredicted = 0x40;
    private const byte HasLayers = 0x20;
    private const byte IsFlexible = 0x10;
    private const byte Begins = 0x08;
    private const byte HasStructure = 0x02;

    private protected override bool TryTake(ReadOnlySpan<byte> payload, bool isFirst, out bool isBroken)
    {
        isBroken = !TrySkipDescriptor(payload, out var length) || length == payload.Length;
        if (isBroken)
        {
            return false;
        }
        return (!isFirst || (payload[0] & Begins) != 0) && Assembly.TryAppend(payload[length..]);
    }

    private protected override bool TryComplete(out bool isKeyFrame)
    {
        var isFrame = Vp9Header.TryParse(Assembly.InWork, out var header);
        isKeyFrame = header.IsKeyFrame;
        return isFrame;
    }

    private static bool TrySkipDescriptor(ReadOnlySpan<byte> payload, out int length)
    {
        length = 1;
        if (payload.IsEmpty)
        {
            return false;
        }
        var flags = payload[0];
        if ((flags & HasPictureId) != 0)
        {
            length += length < payload.Length && (payload[length] & 0x80) != 0 ? 2 : 1;
        }
        if ((flags & HasLayers) != 0)
        {
            length += (flags & IsFlexible) != 0 ? 1 : 2;
        }
        if ((flags & (IsFlexible | IsPredicted)) == (IsFlexible | IsPredicted))
        {
            for (var i = 0; i < 3; i++)
            {
                if (length >= payload.Length)
                {
                    return false;
                }
                if ((payload[length++] & 1) == 0) // N: another follows
                {
                    break;
                }
            }
        }
        return (flags & HasStructure) == 0 ? length <= payload.Length : TrySkipStructure(payload, ref length);
    }

    // Scalability structure (§4.2.1): sizes of the layers, then a group of pictures.
    private static bool TrySkipStructure(ReadOnlySpan<byte> payload, ref int length)
    {
        if (length >= payload.Length)
        {
            return false;
        }
        var flags = payload[length++];
        length += (flags & 0x10) != 0 ? 4 * ((flags >> 5) + 1) : 0;
        if ((flags & 0x08) == 0)
        {
            return length <= payload.Length;
        }
        if (length >= payload.Length)
        {
            return false;
        }
        for (var pictures = payload[length++]; pictures > 0; pictures--)
        {
            if (length >= payload.Length)
            {
                return false;
            }
            length += 1 + ((payload[length] >> 2) & 3);
        }
        return length <= payload.Length;
    }
}
