// Reads an H.264 sequence parameter set: the size, rate and profile of a stream.
namespace Mumu.Protocols.Codecs;

/// <summary>What a sequence parameter set says to someone who does not decode (ITU-T H.264 §7.3.2.1).</summary>
/// <param name="Id">seq_parameter_set_id, 0 to 31.</param>
/// <param name="ProfileLevelId">Profile, constraints and level.</param>
/// <param name="Width">Width in pixels after cropping.</param>
/// <param name="Height">Height in pixels after cropping.</param>
/// <param name="FramesPerSecond">Pictures a second by the VUI, null where it does not tell.</param>
/// <param name="MaxReorderFrames">Pictures that may be shown later than coded (B pictures), null where the VUI does not tell.</param>
public sealed record H264Sps(int Id, ProfileLevelId ProfileLevelId, int Width, int Height, double? FramesPerSecond, int? MaxReorderFrames)
{
    private const int MaxSide = 16384;

    /// <summary>Reads an SPS NAL unit, header included. False where the bytes end early or say what can't be.</summary>
    public static bool TryParse(ReadOnlySpan<byte> nal, out H264Sps sps)
    {
        sps = null!;
        if (!ProfileLevelId.TryFromSps(nal, out var profile))
        {
            return false;
        }
        var bits = BitReader.OverNal(nal[4..]);
        var id = bits.Unsigned();
        var chroma = HasChromaFormat(profile.ProfileIdc) ? ReadChromaFormat(ref bits) : 1;
        bits.Unsigned(); // log2_max_frame_num_minus4
        SkipPictureOrder(ref bits);
        bits.Unsigned(); // max_num_ref_frames
        bits.Flag(); // gaps_in_frame_num_value_allowed_flag
        var columns = bits.Unsigned() + 1L;
        var rows = bits.Unsigned() + 1L;
        var isFrames = bits.Flag();
        if (!isFrames)
        {
            bits.Flag(); // mb_adaptive_frame_field_flag
        }
        bits.Flag(); // direct_8x8_inference_flag
        var (cropX, cropY) = bits.Flag() ? ReadCrop(ref bits, chroma, isFrames) : (0, 0);
        if (bits.IsOverrun || id > 31 || chroma > 3 || columns > MaxSide / 16 || rows > MaxSide / 16)
        {
            return false;
        }
        var width = columns * 16 - cropX;
        var height = rows * 16 * (isFrames ? 1 : 2) - cropY;
        if (width <= 0 || height <= 0)
        {
            return false;
        }
        var (rate, reorder) = bits.Flag() ? ReadVui(ref bits) : (null, null);
        if (bits.IsOverrun)
        {
            (rate, reorder) = (null, null); // Some cameras cut the VUI short; the rest still holds.
        }
        sps = new H264Sps((int)id, profile, (int)width, (int)height, rate, reorder);
        return true;
    }

    private static bool HasChromaFormat(byte profile) =>
        profile is 100 or 110 or 122 or 244 or 44 or 83 or 86 or 118 or 128 or 138 or 139 or 134 or 135;

    private static uint ReadChromaFormat(ref BitReader bits)
    {
        var chroma = bits.Unsigned();
        if (chroma == 3 && bits.Flag())
        {
            chroma = 0; // separate_colour_plane_flag: three planes coded like grey ones, and cropped so.
        }
        bits.Unsigned(); // bit_depth_luma_minus8
        bits.Unsigned(); // bit_depth_chroma_minus8
        bits.Flag(); // qpprime_y_zero_transform_bypass_flag
        if (bits.Flag())
        {
            for (var list = 0; list < (chroma == 3 ? 12 : 8) && !bits.IsOverrun; list++)
            {
                if (bits.Flag())
                {
                    SkipScalingList(ref bits, list < 6 ? 16 : 64);
                }
            }
        }
        return chroma;
    }

    private static void SkipScalingList(ref BitReader bits, int size)
    {
        var (last, next) = (8, 8);
        for (var i = 0; i < size && next != 0 && !bits.IsOverrun; i++)
        {
            next = (last + bits.Signed() + 256) & 0xFF;
            last = next == 0 ? last : next;
        }
    }

    private static void SkipPictureOrder(ref BitReader bits)
    {
        switch (bits.Unsigned())
        {
            case 0:
                bits.Unsigned(); // log2_max_pic_order_cnt_lsb_minus4
                break;
            case 1:
                bits.Flag(); // delta_pic_order_always_zero_flag
                bits.Signed(); // offset_for_non_ref_pic
                bits.Signed(); // offset_for_top_to_bottom_field
                for (var left = bits.Unsigned(); left > 0 && !bits.IsOverrun; left--)
                {
                    bits.Signed(); // offset_for_ref_frame
                }
                break;
        }
    }

    private static (long X, long Y) ReadCrop(ref BitReader bits, uint chroma, bool isFrames)
    {
        var x = (long)bits.Unsigned() + bits.Unsigned();
        var y = (long)bits.Unsigned() + bits.Unsigned();
        var unitX = chroma is 1 or 2 ? 2 : 1;
        var unitY = (chroma == 1 ? 2 : 1) * (isFrames ? 1 : 2);
        return (x * unitX, y * unitY);
    }

    private static (double? Rate, int? Reorder) ReadVui(ref BitReader bits)
    {
        if (bits.Flag() && bits.Bits(8) == 255) // aspect_ratio_idc: extended
        {
            bits.Skip(32);
        }
        if (bits.Flag()) // overscan_info_present_flag
        {
            bits.Flag();
        }
        if (bits.Flag()) // video_signal_type_present_flag
        {
            bits.Skip(4);
            if (bits.Flag())
            {
                bits.Skip(24);
            }
        }
        if (bits.Flag()) // chroma_loc_info_present_flag
        {
            bits.Unsigned();
            bits.Unsigned();
        }
        double? rate = null;
        if (bits.Flag()) // timing_info_present_flag
        {
            var unit = bits.Bits(32);
            var scale = bits.Bits(32);
            bits.Flag(); // fixed_frame_rate_flag
            rate = unit > 0 && scale / 2.0 / unit is > 0 and <= 1000 and var value ? value : null; // Two ticks a frame.
        }
        return (rate, ReadReorder(ref bits));
    }

    private static int? ReadReorder(ref BitReader bits)
    {
        var hasNal = bits.Flag();
        if (hasNal)
        {
            SkipHrd(ref bits);
        }
        var hasVcl = bits.Flag();
        if (hasVcl)
        {
            SkipHrd(ref bits);
        }
        if (hasNal || hasVcl)
        {
            bits.Flag(); // low_delay_hrd_flag
        }
        bits.Flag(); // pic_struct_present_flag
        if (!bits.Flag()) // bitstream_restriction_flag
        {
            return null;
        }
        bits.Flag(); // motion_vectors_over_pic_boundaries_flag
        for (var i = 0; i < 4; i++)
        {
            bits.Unsigned(); // max_bytes_per_pic_denom, max_bits_per_mb_denom, two log2_max_mv_length
        }
        var reorder = bits.Unsigned();
        return reorder <= 16 ? (int)reorder : null;
    }

    private static void SkipHrd(ref BitReader bits)
    {
        var schedules = bits.Unsigned() + 1;
        bits.Skip(8); // bit_rate_scale, cpb_size_scale
        for (var i = 0; i < schedules && i < 32 && !bits.IsOverrun; i++)
        {
            bits.Unsigned();
            bits.Unsigned();
            bits.Flag();
        }
        bits.Skip(20); // four lengths
    }
}
