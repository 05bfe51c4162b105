// The size of a JPEG picture (ITU-T T.81 §B.2).
using System.Buffers.Binary;

namespace Mumu.Protocols.Codecs;

/// <summary>What the frame header of a JPEG picture says.</summary>
/// <param name="Width">Pixels, 1 to 65535.</param>
/// <param name="Height">Pixels, 1 to 65535.</param>
/// <param name="Start">Where the frame header begins, at its marker.</param>
/// <param name="Length">Bytes of the frame header with its marker.</param>
public readonly record struct JpegHeader(int Width, int Height, int Start, int Length)
{
    /// <summary>True if the bytes begin and end as a JPEG picture does.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> picture) =>
        picture.Length > 4
        && picture[0] == 0xFF
        && picture[1] == 0xD8
        && picture[2] == 0xFF
        && picture.TrimEnd((byte)0).EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9]);

    /// <summary>Reads the segments up to the frame header; false where there is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> picture, out JpegHeader header)
    {
        header = default;
        if (picture.Length < 4 || picture[0] != 0xFF || picture[1] != 0xD8)
        {
            return false;
        }
        var at = 2;
        while (picture.Length - at >= 4 && picture[at] == 0xFF)
        {
            var marker = picture[at + 1];
            if (marker == 0xFF)
            {
                at++; // fill byte
                continue;
            }
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
            {
                at += 2;
                continue;
            }
            if (marker is 0xD9 or 0xDA)
            {
                return false;
            }
            var length = 2 + BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 2)..]);
            if (length < 4 || length > picture.Length - at)
            {
                return false;
            }
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (length < 11)
                {
                    return false;
                }
                var height = BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 5)..]);
                var width = BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 7)..]);
                header = new JpegHeader(width, height, at, length);
                return width > 0 && height > 0;
            }
            at += length;
        }
        return false;
    }
}
