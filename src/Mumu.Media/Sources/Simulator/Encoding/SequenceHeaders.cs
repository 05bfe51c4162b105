// Writes the parameter sets of the simulator's streams.
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Sources.Simulator.Encoding;

/// <summary>SPS and PPS (ITU-T H.264 §7.3.2) as length-prefixed NAL units: constrained baseline, one reference, BT.709 limited range, no reordering.</summary>
internal static class SequenceHeaders
{
    /// <summary>log2_max_frame_num: frame_num counts to 256.</summary>
    public const int FrameNumberBits = 8;

    private static readonly (int Level, int PerSecond, int PerPicture)[] Levels =
    [
        (30, 40_500, 1_620),
        (31, 108_000, 3_600),
        (32, 216_000, 5_120),
        (40, 245_760, 8_192),
        (42, 522_240, 8_704),
        (50, 589_824, 22_080),
        (51, 983_040, 36_864),
    ];

    /// <summary>Makes both for a picture and a rate.</summary>
    public static byte[] Make(Picture picture, int framesPerSecond)
    {
        var bits = new BitWriter(256);
        var bytes = new byte[512];
        WriteSps(bits, picture, framesPerSecond);
        var length = bits.WriteNal(0x67, bytes);
        bits.Reset();
        WritePps(bits);
        length += bits.WriteNal(0x68, bytes.AsSpan(length));
        return bytes[..length];
    }

    /// <summary>The least level of table A-1 that has room; it caps how large and fast a simulated camera can be.</summary>
    private static int Level(int macroblocks, int framesPerSecond)
    {
        foreach (var (level, perSecond, perPicture) in Levels)
        {
            if (macroblocks <= perPicture && macroblocks * framesPerSecond <= perSecond)
            {
                return level;
            }
        }
        return 52;
    }

    private static void WriteSps(BitWriter bits, Picture picture, int framesPerSecond)
    {
        bits.Bits(66, 8); // profile_idc
        bits.Bits(0xC0, 8); // constraint_set0 and 1: constrained baseline
        bits.Bits((uint)Level(picture.Columns * picture.Rows, framesPerSecond), 8);
        bits.Unsigned(0); // seq_parameter_set_id
        bits.Unsigned(FrameNumberBits - 4);
        bits.Unsigned(2); // pic_order_cnt_type: pictures are shown in the order they are coded
        bits.Unsigned(1); // max_num_ref_frames
        bits.Flag(false); // gaps_in_frame_num_value_allowed_flag
        bits.Unsigned((uint)picture.Columns - 1);
        bits.Unsigned((uint)picture.Rows - 1);
        bits.Flag(true); // frame_mbs_only_flag
        bits.Flag(true); // direct_8x8_inference_flag
        var (right, bottom) = (picture.Columns * 16 - picture.Width, picture.Rows * 16 - picture.Height);
        bits.Flag(right > 0 || bottom > 0); // frame_cropping_flag
        if (right > 0 || bottom > 0)
        {
            bits.Unsigned(0);
            bits.Unsigned((uint)right / 2);
            bits.Unsigned(0);
            bits.Unsigned((uint)bottom / 2);
        }
        bits.Flag(true); // vui_parameters_present_flag
        WriteVui(bits, framesPerSecond);
        bits.Trail();
    }

    private static void WriteVui(BitWriter bits, int framesPerSecond)
    {
        bits.Flag(true); // aspect_ratio_info_present_flag
        bits.Bits(1, 8); // square
        bits.Flag(false); // overscan_info_present_flag
        bits.Flag(true); // video_signal_type_present_flag
        bits.Bits(5, 3); // unspecified
        bits.Flag(false); // limited range
        bits.Flag(true); // colour_description_present_flag
        bits.Bits(0x010101, 24); // BT.709
        bits.Flag(false); // chroma_loc_info_present_flag
        bits.Flag(true); // timing_info_present_flag
        bits.Bits(1, 32); // num_units_in_tick
        bits.Bits((uint)framesPerSecond * 2, 32); // time_scale
        bits.Flag(true); // fixed_frame_rate_flag
        bits.Bits(0, 3); // no HRD, no pic_struct
        bits.Flag(true); // bitstream_restriction_flag: without it some decoders hold pictures back
        bits.Flag(true); // motion_vectors_over_pic_boundaries_flag
        bits.Unsigned(0); // max_bytes_per_pic_denom
        bits.Unsigned(0); // max_bits_per_mb_denom
        bits.Unsigned(9); // log2_max_mv_length_horizontal
        bits.Unsigned(9); // log2_max_mv_length_vertical
        bits.Unsigned(0); // max_num_reorder_frames
        bits.Unsigned(1); // max_dec_frame_buffering
    }

    private static void WritePps(BitWriter bits)
    {
        bits.Unsigned(0); // pic_parameter_set_id
        bits.Unsigned(0); // seq_parameter_set_id
        bits.Flag(false); // CAVLC
        bits.Flag(false); // bottom_field_pic_order_in_frame_present_flag
        bits.Unsigned(0); // one slice group
        bits.Unsigned(0); // num_ref_idx_l0_default_active_minus1
        bits.Unsigned(0); // num_ref_idx_l1_default_active_minus1
        bits.Bits(0, 3); // no weighting
        bits.Signed(0); // pic_init_qp_minus26
        bits.Signed(0); // pic_init_qs_minus26
        bits.Signed(0); // chroma_qp_index_offset
        bits.Flag(true); // deblocking_filter_control_present_flag
        bits.Flag(false); // constrained_intra_pred_flag
        bits.Flag(false); // redundant_pic_cnt_present_flag
        bits.Trail();
    }
}
