// Finds the payload type of an offered section that fits one of our tracks.
using System.Globalization;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>The format chosen for a track.</summary>
/// <param name="Map">The offer's rtpmap.</param>
/// <param name="Parameters">The offer's fmtp text for it, to be given back; null if it had none.</param>
/// <param name="Feedback">Feedback and repair agreed to for it.</param>
internal sealed record FormatChoice(RtpMap Map, string? Parameters, FeedbackChoice Feedback)
{
    /// <summary>The best format of a section for a track, or null if it offers none.</summary>
    internal static FormatChoice? Find(MediaDescription section, SendTrack track)
    {
        FormatChoice? best = null;
        var bestScore = -1;
        foreach (var format in section.Formats)
        {
            if (
                !int.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var type)
                || type > 127
                || section.RtpMapOf(type) is not { } map
                || CodecNames.Read(map) != track.Codec
                || map.ClockRate != (track.Codec == Codec.Opus ? 48000 : track.ClockRate)
            )
            {
                continue;
            }
            var score = FormatMatch.Score(section.FormatParametersOf(type), track);
            if (score > bestScore)
            {
                (best, bestScore) = (new FormatChoice(map, TextOf(section, type), FeedbackChoice.Find(section, type)), score);
            }
        }
        return best;
    }

    /// <summary>The format in which we take what a section sends: the first of our codecs, in its first form; null if it sends none of them.</summary>
    internal static FormatChoice? FindReceived(MediaDescription section, IReadOnlyList<Codec> codecs)
    {
        foreach (var codec in codecs)
        {
            foreach (var format in section.Formats)
            {
                if (
                    int.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var type)
                    && type <= 127
                    && section.RtpMapOf(type) is { } map
                    && CodecNames.Read(map) == codec
                    && section.FormatParametersOf(type).Number("packetization-mode", 0) < 2
                )
                {
                    return new FormatChoice(map, TextOf(section, type), FeedbackChoice.FindReceived(section, type));
                }
            }
        }
        return null;
    }

    private static string? TextOf(MediaDescription section, int type)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{type} ");
        foreach (var value in section.Attributes.GetAll("fmtp"))
        {
            if (value.StartsWith(prefix, StringComparison.Ordinal))
            {
                return value[prefix.Length..].Trim();
            }
        }
        return null;
    }
}
