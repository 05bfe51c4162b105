// Made-up frames of VP8, VP9 and AV1: true heads, random insides.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Tests.Rtp;

internal static class Frames
{
    public const int Width = 640;
    public const int Height = 360;

    internal static byte[] Key(Codec codec, int length, int seed = 0) =>
        codec switch
        {
            Codec.Vp8 => [0x10, 1, 2, 0x9D, 0x01, 0x2A, Width & 0xFF, Width >> 8, Height & 0xFF, Height >> 8, .. Insides(length, seed)],
            Codec.Vp9 =>
            [
                0x82,
                0x49,
                0x83,
                0x42,
                0x20 | (Width - 1) >> 12,
                (Width - 1) >> 4 & 0xFF,
                ((Width - 1) << 4 | (Height - 1) >> 12) & 0xFF,
                (Height - 1) >> 4 & 0xFF,
                (byte)((Height - 1) << 4 & 0xF0 | 5),
                .. Insides(length, seed),
            ],
            _ => [.. Sequence(), .. Obu(ObuType.Frame, [0x10, .. Insides(length, seed)])],
        };

    internal static byte[] Delta(Codec codec, int length, int seed = 0) =>
        codec switch
        {
            Codec.Vp8 => [0x31, 1, 2, .. Insides(length, seed)],
            Codec.Vp9 => [0x86, .. Insides(length, seed)],
            _ when seed % 3 == 1 => [.. Obu(ObuType.Metadata, Insides(9, seed)), .. Obu(ObuType.Frame, [0x30, .. Insides(length, seed)])],
            _ => Obu(ObuType.Frame, [0x30, .. Insides(length, seed)]),
        };

    /// <summary>An open bitstream unit with its size.</summary>
    internal static byte[] Obu(ObuType type, byte[] payload)
    {
        var size = new byte[5];
        return [(byte)((int)type << 3 | 2), .. size[..Leb128.Write(payload.Length, size)], .. payload];
    }

    /// <summary>A sequence header of level 3.1 (5), main profile and tier.</summary>
    internal static byte[] Sequence(int profile = 0, int width = Width)
    {
        var bits = new BitWriter(64);
        bits.Bits((uint)profile, 3);
        bits.Bits(0, 2); // still_picture, reduced
        bits.Bits(0, 2); // timing_info, initial_display_delay
        bits.Bits(0, 5 + 12); // one operating point
        bits.Bits(5, 5);
        bits.Bits(10, 4);
        bits.Bits(9, 4);
        bits.Bits((uint)width - 1, 11);
        bits.Bits(Height - 1, 10);
        bits.Bits(0x5A, 8);
        bits.Align();
        return Obu(ObuType.SequenceHeader, bits.Written.ToArray());
    }

    private static byte[] Insides(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed * 1_000_003 + length).NextBytes(bytes);
        return bytes;
    }
}
