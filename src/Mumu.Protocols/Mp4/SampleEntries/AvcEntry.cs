// H.264 in MP4: avc1, with the parameter sets in the entry and none in the samples.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Mp4.SampleEntries;

/// <summary>An AVCSampleEntry (ISO 14496-15 §5.4).</summary>
internal sealed class AvcEntry : SampleEntry
{
    private readonly List<byte[]> _sps;
    private readonly List<byte[]> _pps;
    private readonly ProfileLevelId _profile;

    private AvcEntry(List<byte[]> sps, List<byte[]> pps, H264Sps first)
    {
        (_sps, _pps, _profile) = (sps, pps, first.ProfileLevelId);
        (Width, Height) = (first.Width, first.Height);
        // Baseline has no B pictures, whether its VUI says so or not.
        ReorderDepth = first.MaxReorderFrames ?? (_profile.ProfileIdc == 66 ? 0 : null);
    }

    public override string CodecString => $"avc1.{_profile}";

    public static AvcEntry? TryCreate(ReadOnlySpan<byte> configuration)
    {
        List<byte[]> sps = [];
        List<byte[]> pps = [];
        H264Sps? first = null;
        var reader = new NalReader(configuration);
        while (reader.TryRead(out var nal))
        {
            if (NalHeader.H264Type(nal) == H264NalType.Sps && H264Sps.TryParse(nal, out var parsed))
            {
                first ??= parsed;
                sps.Add(nal.ToArray());
            }
            else if (NalHeader.H264Type(nal) == H264NalType.Pps)
            {
                pps.Add(nal.ToArray());
            }
        }
        return first is null || pps.Count == 0 || sps.Count > 31 || pps.Count > 255 ? null : new AvcEntry(sps, pps, first);
    }

    public override void Write(BoxWriter writer)
    {
        OpenVisual(writer, "avc1"u8);
        writer.Open("avcC"u8);
        writer.U8(1);
        writer.U8(_profile.ProfileIdc);
        writer.U8(_profile.Constraints);
        writer.U8(_profile.LevelIdc);
        writer.U8(0xFC | 3); // lengths of four bytes
        writer.U8(0xE0 | _sps.Count);
        _sps.ForEach(nal => WriteNal(writer, nal));
        writer.U8(_pps.Count);
        _pps.ForEach(nal => WriteNal(writer, nal));
        if (_profile.ProfileIdc is 100 or 110 or 122 or 144)
        {
            var bits = BitReader.OverNal(_sps[0].AsSpan(4));
            bits.Unsigned(); // seq_parameter_set_id
            var chroma = bits.Unsigned();
            if (chroma == 3)
            {
                bits.Flag(); // separate_colour_plane_flag
            }
            writer.U8(0xFC | (int)(chroma & 3));
            writer.U8(0xF8 | (int)(bits.Unsigned() & 7));
            writer.U8(0xF8 | (int)(bits.Unsigned() & 7));
            writer.U8(0);
        }
        writer.Close();
        writer.Close();
    }

    private static void WriteNal(BoxWriter writer, byte[] nal)
    {
        writer.U16(nal.Length);
        writer.Bytes(nal);
    }
}
