// Which tracks of a stream a fragmented MP4 takes.
using Mumu.Media.Units;
using Mumu.Protocols.Mp4;

namespace Mumu.Media.Outputs.Fmp4;

/// <summary>The first video and the first audio track that MP4 can carry, and what is left out.</summary>
/// <param name="Video">The picture; null where there is none.</param>
/// <param name="VideoIndex">Its index in the stream; −1 where there is none.</param>
/// <param name="Audio">The sound; null where there is none.</param>
/// <param name="AudioIndex">Its index in the stream; −1 where there is none.</param>
/// <param name="LeftOut">Formats that MP4 cannot carry, by their names in SDP.</param>
public sealed record Fmp4Tracks(Mp4Track? Video, int VideoIndex, Mp4Track? Audio, int AudioIndex, IReadOnlyList<string> LeftOut)
{
    /// <summary>A sentence about what is left out; null where that is nothing.</summary>
    public string? Statement =>
        LeftOut.Count == 0
            ? null
            : $"{string.Join(" and ", LeftOut)} cannot travel in MP4 and is left out; let the camera send H.264 and AAC or Opus.";

    /// <summary>The same without sound.</summary>
    public Fmp4Tracks WithoutAudio() => this with { Audio = null, AudioIndex = -1 };

    /// <summary>Chooses.</summary>
    /// <param name="tracks">The tracks of the stream, as it tells them at a key frame.</param>
    /// <param name="isWanted">Refuses formats that the reader cannot play; null takes all.</param>
    public static Fmp4Tracks Of(IReadOnlyList<TrackFormat> tracks, Func<Mp4Track, bool>? isWanted = null)
    {
        (Mp4Track? Track, int Index) video = (null, -1);
        (Mp4Track? Track, int Index) audio = (null, -1);
        List<string> leftOut = [];
        for (var i = 0; i < tracks.Count; i++)
        {
            var format = tracks[i];
            var isVideo = format.Kind == MediaKind.Video;
            var id = isVideo ? 1 : 2;
            if (
                !Mp4Track.TryCreate(id, format.Codec, format.ClockRate, format.Channels, format.Configuration.Span, out var track)
                || isWanted?.Invoke(track) == false
            )
            {
                leftOut.Add(format.Codec.ToString().ToUpperInvariant());
            }
            else if (isVideo && video.Track is null)
            {
                video = (track, i);
            }
            else if (!isVideo && audio.Track is null)
            {
                audio = (track, i);
            }
        }
        return new Fmp4Tracks(video.Track, video.Index, audio.Track, audio.Index, leftOut);
    }
}
