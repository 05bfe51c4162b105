// AV1 in MP4: av01, with the sequence header in the entry.
using System.Globalization;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Mp4.SampleEntries;

/// <summary>An AV1SampleEntry (AV1 Codec ISO Media File Format Binding §2.2).</summary>
internal sealed class Av1Entry : SampleEntry
{
    private readonly byte[] _obu;
    private readonly Av1SequenceHeader _header;

    private Av1Entry(byte[] obu, Av1SequenceHeader header)
    {
        (_obu, _header) = (obu, header);
        (Width, Height) = (header.Width, header.Height);
        ReorderDepth = 0; // a temporal unit shows one frame, in order
    }

    public override string CodecString =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"av01.{_header.Profile}.{_header.LevelIndex:00}{(_header.Tier == 0 ? 'M' : 'H')}.{_header.Color.Depth:00}"
        );

    public static Av1Entry? TryCreate(ReadOnlySpan<byte> configuration) =>
        Av1Frames.TryGetSequenceHeader(configuration, out var bytes)
        && Obu.TryRead(bytes, out var obu, out _)
        && Av1SequenceHeader.TryParse(obu.Payload, out var header)
            ? new Av1Entry(bytes.ToArray(), header)
            : null;

    public override void Write(BoxWriter writer)
    {
        var color = _header.Color;
        OpenVisual(writer, "av01"u8);
        writer.Open("av1C"u8);
        writer.U8(0x81);
        writer.U8(_header.Profile << 5 | _header.LevelIndex);
        writer.U8(
            _header.Tier << 7
                | (color.Depth > 8 ? 0x40 : 0)
                | (color.Depth == 12 ? 0x20 : 0)
                | (color.IsMonochrome ? 0x10 : 0)
                | (color.IsSubsampledX ? 8 : 0)
                | (color.IsSubsampledY ? 4 : 0)
                | color.ChromaPosition
        );
        writer.U8(0);
        writer.Bytes(_obu);
        writer.Close();
        writer.Close();
    }
}
