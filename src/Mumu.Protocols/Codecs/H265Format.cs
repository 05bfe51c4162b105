// What a container says of an H.265 stream beyond its size: read from the sequence parameter set.
namespace Mumu.Protocols.Codecs;

/// <summary>The fields of an H.265 SPS that a container's configuration repeats (ISO 14496-15 §8.3.3).</summary>
/// <param name="ProfileSpace">general_profile_space.</param>
/// <param name="IsHighTier">general_tier_flag.</param>
/// <param name="ProfileIdc">general_profile_idc.</param>
/// <param name="Compatibility">general_profile_compatibility_flag, the first in the top bit.</param>
/// <param name="Constraints">The 48 constraint flags.</param>
/// <param name="LevelIdc">Thirty times the level.</param>
/// <param name="TemporalLayers">Temporal sub-layers, 1 to 7.</param>
/// <param name="IsTemporalNested">sps_temporal_id_nesting_flag.</param>
/// <param name="ChromaFormat">chroma_format_idc.</param>
/// <param name="LumaDepth">Bits of a luma sample.</param>
/// <param name="ChromaDepth">Bits of a chroma sample.</param>
/// <param name="MaxReorder">Pictures that may be decoded before one that is shown earlier.</param>
public readonly record struct H265Format(
    int ProfileSpace,
    bool IsHighTier,
    int ProfileIdc,
    uint Compatibility,
    ulong Constraints,
    int LevelIdc,
    int TemporalLayers,
    bool IsTemporalNested,
    int ChromaFormat,
    int LumaDepth,
    int ChromaDepth,
    int MaxReorder
)
{
    /// <summary>Reads an SPS NAL unit, header included. False where the bytes end early or say what can't be.</summary>
    public static bool TryParse(ReadOnlySpan<byte> nal, out H265Format format)
    {
        format = default;
        if (nal.Length < 3 || NalHeader.H265Type(nal) != H265NalType.Sps)
        {
            return false;
        }
        var bits = BitReader.OverNal(nal[2..]);
        bits.Skip(4); // sps_video_parameter_set_id
        var layers = (int)bits.Bits(3);
        var isNested = bits.Flag();
        var space = (int)bits.Bits(2);
        var isHigh = bits.Flag();
        var profile = (int)bits.Bits(5);
        var compatibility = bits.Bits(32);
        var constraints = (ulong)bits.Bits(32) << 16 | bits.Bits(16);
        var level = (int)bits.Bits(8);
        SkipLayers(ref bits, layers);
        bits.Unsigned(); // sps_seq_parameter_set_id
        var chroma = bits.Unsigned();
        if (chroma == 3)
        {
            bits.Flag(); // separate_colour_plane_flag
        }
        bits.Unsigned(); // width
        bits.Unsigned(); // height
        for (var i = bits.Flag() ? 4 : 0; i > 0; i--)
        {
            bits.Unsigned(); // conformance window
        }
        var luma = bits.Unsigned() + 8;
        var chromaDepth = bits.Unsigned() + 8;
        bits.Unsigned(); // log2_max_pic_order_cnt_lsb_minus4
        var reorder = 0u;
        for (var i = bits.Flag() ? 0 : layers; i <= layers; i++)
        {
            bits.Unsigned(); // sps_max_dec_pic_buffering_minus1
            reorder = bits.Unsigned();
            bits.Unsigned(); // sps_max_latency_increase_plus1
        }
        if (bits.IsOverrun || layers == 7 || chroma > 3 || luma > 16 || chromaDepth > 16 || reorder > 16)
        {
            return false;
        }
        format = new(
            space,
            isHigh,
            profile,
            compatibility,
            constraints,
            level,
            layers + 1,
            isNested,
            (int)chroma,
            (int)luma,
            (int)chromaDepth,
            (int)reorder
        );
        return true;
    }

    private static void SkipLayers(ref BitReader bits, int layers)
    {
        if (layers == 0)
        {
            return;
        }
        var present = bits.Bits(16); // two flags for each of eight layers: profile, level
        for (var layer = 0; layer < layers; layer++)
        {
            var flags = present >> (14 - 2 * layer);
            bits.Skip(((flags & 2) != 0 ? 88 : 0) + ((flags & 1) != 0 ? 8 : 0));
        }
    }
}
