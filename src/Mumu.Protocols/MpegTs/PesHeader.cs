// The header of a PES packet (ISO/IEC 13818-1 §2.4.3.6).
using System.Buffers.Binary;

namespace Mumu.Protocols.MpegTs;

/// <summary>What matters of a PES header.</summary>
/// <param name="Length">Bytes of the header: where the data begins.</param>
/// <param name="DataLength">Bytes of data behind it; null where the packet lasts until the next one begins.</param>
/// <param name="Presentation">PTS, 33 bits of 90 kHz; null where there is none.</param>
/// <param name="Decode">DTS; null where it is the PTS.</param>
internal readonly record struct PesHeader(int Length, int? DataLength, long? Presentation, long? Decode)
{
    /// <summary>Bytes after which it is known how long the header is.</summary>
    public const int Fixed = 9;

    /// <summary>The longest header there can be.</summary>
    public const int MaxLength = Fixed + 255;

    /// <summary>Reads a header; false for what is no PES packet of audio or video, and if bytes are missing (see <see cref="MaxLength"/>).</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out PesHeader header)
    {
        header = default;
        if (bytes.Length < Fixed || bytes[0] != 0 || bytes[1] != 0 || bytes[2] != 1)
        {
            return false;
        }
        // Private stream 1 carries Opus, 0xFD is the extended id; others have no header of this form.
        if (bytes[3] is not (>= 0xC0 and <= 0xEF or 0xBD or 0xFD) || (bytes[6] & 0xC0) != 0x80)
        {
            return false;
        }
        var length = Fixed + bytes[8];
        var total = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (bytes.Length < length || (total != 0 && total + 6 < length))
        {
            return false;
        }
        long? presentation = null;
        long? decode = null;
        var flags = bytes[7] >> 6;
        if ((flags & 2) != 0 && bytes[8] >= 5)
        {
            presentation = Time(bytes[9..]);
            if (flags == 3 && bytes[8] >= 10)
            {
                decode = Time(bytes[14..]);
            }
        }
        header = new PesHeader(length, total == 0 ? null : total + 6 - length, presentation, decode);
        return true;
    }

    private static long Time(ReadOnlySpan<byte> b) =>
        (long)(b[0] >> 1 & 7) << 30 | (long)b[1] << 22 | (long)(b[2] >> 1) << 15 | (long)b[3] << 7 | (long)(b[4] >> 1);
}
