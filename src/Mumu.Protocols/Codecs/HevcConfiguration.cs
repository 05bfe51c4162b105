// The decoder configuration record of H.265 (hvcC).
namespace Mumu.Protocols.Codecs;

/// <summary>HEVCDecoderConfigurationRecord (ISO 14496-15 §8.3.3.1).</summary>
internal static class HevcConfiguration
{
    private const int HeadLength = 23;
    private const int MaxArrays = 16;

    internal static byte[]? Write(ReadOnlySpan<byte> configuration)
    {
        byte[]? head = null;
        var arrays = new List<(H265NalType Type, int Count, List<byte> Bytes)>();
        var reader = new NalReader(configuration);
        while (reader.TryRead(out var nal))
        {
            var type = NalHeader.H265Type(nal);
            if (!NalHeader.IsParameterSet(Codec.H265, nal))
            {
                continue;
            }
            if (type == H265NalType.Sps)
            {
                head ??= HeadOf(nal);
            }
            var at = arrays.FindIndex(array => array.Type == type);
            if (at < 0)
            {
                at = arrays.Count;
                arrays.Add((type, 0, []));
            }
            DecoderConfiguration.Put(arrays[at].Bytes, nal);
            arrays[at] = arrays[at] with { Count = arrays[at].Count + 1 };
        }
        if (head is null || arrays.Count < 3)
        {
            return null;
        }
        head[HeadLength - 1] = (byte)arrays.Count;
        var record = new List<byte>(head);
        foreach (var (type, count, bytes) in arrays.OrderBy(array => array.Type))
        {
            record.AddRange([(byte)(0x80 | (int)type), (byte)(count >> 8), (byte)count]);
            record.AddRange(bytes);
        }
        return [.. record];
    }

    internal static bool TryRead(ReadOnlySpan<byte> record, out byte[] configuration, out int lengthSize)
    {
        (configuration, lengthSize) = ([], 4);
        if (record.Length < HeadLength || record[0] > 1 || record[HeadLength - 1] > MaxArrays)
        {
            return false;
        }
        lengthSize = (record[21] & 3) + 1;
        var units = new List<byte>(record.Length + 32);
        var rest = record[HeadLength..];
        for (int array = record[HeadLength - 1]; array > 0; array--)
        {
            if (rest.Length < 3)
            {
                return false;
            }
            var isWanted = (H265NalType)(rest[0] & 0x3F) is H265NalType.Vps or H265NalType.Sps or H265NalType.Pps;
            var count = rest[1] << 8 | rest[2];
            rest = rest[3..];
            var before = units.Count;
            for (; count > 0; count--)
            {
                if (!DecoderConfiguration.TryTake(ref rest, units))
                {
                    return false;
                }
            }
            if (!isWanted)
            {
                units.RemoveRange(before, units.Count - before); // SEI and the like
            }
        }
        configuration = [.. units];
        return true;
    }

    private static byte[]? HeadOf(ReadOnlySpan<byte> sps)
    {
        if (!H265Sps.TryParse(sps, out _))
        {
            return null;
        }
        var bits = BitReader.OverNal(sps[2..]);
        bits.Skip(4); // sps_video_parameter_set_id
        var layers = (int)bits.Bits(3);
        var isNested = bits.Bits(1);
        var head = new byte[HeadLength];
        head[0] = 1;
        for (var i = 1; i <= 12; i++)
        {
            head[i] = (byte)bits.Bits(8); // profile, compatibility, constraints, level
        }
        if (layers > 0)
        {
            var present = bits.Bits(16);
            for (var layer = 0; layer < layers; layer++)
            {
                var flags = present >> (14 - 2 * layer);
                bits.Skip(((flags & 2) != 0 ? 88 : 0) + ((flags & 1) != 0 ? 8 : 0));
            }
        }
        bits.Unsigned(); // sps_seq_parameter_set_id
        var chroma = bits.Unsigned();
        if (chroma == 3)
        {
            bits.Flag(); // separate_colour_plane_flag
        }
        bits.Unsigned(); // width
        bits.Unsigned(); // height
        if (bits.Flag())
        {
            for (var i = 0; i < 4; i++)
            {
                bits.Unsigned(); // conformance window
            }
        }
        var (luma, colour) = (bits.Unsigned(), bits.Unsigned());
        head[13] = 0xF0; // min_spatial_segmentation_idc 0
        head[15] = 0xFC; // parallelismType unknown
        head[16] = (byte)(0xFC | (chroma & 3));
        head[17] = (byte)(0xF8 | (luma & 7));
        head[18] = (byte)(0xF8 | (colour & 7));
        head[21] = (byte)((layers + 1) << 3 | (int)isNested << 2 | 3); // lengths of four bytes
        return bits.IsOverrun ? null : head;
    }
}
