// The head of a VP9 frame: key frame or not, profile and size.
namespace Mumu.Protocols.Codecs;

/// <summary>What the beginning of a VP9 frame's uncompressed header says (VP9 bitstream specification §6.2).</summary>
/// <param name="IsKeyFrame">Decoding can start here.</param>
/// <param name="IsShown">False for a frame that others only refer to.</param>
/// <param name="Profile">0 to 3; profile-id in SDP (RFC 9628 §6.1).</param>
/// <param name="Width">Width in pixels, 0 if it is no key frame.</param>
/// <param name="Height">Height in pixels, 0 if it is no key frame.</param>
public readonly record struct Vp9Header(bool IsKeyFrame, bool IsShown, int Profile, int Width, int Height)
{
    /// <summary>The most bytes up to the size.</summary>
    public const int KeyLength = 10;

    private const int Rgb = 7;

    /// <summary>Reads the beginning of a frame. False where it ends early or is no VP9.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out Vp9Header header)
    {
        header = default;
        var bits = BitReader.OverBytes(frame);
        if (bits.Bits(2) != 2)
        {
            return false;
        }
        var profile = (int)bits.Bits(1) | ((int)bits.Bits(1) << 1);
        if (profile == 3 && bits.Flag())
        {
            return false; // reserved_zero
        }
        if (bits.Flag()) // show_existing_frame
        {
            header = new Vp9Header(false, true, profile, 0, 0);
            return !bits.IsOverrun;
        }
        var isKey = !bits.Flag();
        var isShown = bits.Flag();
        bits.Flag(); // error_resilient_mode
        if (!isKey)
        {
            header = new Vp9Header(false, isShown, profile, 0, 0);
            return !bits.IsOverrun;
        }
        if (bits.Bits(24) != 0x498342)
        {
            return false;
        }
        SkipColors(ref bits, profile);
        var width = (int)bits.Bits(16) + 1;
        var height = (int)bits.Bits(16) + 1;
        header = new Vp9Header(true, isShown, profile, width, height);
        return !bits.IsOverrun;
    }

    // color_config (§6.2.2)
    private static void SkipColors(ref BitReader bits, int profile)
    {
        if (profile >= 2)
        {
            bits.Flag(); // ten_or_twelve_bit
        }
        var hasSubsampling = profile is 1 or 3;
        if (bits.Bits(3) != Rgb)
        {
            bits.Skip(hasSubsampling ? 4 : 1); // color_range, subsampling_x and y, reserved_zero
        }
        else
        {
            bits.Skip(hasSubsampling ? 1 : 0);
        }
    }
}
