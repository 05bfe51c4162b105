// Reads an initialization segment.
namespace Mumu.Protocols.Mp4;

/// <summary>The tracks of a fragmented file.</summary>
/// <param name="Tracks">In the order of the file, at most <see cref="MaxTracks"/>.</param>
public sealed record Mp4Movie(IReadOnlyList<Mp4TrackInfo> Tracks)
{
    /// <summary>The most tracks that are read.</summary>
    public const int MaxTracks = 16;

    /// <summary>Reads the boxes up to and with <c>moov</c>. False where there is none, or its boxes make no sense.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Mp4Movie movie)
    {
        movie = null!;
        if (!BoxReader.TryFind(bytes, "moov"u8, out var moov))
        {
            return false;
        }
        var tracks = new List<Mp4TrackInfo>();
        var reader = new BoxReader(moov);
        while (reader.TryRead(out var box))
        {
            if (box.Is("trak"u8) && TryReadTrack(box.Payload, out var track))
            {
                if (tracks.Count == MaxTracks || tracks.Exists(t => t.Id == track.Id))
                {
                    return false;
                }
                tracks.Add(track);
            }
        }
        if (reader.IsMalformed || tracks.Count == 0)
        {
            return false;
        }
        if (BoxReader.TryFind(moov, "mvex"u8, out var mvex))
        {
            ReadDefaults(mvex, tracks);
        }
        movie = new Mp4Movie(tracks);
        return true;
    }

    private static bool TryReadTrack(ReadOnlySpan<byte> trak, out Mp4TrackInfo track)
    {
        track = null!;
        if (
            !BoxReader.TryFind(trak, "tkhd"u8, out var tkhd)
            || !BoxReader.TryFind(trak, "mdia"u8, out var mdia)
            || !BoxReader.TryFind(mdia, "mdhd"u8, out var mdhd)
            || !BoxReader.TryFind(mdia, "hdlr"u8, out var hdlr)
            || !BoxReader.TryFind(mdia, "minf"u8, out var minf)
            || !BoxReader.TryFind(minf, "stbl"u8, out var stbl)
            || !BoxReader.TryFind(stbl, "stsd"u8, out var stsd)
        )
        {
            return false;
        }
        var header = new FieldReader(tkhd);
        header.Skip(header.U8() == 1 ? 3 + 16 : 3 + 8);
        var id = header.U32();
        var media = new FieldReader(mdhd);
        media.Skip(media.U8() == 1 ? 3 + 16 : 3 + 8);
        var timescale = media.U32();
        if (header.IsOverrun || media.IsOverrun || id == 0 || timescale is 0 or > int.MaxValue || hdlr.Length < 12)
        {
            return false;
        }
        var format = SampleDescription.Read(stsd);
        var isVideo = hdlr.Slice(8, 4).SequenceEqual("vide"u8);
        track = new(id, (int)timescale, isVideo, format.Codec, format.Channels, format.Configuration, format.NalLengthSize);
        return true;
    }

    private static void ReadDefaults(ReadOnlySpan<byte> mvex, List<Mp4TrackInfo> tracks)
    {
        var reader = new BoxReader(mvex);
        while (reader.TryRead(out var box))
        {
            if (!box.Is("trex"u8))
            {
                continue;
            }
            var fields = new FieldReader(box.Payload);
            fields.Skip(4);
            var id = fields.U32();
            fields.Skip(4);
            var defaults = new SampleDefaults(fields.U32(), fields.U32(), fields.U32());
            var at = tracks.FindIndex(t => t.Id == id);
            if (!fields.IsOverrun && at >= 0)
            {
                tracks[at] = tracks[at] with { Defaults = defaults };
            }
        }
    }
}
