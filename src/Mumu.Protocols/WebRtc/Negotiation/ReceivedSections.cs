// Which sections of an offer we take media from.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>Adds receiving to a plan: one video and one audio section. Of several encodings of one picture (RFC 8853) only one is taken, since the answer names none.</summary>
internal static class ReceivedSections
{
    internal static PlannedSection Add(
        MediaDescription media,
        RemoteOffer offer,
        PlannedSection section,
        IReadOnlyList<PlannedSection> before,
        IReadOnlyList<Codec> codecs
    )
    {
        var isTaken = before.Where((other, i) => other.Receives && offer.Sdp.Media[i].Kind == media.Kind).Any();
        if (section.Kind is not (SectionKind.Media or SectionKind.Inactive) || isTaken || !Sends(offer, media))
        {
            return section;
        }
        if (section.Format is { } sent)
        {
            // What goes both ways goes in one format.
            return codecs.Contains(CodecNames.Read(sent.Map)) ? section with { Receives = true } : section;
        }
        return FormatChoice.FindReceived(media, codecs) is { } format
            ? new PlannedSection(SectionKind.Media, -1, format) { Receives = true }
            : section;
    }

    /// <summary>Why the offer can't be taken, as a sentence; null if it can.</summary>
    internal static string? Refusal(RemoteOffer offer, IReadOnlyList<PlannedSection> sections, IReadOnlyList<Codec> codecs)
    {
        var names = string.Join(", ", codecs.Select(CodecNames.Write));
        var sent = Enumerable.Range(0, sections.Count).Where(i => Sends(offer, offer.Sdp.Media[i])).ToList();
        if (
            sent.Exists(i => offer.Sdp.Media[i].Kind == "video")
            && !sent.Exists(i => sections[i].Receives && offer.Sdp.Media[i].Kind == "video")
        )
        {
            return $"The offer sends pictures in no format that we take: {names}.";
        }
        return sections.Any(section => section.Receives || section.Track >= 0)
            ? null
            : $"The offer sends nothing that we take: it needs a sendonly section for video or audio in one of {names}.";
    }

    private static bool Sends(RemoteOffer offer, MediaDescription media) =>
        media.Kind is "video" or "audio"
        && (media.Port != 0 || media.Attributes.Contains("bundle-only"))
        && offer.Sdp.DirectionOf(media) is MediaDirection.SendOnly or MediaDirection.SendReceive;
}
