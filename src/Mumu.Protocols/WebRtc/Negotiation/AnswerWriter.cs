// Writes the answer's text.
using System.Globalization;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.WebRtc.Negotiation;

/// <summary>What the answer says of our side.</summary>
internal sealed record AnswerIdentity(
    IceCredentials Credentials,
    string Fingerprint,
    string Setup,
    ulong SessionId,
    string CName,
    DataChannelLimits Data
)
{
    /// <summary>Counts the descriptions of one session, from 1.</summary>
    internal int Version { get; init; } = 1;
}

/// <summary>Turns a plan into an answer (RFC 8829 §5.3).</summary>
internal static class AnswerWriter
{
    internal const string MidExtension = "urn:ietf:params:rtp-hdrext:sdes:mid";
    internal const string PlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

    internal static SessionDescription Write(
        RemoteOffer offer,
        AnswerPlan plan,
        AnswerIdentity identity,
        IReadOnlyList<OutgoingTrack> tracks,
        IReadOnlyList<IceCandidate> candidates,
        bool hasAllCandidates
    )
    {
        var answer = new SessionDescription
        {
            Origin = string.Create(CultureInfo.InvariantCulture, $"- {identity.SessionId} {identity.Version} IN IP4 127.0.0.1"),
        };
        var used = Enumerable.Range(0, plan.Sections.Count).Where(i => plan.Sections[i].Kind != SectionKind.Rejected).ToList();
        var mids = used.Select(i => offer.Sdp.Media[i].Mid).OfType<string>().ToList();
        if (offer.Sdp.Bundle.Count > 0 && mids.Count > 0)
        {
            answer.Attributes.Add("group", "BUNDLE " + string.Join(' ', mids));
        }
        answer.Attributes.Add("msid-semantic", "WMS " + identity.CName);
        for (var i = 0; i < plan.Sections.Count; i++)
        {
            var section = plan.Sections[i];
            var asked = offer.Sdp.Media[i];
            if (section.Kind == SectionKind.Rejected)
            {
                answer.Media.Add(Rejected(asked));
                continue;
            }
            var media = Section(asked, section, identity);
            if (section.Kind == SectionKind.Media)
            {
                AddFormat(media, section.Format!);
                if (section.Receives && FeedbackChoice.IdOf(asked, MidExtension) is { } mid)
                {
                    media.Attributes.Add("extmap", string.Create(CultureInfo.InvariantCulture, $"{mid} {MidExtension}"));
                }
            }
            if (section.Track >= 0)
            {
                AddTrack(media, tracks.Single(track => track.Index == section.Track), identity.CName);
            }
            if (i == used[0])
            {
                AddCandidates(media, candidates, hasAllCandidates);
            }
            answer.Media.Add(media);
        }
        return answer;
    }

    private static MediaDescription Rejected(MediaDescription asked)
    {
        var media = new MediaDescription
        {
            Kind = asked.Kind,
            Port = 0,
            Protocol = asked.Protocol,
            Formats = asked.Formats,
            Connection = "IN IP4 0.0.0.0",
        };
        AddMid(media, asked);
        media.Attributes.Add("inactive");
        return media;
    }

    private static MediaDescription Section(MediaDescription asked, PlannedSection section, AnswerIdentity identity)
    {
        var media = new MediaDescription
        {
            Kind = asked.Kind,
            Port = 9,
            Protocol = asked.Protocol,
            Formats =
                section.Kind == SectionKind.Data ? DataSection.FormatsFor(asked)
                : section.Format is { } format ? TypesOf(format)
                : asked.Formats,
            Connection = "IN IP4 0.0.0.0",
        };
        AddMid(media, asked);
        media.Attributes.Add("ice-ufrag", identity.Credentials.Ufrag);
        media.Attributes.Add("ice-pwd", identity.Credentials.Password);
        media.Attributes.Add("ice-options", "trickle");
        media.Attributes.Add("fingerprint", "sha-256 " + identity.Fingerprint);
        media.Attributes.Add("setup", identity.Setup);
        if (section.Kind == SectionKind.Data)
        {
            DataSection.AddOurs(media.Attributes, identity.Data, asked);
            return media;
        }
        media.Attributes.Add("rtcp-mux");
        if (asked.RtcpReducedSize)
        {
            media.Attributes.Add("rtcp-rsize");
        }
        media.Attributes.Add(section.Direction);
        if (section.Format is null)
        {
            // Nothing flows, but the formats must still be named.
            foreach (var attribute in asked.Attributes.Where(line => line is { Name: "rtpmap" or "fmtp", Value: not null }))
            {
                media.Attributes.Add(attribute);
            }
        }
        return media;
    }

    private static void AddFormat(MediaDescription media, FormatChoice format)
    {
        var type = format.Map.PayloadType;
        media.Attributes.Add("rtpmap", format.Map.ToString());
        if (format.Parameters is { } parameters)
        {
            media.Attributes.Add("fmtp", string.Create(CultureInfo.InvariantCulture, $"{type} {parameters}"));
        }
        foreach (var value in format.Feedback.Values)
        {
            media.Attributes.Add("rtcp-fb", string.Create(CultureInfo.InvariantCulture, $"{type} {value}"));
        }
        if (format.Feedback.RtxType is { } rtx)
        {
            media.Attributes.Add("rtpmap", string.Create(CultureInfo.InvariantCulture, $"{rtx} rtx/{format.Map.ClockRate}"));
            media.Attributes.Add("fmtp", string.Create(CultureInfo.InvariantCulture, $"{rtx} apt={type}"));
        }
        if (format.Feedback.TransportId is { } number)
        {
            media.Attributes.Add("extmap", string.Create(CultureInfo.InvariantCulture, $"{number} {FeedbackChoice.TransportNumber}"));
        }
    }

    private static void AddTrack(MediaDescription media, OutgoingTrack track, string cname)
    {
        if (track.PlayoutDelayId is { } id)
        {
            media.Attributes.Add("extmap", string.Create(CultureInfo.InvariantCulture, $"{id} {PlayoutDelay}"));
        }
        var name = track.IsVideo ? "video" : "audio";
        media.Attributes.Add("msid", $"{cname} {name}");
        if (track.Retransmission is { } repair)
        {
            media.Attributes.Add("ssrc-group", $"FID {track.Ssrc} {repair.Ssrc}");
        }
        AddSource(track.Ssrc);
        if (track.Retransmission is { } stream)
        {
            AddSource(stream.Ssrc);
        }

        void AddSource(Ssrc ssrc)
        {
            media.Attributes.Add("ssrc", $"{ssrc} cname:{cname}");
            media.Attributes.Add("ssrc", $"{ssrc} msid:{cname} {name}");
        }
    }

    private static string[] TypesOf(FormatChoice format)
    {
        var type = format.Map.PayloadType.ToString(CultureInfo.InvariantCulture);
        return format.Feedback.RtxType is { } rtx ? [type, rtx.ToString(CultureInfo.InvariantCulture)] : [type];
    }

    private static void AddMid(MediaDescription media, MediaDescription asked)
    {
        if (asked.Mid is { } mid)
        {
            media.Attributes.Add("mid", mid);
        }
    }

    private static void AddCandidates(MediaDescription media, IReadOnlyList<IceCandidate> candidates, bool hasAllCandidates)
    {
        foreach (var candidate in candidates)
        {
            media.Attributes.Add("candidate", candidate.ToString()["candidate:".Length..]);
        }
        if (hasAllCandidates)
        {
            media.Attributes.Add("end-of-candidates");
        }
    }
}
