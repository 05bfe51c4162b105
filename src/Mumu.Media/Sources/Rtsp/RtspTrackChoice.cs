// Chooses what to play from a camera's description.
using System.Globalization;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Sdp;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>The first video and the first audio track in formats that can be passed on.</summary>
internal static class RtspTrackChoice
{
    /// <exception cref="SourceException">There is none; the sentence tells what there is instead.</exception>
    internal static IReadOnlyList<RtspTrack> Choose(SessionDescription description)
    {
        var tracks = new List<RtspTrack>();
        var refused = new List<string>();
        var hasPicture = false;
        for (var i = 0; i < description.Media.Count; i++)
        {
            var media = description.Media[i];
            var isVideo = media.Kind.Equals("video", StringComparison.OrdinalIgnoreCase);
            var isAudio = media.Kind.Equals("audio", StringComparison.OrdinalIgnoreCase);
            if (!isVideo && !isAudio)
            {
                continue; // ONVIF metadata and the like
            }
            hasPicture |= isVideo;
            var kind = isVideo ? MediaKind.Video : MediaKind.Audio;
            if (TryChoose(media, i, kind, refused) is { } track && !tracks.Exists(other => other.Format.Kind == kind))
            {
                tracks.Add(track);
            }
        }
        // Sound alone is no answer where there is a picture.
        var lacksPicture = hasPicture && !tracks.Exists(track => track.Format.Kind == MediaKind.Video);
        return tracks.Count > 0 && !lacksPicture ? tracks : throw Unsupported(refused);
    }

    private static SourceException Unsupported(List<string> refused) =>
        new(
            SourceFailure.UnsupportedCodec,
            refused.Count == 0
                ? "The camera offers neither picture nor sound at this address."
                : $"The camera sends {string.Join(" and ", refused.Distinct())}, which can't be passed on. Set its stream to H.264."
        );

    private static RtspTrack? TryChoose(MediaDescription media, int index, MediaKind kind, List<string> refused)
    {
        foreach (var format in media.Formats)
        {
            if (!int.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var type) || media.RtpMapOf(type) is not { } map)
            {
                continue;
            }
            var pli =
                media.Protocol.Contains("AVPF", StringComparison.OrdinalIgnoreCase)
                || media.RtcpFeedback.Any(feedback => feedback.Value == "nack pli");
            if (Make(media, index, kind, map, pli) is { } track)
            {
                return track;
            }
            refused.Add(new string([.. map.Encoding.Where(char.IsAsciiLetterOrDigit).Take(20)]));
        }
        return null;
    }

    private static RtspTrack? Make(MediaDescription media, int index, MediaKind kind, RtpMap map, bool pli)
    {
        var parameters = media.FormatParametersOf(map.PayloadType);
        return (kind, map.Encoding.ToUpperInvariant()) switch
        {
            (MediaKind.Video, "H264") when parameters.Number("packetization-mode", 0) < 2 => Video(
                Codec.H264,
                () => new H264Depacketizer(),
                parameters["sprop-parameter-sets"]
            ),
            (MediaKind.Video, "H265" or "HEVC") => Video(
                Codec.H265,
                () => new H265Depacketizer(),
                parameters["sprop-vps"],
                parameters["sprop-sps"],
                parameters["sprop-pps"]
            ),
            (MediaKind.Video, "VP8") => Plain(Codec.Vp8, () => new Vp8Depacketizer()),
            (MediaKind.Video, "VP9") => Plain(Codec.Vp9, () => new Vp9Depacketizer()),
            (MediaKind.Video, "AV1") => Plain(Codec.Av1, () => new Av1Depacketizer()),
            (MediaKind.Audio, "MPEG4-GENERIC") => Aac(index, map, parameters),
            (MediaKind.Audio, "OPUS") => Audio(Codec.Opus, 2),
            (MediaKind.Audio, "PCMU") => Audio(Codec.Pcmu, map.Channels),
            (MediaKind.Audio, "PCMA") => Audio(Codec.Pcma, map.Channels),
            _ => null,
        };

        RtspTrack Video(Codec codec, Func<NalDepacketizer> make, params string?[] sets)
        {
            var format = new TrackFormat(MediaKind.Video, codec, map.ClockRate, 0, default);
            return new RtspTrack(index, format, pli, () => WithSets(make(), sets));
        }

        // Their key frames bear all that is to be known of the format.
        RtspTrack Plain(Codec codec, Func<IRtpDepacketizer> make) =>
            new(index, new TrackFormat(MediaKind.Video, codec, map.ClockRate, 0, default), pli, make);

        RtspTrack Audio(Codec codec, int channels) =>
            new(
                index,
                new TrackFormat(MediaKind.Audio, codec, map.ClockRate, channels, default),
                AnswersKeyFrameRequests: false,
                () => new WholeFrameDepacketizer()
            );
    }

    private static NalDepacketizer WithSets(NalDepacketizer depacketizer, string?[] sets)
    {
        Span<byte> set = stackalloc byte[1_024];
        foreach (var text in sets.SelectMany(list => (list ?? "").Split(',')))
        {
            // What isn't Base64 is left out: the band will bring the sets.
            if (Convert.TryFromBase64String(text.Trim(), set, out var length))
            {
                depacketizer.AddParameterSet(set[..length]);
            }
        }
        return depacketizer;
    }

    // RFC 3640 §4.1; the defaults are those of mode AAC-hbr.
    private static RtspTrack? Aac(int index, RtpMap map, FormatParameters parameters)
    {
        var hex = parameters["config"] ?? "";
        if (hex.Length is < 4 or > 128 || hex.Length % 2 != 0 || !hex.All(char.IsAsciiHexDigit))
        {
            return null;
        }
        var configuration = Convert.FromHexString(hex);
        if (!AacConfiguration.TryParse(configuration, out var aac))
        {
            return null;
        }
        // The clock may count the samples of an extension with twice the core's rate.
        var ticks = (int)((long)aac.SamplesPerFrame * map.ClockRate / aac.SampleRate);
        var channels = aac.Channels > 0 ? aac.Channels : map.Channels;
        return new RtspTrack(
            index,
            new TrackFormat(MediaKind.Audio, Codec.Aac, map.ClockRate, channels, configuration),
            AnswersKeyFrameRequests: false,
            () =>
                new AacDepacketizer(
                    parameters.Number("sizelength", 13),
                    parameters.Number("indexlength", 3),
                    parameters.Number("indexdeltalength", 3),
                    ticks
                )
        );
    }
}
