// A track of an MP4 file as its writer needs it.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mp4.SampleEntries;

namespace Mumu.Protocols.Mp4;

/// <summary>A track that MP4 can carry. Immutable: another configuration is another track and needs another initialization segment.</summary>
public sealed class Mp4Track
{
    internal Mp4Track(int id, Codec codec, int timescale, SampleEntry entry)
    {
        (Id, Codec, Timescale, Entry) = (id, codec, timescale, entry);
    }

    /// <summary>Its number within the file, from 1.</summary>
    public int Id { get; }

    /// <summary>The format of its samples.</summary>
    public Codec Codec { get; }

    /// <summary>Ticks a second of its times.</summary>
    public int Timescale { get; }

    /// <summary>The codec for a MIME type or a playlist (RFC 6381), as <c>avc1.42c01f</c>.</summary>
    public string CodecString => Entry.CodecString;

    /// <summary>True for video.</summary>
    public bool IsVideo => Entry.Width > 0;

    /// <summary>Width in pixels, 0 for audio.</summary>
    public int Width => Entry.Width;

    /// <summary>Height in pixels, 0 for audio.</summary>
    public int Height => Entry.Height;

    /// <summary>Channels of audio, 0 for video.</summary>
    public int Channels => Entry.Channels;

    /// <summary>How many pictures may be decoded before one that is shown earlier; null where the configuration does not tell.</summary>
    public int? ReorderDepth => Entry.ReorderDepth;

    internal SampleEntry Entry { get; }

    /// <summary>
    /// Makes a track of what a source says of it; false where MP4 has no place for the format (G.711, VP8), or the configuration does not tell enough (yet).
    /// </summary>
    /// <param name="id">Its number within the file, from 1.</param>
    /// <param name="codec">The format.</param>
    /// <param name="clockRate">Ticks a second of its units.</param>
    /// <param name="channels">Channels of audio.</param>
    /// <param name="configuration">Video: see <see cref="ParameterSets"/>; AAC: AudioSpecificConfig; else empty.</param>
    /// <param name="track">The track.</param>
    public static bool TryCreate(int id, Codec codec, int clockRate, int channels, ReadOnlySpan<byte> configuration, out Mp4Track track)
    {
        SampleEntry? entry = codec switch
        {
            Codec.H264 => AvcEntry.TryCreate(configuration),
            Codec.H265 => HevcEntry.TryCreate(configuration),
            Codec.Av1 => Av1Entry.TryCreate(configuration),
            Codec.Vp9 => Vp9Entry.TryCreate(configuration),
            Codec.Aac => AacEntry.TryCreate(configuration, channels),
            Codec.Opus => new OpusEntry(channels is 1 or 2 ? channels : 2),
            _ => null,
        };
        track = entry is null || clockRate <= 0 ? null! : new Mp4Track(id, codec, clockRate, entry);
        return track is not null;
    }
}
