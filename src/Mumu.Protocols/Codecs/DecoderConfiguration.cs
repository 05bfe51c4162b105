// Decoder configuration records: what FLV and MP4 tell of a video track in front of its frames.
using System.Buffers.Binary;

namespace Mumu.Protocols.Codecs;

/// <summary>
/// Turns a track's configuration (see <see cref="ParameterSets"/>) into the record that containers hold, and back: avcC and hvcC (ISO 14496-15), av1C (AV1 in ISO BMFF §2.3), vpcC (VP in ISO BMFF).
/// </summary>
public static class DecoderConfiguration
{
    /// <summary>The longest record that is read, in bytes.</summary>
    public const int MaxLength = ParameterSets.MaxLength + 256;

    /// <summary>The record without a box around it, except vpcC, which begins with its version and flags; null where the configuration lacks what it needs.</summary>
    public static byte[]? Write(Codec codec, ReadOnlySpan<byte> configuration) =>
        codec switch
        {
            Codec.H264 => WriteAvc(configuration),
            Codec.H265 => HevcConfiguration.Write(configuration),
            Codec.Av1 => WriteAv1(configuration),
            Codec.Vp9 when Vp9Header.TryParse(configuration, out var vp9) => WriteVp(vp9.Profile),
            Codec.Vp8 => WriteVp(0),
            _ => null,
        };

    /// <summary>
    /// Reads a record: gives the track's configuration, empty for VP8 and VP9, whose key frames tell all, and the bytes of each NAL unit's length (4 where there are none). False where it is malformed.
    /// </summary>
    public static bool TryRead(Codec codec, ReadOnlySpan<byte> record, out byte[] configuration, out int lengthSize)
    {
        (configuration, lengthSize) = ([], 4);
        if (record.Length > MaxLength)
        {
            return false;
        }
        switch (codec)
        {
            case Codec.H264:
                return TryReadAvc(record, out configuration, out lengthSize);
            case Codec.H265:
                return HevcConfiguration.TryRead(record, out configuration, out lengthSize);
            case Codec.Av1:
                if (record.Length < 4 || record[0] != 0x81)
                {
                    return false;
                }
                if (Av1Frames.TryGetSequenceHeader(record[4..], out var header))
                {
                    configuration = header.ToArray();
                }
                return true;
            case Codec.Vp8 or Codec.Vp9:
                return record.Length >= 4;
            default:
                return false;
        }
    }

    internal static bool TryTake(ref ReadOnlySpan<byte> rest, List<byte> units)
    {
        if (rest.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(rest) is var length && (length == 0 || length > rest.Length - 2))
        {
            return false;
        }
        units.AddRange([0, 0, rest[0], rest[1]]);
        units.AddRange(rest.Slice(2, length));
        rest = rest[(2 + length)..];
        return true;
    }

    internal static void Put(List<byte> record, ReadOnlySpan<byte> nal)
    {
        record.Add((byte)(nal.Length >> 8));
        record.Add((byte)nal.Length);
        record.AddRange(nal);
    }

    private static byte[]? WriteAvc(ReadOnlySpan<byte> configuration)
    {
        var (sps, pps) = (new List<byte>(), new List<byte>());
        var (spsCount, ppsCount) = (0, 0);
        ReadOnlySpan<byte> head = default;
        var reader = new NalReader(configuration);
        while (reader.TryRead(out var nal))
        {
            switch (NalHeader.H264Type(nal))
            {
                case H264NalType.Sps when nal.Length >= 4 && spsCount < 31:
                    head = head.IsEmpty ? nal : head;
                    Put(sps, nal);
                    spsCount++;
                    break;
                case H264NalType.Pps when ppsCount < 255:
                    Put(pps, nal);
                    ppsCount++;
                    break;
            }
        }
        return head.IsEmpty || ppsCount == 0
            ? null
            : [1, head[1], head[2], head[3], 0xFF, (byte)(0xE0 | spsCount), .. sps, (byte)ppsCount, .. pps];
    }

    private static bool TryReadAvc(ReadOnlySpan<byte> record, out byte[] configuration, out int lengthSize)
    {
        (configuration, lengthSize) = ([], 4);
        if (record.Length < 7 || record[0] != 1)
        {
            return false;
        }
        lengthSize = (record[4] & 3) + 1;
        var units = new List<byte>(record.Length + 16);
        var rest = record[6..];
        for (var i = record[5] & 0x1F; i > 0; i--)
        {
            if (!TryTake(ref rest, units))
            {
                return false;
            }
        }
        if (rest.IsEmpty)
        {
            return false;
        }
        var count = rest[0];
        rest = rest[1..];
        for (int i = count; i > 0; i--)
        {
            if (!TryTake(ref rest, units))
            {
                return false;
            }
        }
        configuration = [.. units];
        return true;
    }

    // Depth and subsampling as main profile has them with 8 bits; decoders take them from the sequence header that follows.
    private static byte[]? WriteAv1(ReadOnlySpan<byte> configuration) =>
        Obu.TryRead(configuration, out var obu, out var length)
        && obu.Type == ObuType.SequenceHeader
        && Av1SequenceHeader.TryParse(obu.Payload, out var header)
            ? [0x81, (byte)(header.Profile << 5 | header.LevelIndex), (byte)(header.Tier << 7 | 0x0C), 0, .. configuration[..length]]
            : null;

    // Version 1, profile, level unknown, 8 bits 4:2:0, colours unspecified (2), no further data.
    private static byte[] WriteVp(int profile) => [1, 0, 0, 0, (byte)profile, 0, 0x82, 2, 2, 2, 0, 0];
}
