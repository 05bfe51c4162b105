// What may be transcoded, in mumu.json.
using System.Text.Json.Serialization;
using Mumu.Media.Transcoding;

namespace Mumu.Agent.Settings;

/// <summary>What may be transcoded by ffmpeg, on demand. No setting names a program or its arguments.</summary>
/// <param name="Audio">Sound, where a reader can't take it as it is.</param>
/// <param name="Video">Pictures that browsers can't play (H.265, motion JPEG), to H.264: most of a core for each camera.</param>
/// <param name="Stills">JPEG pictures and motion JPEG of cameras that send something else.</param>
/// <param name="Most">Tracks at a time, 1–256.</param>
public sealed record TranscodeSettings(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Audio = true,
    bool Video = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Stills = true,
    int Most = 16
)
{
    [JsonIgnore]
    internal TranscodePermission Permission => new(Audio, Video, Stills, Most);

    internal static IEnumerable<(string Path, string Reason)> Problems(TranscodeSettings transcode)
    {
        if (transcode.Most is < 1 or > 256)
        {
            yield return ("transcode.most", "“transcode.most” is 1–256 tracks at a time.");
        }
    }
}
