// Writes the offer of a receiving peer.
using System.Globalization;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>A recvonly offer (RFC 8829 §5.2) with payload types that are unique over all sections, so that they tell the tracks apart.</summary>
internal static class OfferWriter
{
    internal static readonly (int Type, Codec Codec, string Map, string? Parameters)[] Formats =
    [
        (96, Codec.H264, "H264/90000", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
        (97, Codec.H264, "H264/90000", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f"),
        (98, Codec.H264, "H264/90000", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640032"),
        (99, Codec.H265, "H265/90000", "profile-id=1;tier-flag=0;level-id=156"),
        (100, Codec.Vp8, "VP8/90000", null),
        (101, Codec.Vp9, "VP9/90000", "profile-id=0"),
        (102, Codec.Vp9, "VP9/90000", "profile-id=2"),
        (103, Codec.Av1, "AV1/90000", "profile=0;level-idx=13;tier=0"),
        (111, Codec.Opus, "opus/48000/2", "minptime=10;useinbandfec=1"),
        (0, Codec.Pcmu, "PCMU/8000", null),
        (8, Codec.Pcma, "PCMA/8000", null),
    ];

    internal const int TransportNumberId = 4;

    /// <summary>The type under which retransmissions of a video format are offered.</summary>
    internal static int RtxOf(int type) => type + 20;

    internal static string Write(
        ReceivingOptions receiving,
        IceCredentials credentials,
        string fingerprint,
        ulong sessionId,
        IReadOnlyList<IceCandidate> candidates,
        bool isComplete,
        DataChannelLimits data
    )
    {
        var offer = new SessionDescription { Origin = string.Create(CultureInfo.InvariantCulture, $"- {sessionId} 1 IN IP4 127.0.0.1") };
        foreach (var (kind, codecs) in new[] { ("video", receiving.Video), ("audio", receiving.Audio) })
        {
            if (codecs.Count == 0)
            {
                continue;
            }
            var formats = codecs.SelectMany(codec => Formats.Where(format => format.Codec == codec)).ToList();
            var hasRtx = receiving.Rtx && kind == "video";
            var types = formats.SelectMany(format => hasRtx ? new[] { format.Type, RtxOf(format.Type) } : [format.Type]);
            var media = new MediaDescription
            {
                Kind = kind,
                Port = 9,
                Protocol = "UDP/TLS/RTP/SAVPF",
                Formats = [.. types.Select(type => type.ToString(CultureInfo.InvariantCulture))],
                Connection = "IN IP4 0.0.0.0",
            };
            var attributes = media.Attributes;
            AddTransport(attributes, offer.Media.Count, credentials, fingerprint);
            attributes.Add("recvonly");
            attributes.Add("rtcp-mux");
            attributes.Add("rtcp-rsize");
            attributes.Add("extmap", "3 " + AnswerWriter.PlayoutDelay);
            if (receiving.TransportFeedback)
            {
                attributes.Add("extmap", $"{TransportNumberId} {FeedbackChoice.TransportNumber}");
            }
            foreach (var (type, _, map, parameters) in formats)
            {
                attributes.Add("rtpmap", string.Create(CultureInfo.InvariantCulture, $"{type} {map}"));
                if (parameters is not null)
                {
                    attributes.Add("fmtp", string.Create(CultureInfo.InvariantCulture, $"{type} {parameters}"));
                }
                if (kind == "video")
                {
                    AddFeedback(attributes, type, receiving, hasRtx);
                }
            }
            offer.Media.Add(media);
        }
        if (receiving.Data)
        {
            var media = new MediaDescription
            {
                Kind = "application",
                Port = 9,
                Protocol = DataSection.Protocol,
                Formats = [DataSection.Format],
                Connection = "IN IP4 0.0.0.0",
            };
            AddTransport(media.Attributes, offer.Media.Count, credentials, fingerprint);
            DataSection.AddOurs(media.Attributes, data);
            offer.Media.Add(media);
        }
        AddCandidates(offer.Media[0].Attributes, candidates, isComplete);
        offer.Attributes.Add("group", "BUNDLE " + string.Join(' ', offer.Media.Select(media => media.Mid)));
        return offer.ToString();
    }

    internal static void AddTransport(SdpAttributes attributes, int mid, IceCredentials credentials, string fingerprint)
    {
        attributes.Add("mid", mid.ToString(CultureInfo.InvariantCulture));
        attributes.Add("ice-ufrag", credentials.Ufrag);
        attributes.Add("ice-pwd", credentials.Password);
        attributes.Add("ice-options", "trickle");
        attributes.Add("fingerprint", "sha-256 " + fingerprint);
        attributes.Add("setup", "actpass");
    }

    internal static void AddCandidates(SdpAttributes attributes, IReadOnlyList<IceCandidate> candidates, bool isComplete)
    {
        foreach (var candidate in candidates)
        {
            attributes.Add("candidate", candidate.ToString()["candidate:".Length..]);
        }
        if (isComplete)
        {
            attributes.Add("end-of-candidates");
        }
    }

    private static void AddFeedback(SdpAttributes attributes, int type, ReceivingOptions receiving, bool hasRtx)
    {
        IEnumerable<string> values = ["nack", "nack pli", "ccm fir"];
        foreach (var value in receiving.TransportFeedback ? values.Append("transport-cc") : values)
        {
            attributes.Add("rtcp-fb", string.Create(CultureInfo.InvariantCulture, $"{type} {value}"));
        }
        if (hasRtx)
        {
            attributes.Add("rtpmap", string.Create(CultureInfo.InvariantCulture, $"{RtxOf(type)} rtx/90000"));
            attributes.Add("fmtp", string.Create(CultureInfo.InvariantCulture, $"{RtxOf(type)} apt={type}"));
        }
    }
}
