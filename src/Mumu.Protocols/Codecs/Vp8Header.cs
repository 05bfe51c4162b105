// The head of a VP8 frame: key frame or not, and the size of the picture.
using System.Buffers.Binary;

namespace Mumu.Protocols.Codecs;

/// <summary>What the uncompressed head of a VP8 frame says (RFC 6386 §9.1).</summary>
/// <param name="IsKeyFrame">Decoding can start here.</param>
/// <param name="IsShown">False for a frame that others only refer to.</param>
/// <param name="Width">Width in pixels, 0 if it is no key frame.</param>
/// <param name="Height">Height in pixels, 0 if it is no key frame.</param>
public readonly record struct Vp8Header(bool IsKeyFrame, bool IsShown, int Width, int Height)
{
    /// <summary>Bytes of a key frame's head.</summary>
    public const int KeyLength = 10;

    /// <summary>Reads the beginning of a frame. False where it ends early or is no VP8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out Vp8Header header)
    {
        header = default;
        if (frame.Length < 3)
        {
            return false;
        }
        var isShown = (frame[0] & 0x10) != 0;
        if ((frame[0] & 1) != 0)
        {
            header = new Vp8Header(false, isShown, 0, 0);
            return true;
        }
        if (frame.Length < KeyLength || frame[3] != 0x9D || frame[4] != 0x01 || frame[5] != 0x2A)
        {
            return false;
        }
        // The upper two bits of each ask the player to scale.
        var width = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]) & 0x3FFF;
        var height = BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]) & 0x3FFF;
        header = new Vp8Header(true, isShown, width, height);
        return width > 0 && height > 0;
    }
}
