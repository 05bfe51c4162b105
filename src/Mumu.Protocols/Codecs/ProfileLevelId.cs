// The three bytes that say which H.264 a stream is, as SDP writes them.
using System.Globalization;

namespace Mumu.Protocols.Codecs;

/// <summary>The H.264 profiles that WebRTC tells apart.</summary>
public enum H264Profile
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>42 with constraint_set1, and its equals among Main and Extended: what every browser takes.</summary>
    ConstrainedBaseline,

    /// <summary>42.</summary>
    Baseline,

    /// <summary>4d.</summary>
    Main,

    /// <summary>64 with constraint_set4 and 5.</summary>
    ConstrainedHigh,

    /// <summary>64.</summary>
    High,
}

/// <summary>profile-level-id of an H.264 stream (RFC 6184 §8.1): profile_idc, the constraint flags and level_idc of its SPS.</summary>
/// <param name="ProfileIdc">66 baseline, 77 main, 88 extended, 100 high.</param>
/// <param name="Constraints">constraint_set0_flag is the top bit.</param>
/// <param name="LevelIdc">Ten times the level: 31 is level 3.1.</param>
public readonly record struct ProfileLevelId(byte ProfileIdc, byte Constraints, byte LevelIdc)
{
    /// <summary>Constrained baseline at level 3.1, which RFC 7742 asks every WebRTC endpoint to take.</summary>
    public static ProfileLevelId Default => new(0x42, 0xE0, 0x1F);

    /// <summary>The profile, by the patterns of RFC 6184 table 5.</summary>
    public H264Profile Profile =>
        (ProfileIdc, Constraints & 0xF0, Constraints & 0x0F) switch
        {
            (0x42, var c, 0) when (c & 0x40) != 0 => H264Profile.ConstrainedBaseline,
            (0x4D, var c, 0) when (c & 0x80) != 0 => H264Profile.ConstrainedBaseline,
            (0x58, var c, 0) when (c & 0xC0) == 0xC0 => H264Profile.ConstrainedBaseline,
            (0x42, _, 0) => H264Profile.Baseline,
            (0x58, var c, 0) when (c & 0xC0) == 0x80 => H264Profile.Baseline,
            (0x4D, var c, 0) when (c & 0x20) == 0 => H264Profile.Main,
            (0x64, 0, 0x0C) => H264Profile.ConstrainedHigh,
            (0x64, 0, 0) => H264Profile.High,
            _ => H264Profile.Other,
        };

    /// <summary>Reads the six hex digits of an fmtp line.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ProfileLevelId id)
    {
        id = default;
        if (text.Length != 6 || !uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }
        id = new ProfileLevelId((byte)(value >> 16), (byte)(value >> 8), (byte)value);
        return true;
    }

    /// <summary>Reads an SPS NAL unit, header included.</summary>
    public static bool TryFromSps(ReadOnlySpan<byte> nal, out ProfileLevelId id)
    {
        var isSps = nal.Length >= 4 && NalHeader.H264Type(nal) == H264NalType.Sps;
        id = isSps ? new ProfileLevelId(nal[1], nal[2], nal[3]) : default;
        return isSps;
    }

    /// <summary>Six lower-case hex digits, such as "42c01f".</summary>
    public override string ToString() => $"{ProfileIdc:x2}{Constraints:x2}{LevelIdc:x2}";
}
