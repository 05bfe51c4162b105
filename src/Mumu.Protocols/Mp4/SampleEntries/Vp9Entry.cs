// VP9 in MP4: vp09.
using System.Globalization;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Mp4.SampleEntries;

/// <summary>A VP9SampleEntry (VP Codec ISO Media File Format Binding §2).</summary>
internal sealed class Vp9Entry : SampleEntry
{
    private readonly int _profile;
    private readonly int _depth;

    private Vp9Entry(Vp9Header header, int depth)
    {
        (_profile, _depth) = (header.Profile, depth);
        (Width, Height) = (header.Width, header.Height);
        ReorderDepth = 0;
    }

    public override string CodecString => string.Create(CultureInfo.InvariantCulture, $"vp09.{_profile:00}.{Level:00}.{_depth:00}");

    // The stream does not tell; this is the level of its size at up to 60 pictures a second.
    private int Level =>
        (Width * Height) switch
        {
            <= 245_760 => 21,
            <= 552_960 => 30,
            <= 983_040 => 31,
            <= 2_228_224 => 41,
            <= 8_912_896 => 51,
            _ => 61,
        };

    public static Vp9Entry? TryCreate(ReadOnlySpan<byte> configuration)
    {
        if (!Vp9Header.TryParse(configuration, out var header) || !header.IsKeyFrame)
        {
            return null;
        }
        var bits = BitReader.OverBytes(configuration);
        bits.Skip(8 + (header.Profile == 3 ? 1 : 0) + 24); // to ten_or_twelve_bit
        var depth =
            header.Profile < 2 ? 8
            : bits.Flag() ? 12
            : 10;
        return new Vp9Entry(header, depth);
    }

    public override void Write(BoxWriter writer)
    {
        OpenVisual(writer, "vp09"u8);
        writer.Open("vpcC"u8, 1, 0);
        writer.U8(_profile);
        writer.U8(Level);
        writer.U8(_depth << 4 | (_profile is 1 or 3 ? 3 : 1) << 1); // 4:4:4 or 4:2:0
        writer.U8(2); // colours unspecified
        writer.U8(2);
        writer.U8(2);
        writer.U16(0);
        writer.Close();
        writer.Close();
    }
}
