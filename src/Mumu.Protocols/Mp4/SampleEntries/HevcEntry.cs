// H.265 in MP4: hvc1, with the parameter sets in the entry and none in the samples.
using System.Globalization;
using System.Text;
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Mp4.SampleEntries;

/// <summary>An HEVCSampleEntry (ISO 14496-15 §8.4).</summary>
internal sealed class HevcEntry : SampleEntry
{
    private static readonly H265NalType[] Kinds = [H265NalType.Vps, H265NalType.Sps, H265NalType.Pps];
    private readonly List<byte[]>[] _sets;
    private readonly H265Format _format;

    private HevcEntry(List<byte[]>[] sets, H265Format format, H265Sps sps)
    {
        (_sets, _format) = (sets, format);
        (Width, Height) = (sps.Width, sps.Height);
        ReorderDepth = format.MaxReorder;
    }

    /// <summary>ISO 14496-15 annex E.3.</summary>
    public override string CodecString
    {
        get
        {
            var text = new StringBuilder("hvc1.");
            if (_format.ProfileSpace > 0)
            {
                text.Append((char)('A' + _format.ProfileSpace - 1));
            }
            text.Append(CultureInfo.InvariantCulture, $"{_format.ProfileIdc}.{Reverse(_format.Compatibility):X}.");
            text.Append(_format.IsHighTier ? 'H' : 'L').Append(CultureInfo.InvariantCulture, $"{_format.LevelIdc}");
            for (var left = _format.Constraints << 16; left != 0; left <<= 8)
            {
                text.Append(CultureInfo.InvariantCulture, $".{left >> 56:X}");
            }
            return text.ToString();
        }
    }

    public static HevcEntry? TryCreate(ReadOnlySpan<byte> configuration)
    {
        List<byte[]>[] sets =
        [
            [],
            [],
            [],
        ];
        (H265Format Format, H265Sps Sps)? first = null;
        var reader = new NalReader(configuration);
        while (reader.TryRead(out var nal))
        {
            var kind = Array.IndexOf(Kinds, NalHeader.H265Type(nal));
            if (kind < 0)
            {
                continue;
            }
            if (kind == 1 && first is null && H265Format.TryParse(nal, out var format) && H265Sps.TryParse(nal, out var sps))
            {
                first = (format, sps);
            }
            sets[kind].Add(nal.ToArray());
        }
        return first is null || sets.Any(s => s.Count is 0 or > 64) ? null : new HevcEntry(sets, first.Value.Format, first.Value.Sps);
    }

    public override void Write(BoxWriter writer)
    {
        OpenVisual(writer, "hvc1"u8);
        writer.Open("hvcC"u8);
        writer.U8(1);
        writer.U8(_format.ProfileSpace << 6 | (_format.IsHighTier ? 0x20 : 0) | _format.ProfileIdc);
        writer.U32(_format.Compatibility);
        writer.U16((int)(_format.Constraints >> 32));
        writer.U32((uint)_format.Constraints);
        writer.U8(_format.LevelIdc);
        writer.U16(0xF000); // min_spatial_segmentation_idc
        writer.U8(0xFC); // parallelismType
        writer.U8(0xFC | _format.ChromaFormat);
        writer.U8(0xF8 | (_format.LumaDepth - 8));
        writer.U8(0xF8 | (_format.ChromaDepth - 8));
        writer.U16(0); // avgFrameRate
        writer.U8(_format.TemporalLayers << 3 | (_format.IsTemporalNested ? 4 : 0) | 3);
        writer.U8(Kinds.Length);
        for (var i = 0; i < Kinds.Length; i++)
        {
            writer.U8(0x80 | (int)Kinds[i]); // all of them are here
            writer.U16(_sets[i].Count);
            foreach (var nal in _sets[i])
            {
                writer.U16(nal.Length);
                writer.Bytes(nal);
            }
        }
        writer.Close();
        writer.Close();
    }

    private static uint Reverse(uint value)
    {
        var result = 0u;
        for (var i = 0; i < 32; i++)
        {
            result |= (value >> i & 1) << (31 - i);
        }
        return result;
    }
}
