// The sample format of an AV1 stream, which stands near the end of its sequence header.
namespace Mumu.Protocols.Codecs;

/// <summary>What color_config says of the samples (AV1 §5.5.2).</summary>
/// <param name="Depth">Bits of a sample: 8, 10 or 12.</param>
/// <param name="IsMonochrome">Luma only.</param>
/// <param name="IsSubsampledX">Half the chroma samples across.</param>
/// <param name="IsSubsampledY">Half the chroma samples down.</param>
/// <param name="ChromaPosition">chroma_sample_position, 0 where unknown.</param>
public readonly record struct Av1Color(int Depth, bool IsMonochrome, bool IsSubsampledX, bool IsSubsampledY, int ChromaPosition)
{
    /// <summary>8 bits, 4:2:0.</summary>
    public static Av1Color Usual => new(8, false, true, true, 0);

    /// <summary>Reads on from behind the picture's size; the reader's overrun tells if the header ended early.</summary>
    internal static Av1Color Read(ref BitReader bits, int profile, bool isReduced)
    {
        SkipTools(ref bits, isReduced);
        var isHigh = bits.Flag();
        var depth =
            profile == 2 && isHigh && bits.Flag() ? 12
            : isHigh ? 10
            : 8;
        var isMonochrome = profile != 1 && bits.Flag();
        var (primaries, transfer, matrix) = bits.Flag() ? (bits.Bits(8), bits.Bits(8), bits.Bits(8)) : (2u, 2u, 2u);
        if (isMonochrome)
        {
            return new Av1Color(depth, true, true, true, 0);
        }
        if (primaries == 1 && transfer == 13 && matrix == 0)
        {
            return new Av1Color(depth, false, false, false, 0); // sRGB
        }
        bits.Flag(); // color_range
        var (x, y) = profile switch
        {
            0 => (true, true),
            1 => (false, false),
            _ when depth < 12 => (true, false),
            _ => bits.Flag() ? (true, bits.Flag()) : (false, false),
        };
        return new Av1Color(depth, false, x, y, x && y ? (int)bits.Bits(2) : 0);
    }

    // From frame_id_numbers_present_flag to enable_restoration (§5.5.1).
    private static void SkipTools(ref BitReader bits, bool isReduced)
    {
        if (!isReduced && bits.Flag())
        {
            bits.Skip(4 + 3); // lengths of frame numbers
        }
        bits.Skip(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
        if (!isReduced)
        {
            bits.Skip(4); // interintra, masked compound, warped motion, dual filter
            var hasOrder = bits.Flag();
            bits.Skip(hasOrder ? 2 : 0); // enable_jnt_comp, enable_ref_frame_mvs
            var usesScreenTools = bits.Flag() || bits.Flag(); // chosen by the frame, or forced
            if (usesScreenTools && !bits.Flag())
            {
                bits.Flag(); // seq_force_integer_mv
            }
            bits.Skip(hasOrder ? 3 : 0); // order_hint_bits_minus_1
        }
        bits.Skip(3); // enable_superres, enable_cdef, enable_restoration
    }
}
