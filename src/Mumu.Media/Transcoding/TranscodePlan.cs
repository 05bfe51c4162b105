// What becomes of each track for a reader.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Transcoding;

/// <summary>What may be transcoded at all.</summary>
/// <param name="Audio">Sound.</param>
/// <param name="Video">Pictures, which cost most of a core each.</param>
/// <param name="Stills">JPEG pictures.</param>
/// <param name="Most">Tracks at a time, over all streams.</param>
public readonly record struct TranscodePermission(bool Audio, bool Video, bool Stills = true, int Most = 16);

/// <summary>
/// A track that is transcoded, beside those that stay: at most one of each kind, and only where the reader can take none of that kind as it is.
/// </summary>
/// <param name="Video">For the first track of pictures; null leaves pictures alone.</param>
/// <param name="Audio">For the first track of sound; null leaves sound alone.</param>
/// <param name="IsAlone">True if nothing but the transcoded track is wanted.</param>
internal readonly record struct TranscodePlan(TranscodeTemplate? Video, TranscodeTemplate? Audio, bool IsAlone = false)
{
    /// <summary>True if nothing is to be done.</summary>
    public bool IsEmpty => Video is null && Audio is null;

    /// <summary>What a reader needs of these tracks.</summary>
    public static TranscodePlan For(IReadOnlyList<TrackFormat> tracks, ReaderFormats formats, TranscodePermission allowed)
    {
        TranscodeTemplate? video = null;
        if (allowed.Video && IsNeeded(tracks, MediaKind.Video, formats.Video) && formats.Video.Contains(Codec.H264))
        {
            video = TranscodeTemplate.H264;
        }
        TranscodeTemplate? audio = null;
        if (allowed.Audio && IsNeeded(tracks, MediaKind.Audio, formats.Audio))
        {
            audio =
                formats.Audio.Contains(Codec.Opus) && formats.Audio[0] != Codec.Aac ? TranscodeTemplate.Opus
                : formats.Audio.Contains(Codec.Aac) ? TranscodeTemplate.Aac
                : formats.Audio.Contains(Codec.Opus) ? TranscodeTemplate.Opus
                : null;
        }
        return new TranscodePlan(video, audio);
    }

    /// <summary>The template for a track; null passes it on as it is.</summary>
    public TranscodeTemplate? Of(IReadOnlyList<TrackFormat> tracks, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (tracks[i].Kind == tracks[index].Kind)
            {
                return null; // only the first of a kind
            }
        }
        return tracks[index].Kind == MediaKind.Video ? Video : Audio;
    }

    private static bool IsNeeded(IReadOnlyList<TrackFormat> tracks, MediaKind kind, IReadOnlyList<Codec> taken) =>
        taken.Count > 0
        && tracks.Any(track => track.Kind == kind)
        && !tracks.Any(track => track.Kind == kind && taken.Contains(track.Codec));
}
