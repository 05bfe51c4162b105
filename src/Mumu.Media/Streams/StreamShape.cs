// What a stream knows of its tracks.
using Mumu.Media.Units;

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
        return new StreamShape([.. tracks], main < tracks.Count ? main : 0, 0, 0);
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
}
