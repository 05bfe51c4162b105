// What the other side's answer makes of an offer of ours.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.WebRtc.Offering;

/// <summary>Reads an answer, section by section (RFC 8829 §5.11), into the same plan that an answer of ours follows.</summary>
internal static class OfferOutcome
{
    internal static bool TryRead(
        RemoteOffer answer,
        IReadOnlyList<OfferedSection> sections,
        OfferContents contents,
        [NotNullWhen(true)] out AnswerPlan? plan,
        out string error
    )
    {
        plan = null;
        var media = answer.Sdp.Media;
        if (media.Count != sections.Count || !sections.Zip(media).All(pair => pair.First.Kind == pair.Second.Kind))
        {
            error = "The answer has other sections than our offer.";
            return false;
        }
        var planned = new List<PlannedSection>();
        var hasTransport = false;
        for (var i = 0; i < sections.Count; i++)
        {
            var shares = media[i].Mid is { } mid && answer.Sdp.Bundle.Contains(mid);
            var section = Plan(answer, media[i], sections[i], contents, shares || !hasTransport);
            hasTransport |= section.Kind != SectionKind.Rejected;
            planned.Add(section);
        }
        error = Complaint(planned, contents) ?? "";
        plan = error.Length == 0 ? AnswerPlan.Of(planned) : null;
        return plan is not null;
    }

    private static PlannedSection Plan(
        RemoteOffer answer,
        MediaDescription media,
        OfferedSection offered,
        OfferContents contents,
        bool mayServe
    )
    {
        var rejected = new PlannedSection(SectionKind.Rejected, -1, null);
        if (media.Port == 0 || !mayServe)
        {
            return rejected;
        }
        if (offered.Formats.Count == 0)
        {
            return DataSection.Is(media) ? new PlannedSection(SectionKind.Data, -1, null) : rejected;
        }
        var direction = answer.Sdp.DirectionOf(media);
        var sends = offered.Track >= 0 && direction is MediaDirection.ReceiveOnly or MediaDirection.SendReceive;
        var receives = offered.Receives && direction is MediaDirection.SendOnly or MediaDirection.SendReceive;
        if (!media.RtcpMux || !(sends || receives))
        {
            return new PlannedSection(SectionKind.Inactive, -1, null);
        }
        Codec[] codecs = sends ? [contents.Sends[offered.Track].Codec] : [.. contents.Receives];
        return FormatOf(media, offered, codecs, sends) is { } format
            ? new PlannedSection(SectionKind.Media, sends ? offered.Track : -1, format) { Receives = receives }
            : new PlannedSection(SectionKind.Inactive, -1, null);
    }

    private static FormatChoice? FormatOf(MediaDescription media, OfferedSection offered, Codec[] codecs, bool sends)
    {
        foreach (var text in media.Formats)
        {
            if (
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var type)
                && offered.Formats.Any(format => format.Type == type)
                && media.RtpMapOf(type) is { } map
                && codecs.Contains(CodecNames.Read(map))
            )
            {
                var feedback = sends ? FeedbackChoice.Find(media, type) : FeedbackChoice.FindReceived(media, type);
                return new FormatChoice(map, null, feedback);
            }
        }
        return null;
    }

    private static string? Complaint(List<PlannedSection> planned, OfferContents contents)
    {
        var video = contents.Sends.FirstOrDefault(track => track.IsVideo);
        if (video is not null && !planned.Exists(section => section.Track >= 0 && contents.Sends[section.Track].IsVideo))
        {
            return $"The other side takes no pictures in {CodecNames.Write(video.Codec)}.";
        }
        if (planned.Exists(section => section.Track >= 0 || section.Receives || section.Kind == SectionKind.Data))
        {
            return null;
        }
        return contents.Sends.Count > 0
            ? "The other side takes nothing of what is sent."
            : "The other side sends nothing in a format that is taken here.";
    }
}
