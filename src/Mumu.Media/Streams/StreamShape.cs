// What a stream knows of its tracks.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Streams;

/// <summary>The tracks of a stream, which of them leads, and the size of its picture. Immutable.</summary>
internal sealed record StreamShape(IReadOnlyList<TrackFormat> Tracks, int MainTrack, int Width, int Height)
{
    public static readonly StreamShape Unknown = new([], 0, 0, 0);

    public bool HasVideo => MainTrack < Tracks.Count && Tracks[MainTrack].Kind == MediaKind.Video;

    /// <summary>The main track is the first video track; where there is none, the first track.</summary>
    public static StreamShape Of(IReadOnlyList<TrackFormat> tracks)
    {
        var main = 0;
        while (main < tracks.Count && tracks[main].Kind != MediaKind.Video)
        {
            main++;
        }
        return new StreamShape([.. tracks], main < tracks.Count ? main : 0, 0, 0).Measured();
    }

    /// <summary>True where both describe the same formats, byte for byte.</summary>
    public bool HasSameTracks(IReadOnlyList<TrackFormat> tracks)
    {
        if (tracks.Count != Tracks.Count)
        {
            return false;
        }
        for (var i = 0; i < tracks.Count; i++)
        {
            var (ours, theirs) = (Tracks[i], tracks[i]);
            if (
                !ours.Configuration.Span.SequenceEqual(theirs.Configuration.Span)
                || ours with { Configuration = default } != theirs with { Configuration = default }
            )
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>
    /// The shape after a key frame of the main track: parameter sets that came with it replace the announced ones, which cameras' SDP often
    /// lacks or has stale. The same object where nothing changed.
    /// </summary>
    public StreamShape After(Unit keyFrame)
    {
        var format = Tracks[MainTrack];
        Span<byte> found = stackalloc byte[ParameterSets.MaxLength];
        found = found[..ParameterSets.Collect(format.Codec, keyFrame.Data, found)];
        if (found.IsEmpty || found.SequenceEqual(format.Configuration.Span))
        {
            return this;
        }
        TrackFormat[] tracks = [.. Tracks];
        tracks[MainTrack] = format with { Configuration = found.ToArray() };
        return (this with { Tracks = tracks }).Measured();
    }

    private StreamShape Measured()
    {
        if (!HasVideo)
        {
            return this;
        }
        var format = Tracks[MainTrack];
        return ParameterSets.TryGetSize(format.Codec, format.Configuration.Span, out var width, out var height)
            ? this with
            {
                Width = width,
                Height = height,
            }
            : this;
    }
}
