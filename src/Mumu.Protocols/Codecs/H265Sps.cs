// Reads an H.265 sequence parameter set: the size and profile of a stream.
namespace Mumu.Protocols.Codecs;

/// <summary>What an H.265 sequence parameter set says to someone who does not decode (ITU-T H.265 §7.3.2.2).</summary>
/// <param name="Id">sps_seq_parameter_set_id, 0 to 15.</param>
/// <param name="ProfileIdc">general_profile_idc: 1 main, 2 main 10; SDP's profile-id (RFC 7798 §7.1).</param>
/// <param name="IsHighTier">general_tier_flag; SDP's tier-flag.</param>
/// <param name="LevelIdc">Thirty times the level: 93 is level 3.1; SDP's level-id.</param>
/// <param name="Width">Width in pixels after cropping.</param>
/// <param name="Height">Height in pixels after cropping.</param>
public sealed record H265Sps(int Id, int ProfileIdc, bool IsHighTier, int LevelIdc, int Width, int Height)
{
    private const int MaxSide = 16384;

    /// <summary>Reads an SPS NAL unit, header included. False where the bytes end early or say what can't be.</summary>
    public static bool TryParse(ReadOnlySpan<byte> nal, out H265Sps sps)
    {
        sps = null!;
        if (nal.Length < 3 || NalHeader.H265Type(nal) != H265NalType.Sps)
        {
            return false;
        }
        var bits = BitReader.OverNal(nal[2..]);
        bits.Skip(4); // sps_video_parameter_set_id
        var layers = (int)bits.Bits(3);
        bits.Flag(); // sps_temporal_id_nesting_flag
        var profile = ReadProfile(ref bits, layers);
        var id = bits.Unsigned();
        var chroma = bits.Unsigned();
        if (chroma == 3 && bits.Flag())
        {
            chroma = 0; // separate_colour_plane_flag
        }
        long width = bits.Unsigned();
        long height = bits.Unsigned();
        if (bits.Flag()) // conformance_window_flag
        {
            var unitX = chroma is 1 or 2 ? 2 : 1;
            var unitY = chroma == 1 ? 2 : 1;
            width -= unitX * ((long)bits.Unsigned() + bits.Unsigned());
            height -= unitY * ((long)bits.Unsigned() + bits.Unsigned());
        }
        if (bits.IsOverrun || id > 15 || chroma > 3 || width is <= 0 or > MaxSide || height is <= 0 or > MaxSide)
        {
            return false;
        }
        sps = new H265Sps((int)id, profile.Idc, profile.IsHighTier, profile.Level, (int)width, (int)height);
        return true;
    }

    /// <summary>profile_tier_level (§7.3.3), of which the general part is kept.</summary>
    private static (int Idc, bool IsHighTier, int Level) ReadProfile(ref BitReader bits, int layers)
    {
        bits.Skip(2); // general_profile_space
        var isHighTier = bits.Flag();
        var idc = (int)bits.Bits(5);
        bits.Skip(32 + 48); // compatibility and constraint flags
        var level = (int)bits.Bits(8);
        if (layers == 0)
        {
            return (idc, isHighTier, level);
        }
        var present = bits.Bits(16); // Two flags for each of eight layers: profile, level.
        for (var layer = 0; layer < layers; layer++)
        {
            var flags = present >> (14 - 2 * layer);
            bits.Skip(((flags & 2) != 0 ? 88 : 0) + ((flags & 1) != 0 ? 8 : 0));
        }
        return (idc, isHighTier, level);
    }
}
