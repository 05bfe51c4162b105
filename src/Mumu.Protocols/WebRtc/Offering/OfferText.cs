// Writes an offer of ours.
using System.Globalization;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Protocols.WebRtc.Offering;

/// <summary>Turns sections into an offer (RFC 8829 §5.2): one BUNDLE group, "actpass".</summary>
internal static class OfferText
{
    private const int PlayoutDelayId = 3;
    private const int TransportNumberId = 4;
    private const int MidId = 5;

    internal static string Write(
        IReadOnlyList<OfferedSection> sections,
        AnswerIdentity identity,
        IReadOnlyList<IceCandidate> candidates,
        bool isComplete
    )
    {
        var offer = new SessionDescription
        {
            Origin = string.Create(CultureInfo.InvariantCulture, $"- {identity.SessionId} {identity.Version} IN IP4 127.0.0.1"),
        };
        foreach (var section in sections)
        {
            var types = section.Formats.SelectMany(format => format.Rtx is { } rtx ? new[] { format.Type, rtx } : [format.Type]);
            var isData = section.Kind == "application";
            var media = new MediaDescription
            {
                Kind = section.Kind,
                Port = 9,
                Protocol = isData ? DataSection.Protocol : "UDP/TLS/RTP/SAVPF",
                Formats = isData ? [DataSection.Format] : [.. types.Select(type => type.ToString(CultureInfo.InvariantCulture))],
                Connection = "IN IP4 0.0.0.0",
            };
            OfferWriter.AddTransport(media.Attributes, offer.Media.Count, identity.Credentials, identity.Fingerprint);
            if (isData)
            {
                DataSection.AddOurs(media.Attributes, identity.Data);
            }
            else
            {
                AddMedia(media.Attributes, section, identity.CName);
            }
            offer.Media.Add(media);
        }
        OfferWriter.AddCandidates(offer.Media[0].Attributes, candidates, isComplete);
        offer.Attributes.Add("group", "BUNDLE " + string.Join(' ', offer.Media.Select(media => media.Mid)));
        offer.Attributes.Add("msid-semantic", "WMS " + identity.CName);
        return offer.ToString();
    }

    private static void AddMedia(SdpAttributes attributes, OfferedSection section, string cname)
    {
        attributes.Add(section.Direction);
        attributes.Add("rtcp-mux");
        attributes.Add("rtcp-rsize");
        if (section.Receives)
        {
            AddExtension(MidId, AnswerWriter.MidExtension);
        }
        if (section is { IsVideo: true, Track: >= 0 })
        {
            AddExtension(PlayoutDelayId, AnswerWriter.PlayoutDelay);
        }
        if (section.IsVideo)
        {
            AddExtension(TransportNumberId, FeedbackChoice.TransportNumber);
        }
        foreach (var format in section.Formats)
        {
            AddFormat(attributes, format);
        }
        if (section.Track >= 0)
        {
            AddSources(attributes, section, cname);
        }

        void AddExtension(int id, string uri) => attributes.Add("extmap", string.Create(CultureInfo.InvariantCulture, $"{id} {uri}"));
    }

    private static void AddFormat(SdpAttributes attributes, OfferedFormat format)
    {
        var type = format.Type.ToString(CultureInfo.InvariantCulture);
        attributes.Add("rtpmap", $"{type} {format.Map}");
        if (format.Parameters is { } parameters)
        {
            attributes.Add("fmtp", $"{type} {parameters}");
        }
        if (format.Rtx is { } number)
        {
            foreach (var value in new[] { "nack", "nack pli", "ccm fir", "transport-cc", "goog-remb" })
            {
                attributes.Add("rtcp-fb", $"{type} {value}");
            }
            var rtx = number.ToString(CultureInfo.InvariantCulture);
            attributes.Add("rtpmap", $"{rtx} rtx/90000");
            attributes.Add("fmtp", $"{rtx} apt={type}");
        }
    }

    private static void AddSources(SdpAttributes attributes, OfferedSection section, string cname)
    {
        attributes.Add("msid", $"{cname} {section.Kind}");
        var (media, repair) = section.Sources;
        if (section.IsVideo)
        {
            attributes.Add("ssrc-group", $"FID {media} {repair}");
        }
        foreach (var source in section.IsVideo ? new[] { media, repair } : new Ssrc[] { media })
        {
            attributes.Add("ssrc", $"{source} cname:{cname}");
            attributes.Add("ssrc", $"{source} msid:{cname} {section.Kind}");
        }
    }
}
