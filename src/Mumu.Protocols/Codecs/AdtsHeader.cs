// The header in front of each AAC frame of a raw stream (ISO/IEC 14496-3 §1.A.2.2.1).
namespace Mumu.Protocols.Codecs;

/// <summary>An ADTS header with one AAC frame behind it.</summary>
/// <param name="HeaderLength">7 bytes, or 9 with a CRC.</param>
/// <param name="FrameLength">Bytes of header and frame together.</param>
/// <param name="ObjectType">2 for AAC-LC.</param>
/// <param name="RateIndex">Index of the sample rate, 0 to 12.</param>
/// <param name="Layout">channel_configuration, 0 to 7; 0 where the stream itself tells.</param>
public readonly record struct AdtsHeader(int HeaderLength, int FrameLength, int ObjectType, int RateIndex, int Layout)
{
    /// <summary>Bytes needed to read a header.</summary>
    public const int MinLength = 7;

    /// <summary>Samples of a frame.</summary>
    public const int SamplesPerFrame = 1024;

    /// <summary>Reads a header; false for wrong bytes, and for frames of several blocks, which nobody makes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out AdtsHeader header)
    {
        header = default;
        if (bytes.Length < MinLength || bytes[0] != 0xFF || (bytes[1] & 0xF6) != 0xF0)
        {
            return false;
        }
        var headerLength = (bytes[1] & 1) != 0 ? 7 : 9;
        var rate = bytes[2] >> 2 & 0x0F;
        var layout = (bytes[2] & 1) << 2 | bytes[3] >> 6;
        var length = (bytes[3] & 3) << 11 | bytes[4] << 3 | bytes[5] >> 5;
        if (rate > 12 || length <= headerLength || (bytes[6] & 3) != 0)
        {
            return false;
        }
        header = new AdtsHeader(headerLength, length, (bytes[2] >> 6) + 1, rate, layout);
        return true;
    }

    /// <summary>The same as an AudioSpecificConfig of two bytes.</summary>
    public byte[] ToConfiguration() => [(byte)(ObjectType << 3 | RateIndex >> 1), (byte)((RateIndex & 1) << 7 | Layout << 3)];

    /// <summary>
    /// Writes the header for a frame of <paramref name="length"/> bytes (up to 8184) that has this AudioSpecificConfig into the first seven bytes; false where ADTS can't say it.
    /// </summary>
    public static bool TryWrite(ReadOnlySpan<byte> configuration, int length, Span<byte> destination)
    {
        var bits = BitReader.OverBytes(configuration);
        var (type, rate, layout) = ((int)bits.Bits(5), (int)bits.Bits(4), 0);
        layout = (int)bits.Bits(4);
        if (type is 5 or 29)
        {
            // The core goes into ADTS; decoders find the extension in its frames.
            bits.Bits(4);
            type = (int)bits.Bits(5);
        }
        var total = length + MinLength;
        if (bits.IsOverrun || type is < 1 or > 4 || rate > 12 || layout > 7 || total > 0x1FFF)
        {
            return false;
        }
        destination[0] = 0xFF;
        destination[1] = 0xF1;
        destination[2] = (byte)(type - 1 << 6 | rate << 2 | layout >> 2);
        destination[3] = (byte)((layout & 3) << 6 | total >> 11);
        destination[4] = (byte)(total >> 3);
        destination[5] = (byte)((total & 7) << 5 | 0x1F);
        destination[6] = 0xFC;
        return true;
    }
}
