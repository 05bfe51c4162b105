// What ffmpeg may be asked to do: a fixed set of argument lists.
using System.Globalization;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Transcoding;

/// <summary>The names of the templates.</summary>
internal enum TranscodeTemplate
{
    /// <summary>Any sound to Opus, 48 kHz, frames of 20 ms.</summary>
    Opus,

    /// <summary>Any sound to AAC-LC, 48 kHz.</summary>
    Aac,

    /// <summary>Any picture to H.264 Constrained Baseline, at most 1920 pixels wide, a key frame every two seconds.</summary>
    H264,

    /// <summary>Each picture that comes in, as one JPEG picture.</summary>
    Stills,

    /// <summary>Moving pictures as JPEG, at most ten a second.</summary>
    Motion,
}

/// <summary>The argument lists. Input and output are pipes, and the whitelist leaves ffmpeg no other way in or out.</summary>
internal static class TranscodeArguments
{
    private static readonly string[] s_front =
    [
        "-hide_banner",
        "-nostdin",
        "-loglevel",
        "error",
        "-max_alloc",
        "268435456",
        "-protocol_whitelist",
        "pipe",
        "-probesize",
        "32",
        "-analyzeduration",
        "0",
        "-copyts",
    ];

    /// <summary>All arguments for a track.</summary>
    public static string[] Of(TranscodeTemplate template, TrackFormat input) =>
        [
            .. s_front,
            .. input.Kind == MediaKind.Video ? (string[])["-threads", "1", "-flags", "low_delay"] : [],
            "-f",
            "matroska",
            "-i",
            "pipe:0",
            "-map",
            "0:0",
            .. Encoder(template, input),
            .. Output(template),
        ];

    /// <summary>The format that comes out.</summary>
    public static TrackFormat FormatOf(TranscodeTemplate template, TrackFormat input) =>
        template switch
        {
            TranscodeTemplate.Opus => new TrackFormat(MediaKind.Audio, Codec.Opus, 48_000, Channels(input), default),
            // AudioSpecificConfig: AAC-LC, 48 kHz, one or two channels.
            TranscodeTemplate.Aac => new TrackFormat(
                MediaKind.Audio,
                Codec.Aac,
                48_000,
                Channels(input),
                new byte[] { 0x11, (byte)(0x80 | Channels(input) << 3) }
            ),
            TranscodeTemplate.H264 => new TrackFormat(MediaKind.Video, Codec.H264, 90_000, 0, default),
            _ => new TrackFormat(MediaKind.Video, Codec.Jpeg, 90_000, 0, default),
        };

    private static int Channels(TrackFormat input) => input.Channels == 1 ? 1 : 2;

    private static string[] Encoder(TranscodeTemplate template, TrackFormat input)
    {
        var channels = Channels(input).ToString(CultureInfo.InvariantCulture);
        string[] sound = ["-af", "aresample=async=1", "-ar", "48000", "-ac", channels];
        return template switch
        {
            TranscodeTemplate.Opus => [.. sound, "-c:a", "libopus", "-b:a", channels == "1" ? "48k" : "96k", "-frame_duration", "20"],
            TranscodeTemplate.Aac => [.. sound, "-c:a", "aac", "-b:a", channels == "1" ? "64k" : "128k"],
            TranscodeTemplate.H264 =>
            [
                "-vf",
                "scale=min(1920\\,iw):-2",
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-tune",
                "zerolatency",
                "-profile:v",
                "baseline",
                "-pix_fmt",
                "yuv420p",
                "-force_key_frames",
                "expr:gte(t,n_forced*2)",
                "-fps_mode",
                "passthrough",
            ],
            TranscodeTemplate.Motion => ["-vf", "fps=10", "-fps_mode", "passthrough", "-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p"],
            _ => ["-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p", "-fps_mode", "passthrough"],
        };
    }

    private static string[] Output(TranscodeTemplate template) =>
        template is TranscodeTemplate.Stills or TranscodeTemplate.Motion
            ? ["-flush_packets", "1", "-f", "mpjpeg", "pipe:1"]
            :
            [
                "-flush_packets",
                "1",
                "-muxdelay",
                "0",
                "-muxpreload",
                "0",
                "-pes_payload_size",
                "0",
                "-mpegts_copyts",
                "1",
                "-f",
                "mpegts",
                "pipe:1",
            ];
}
