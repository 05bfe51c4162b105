// The tracks of an answer, found by what their packets bear.
using System.Globalization;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>Knows which source and which payload type belong to which track.</summary>
internal sealed class IncomingTracks
{
    private readonly List<IncomingTrack> _tracks = [];

    internal IReadOnlyList<IncomingTrack> All => _tracks;

    /// <summary>When the first packet that misses wants to be asked for.</summary>
    internal TimeSpan? NextNack
    {
        get
        {
            TimeSpan? next = null;
            foreach (var track in _tracks)
            {
                next = PeerTransport.Earlier(next, track.NextNack);
            }
            return next;
        }
    }

    internal IncomingTrack? Video => _tracks.Find(track => track.IsVideo);

    /// <summary>Learns the tracks that we agreed to take from an offer.</summary>
    internal void Learn(RemoteOffer offer, AnswerPlan plan)
    {
        for (var i = 0; i < plan.Sections.Count; i++)
        {
            if (plan.Sections[i] is { Receives: true, Format: { } format })
            {
                var media = offer.Sdp.Media[i];
                var rtx = RetransmissionUnpacking.RtxOf(media);
                var codec = CodecNames.Read(format.Map);
                var sources = media.Ssrcs.Where(value => value != rtx?.Value).Select(value => (Ssrc?)new Ssrc(value)).ToList();
                Add(
                    new IncomingTrack(codec, format.Map.PayloadType, format.Map.ClockRate, media.Kind == "video")
                    {
                        Ssrc = sources.Count == 1 ? sources[0] : null, // of several we know nothing, so the first that comes counts
                        RtxSsrc = rtx,
                        RtxPayloadType = format.Feedback.RtxType,
                        Mid = media.Mid ?? "",
                        Channels = format.Map.Channels,
                    }
                );
                MidId ??= FeedbackChoice.IdOf(media, AnswerWriter.MidExtension);
            }
        }
    }

    /// <summary>Learns the tracks that an answer sends.</summary>
    internal void Learn(SessionDescription answer)
    {
        foreach (var media in answer.Media)
        {
            if (media.Port == 0 || answer.DirectionOf(media) is not (MediaDirection.SendOnly or MediaDirection.SendReceive))
            {
                continue;
            }
            foreach (var (type, codec, map, _) in OfferWriter.Formats)
            {
                if (media.Formats.Count > 0 && media.Formats[0] == type.ToString(CultureInfo.InvariantCulture))
                {
                    var clock = int.Parse(map.Split('/')[1], CultureInfo.InvariantCulture);
                    var rtx = RetransmissionUnpacking.RtxOf(media);
                    var named = media.Ssrcs.Select(value => (Ssrc?)new Ssrc(value)).FirstOrDefault(ssrc => ssrc != rtx);
                    _tracks.Add(new IncomingTrack(codec, type, clock, media.Kind == "video") { Ssrc = named, RtxSsrc = rtx });
                }
            }
        }
    }

    internal IncomingTrack? Find(Ssrc ssrc) => _tracks.Find(track => track.Ssrc == ssrc);

    /// <summary>Id of the extension that bears a section's mid (RFC 9143 §9.2); null if it was not agreed to.</summary>
    internal int? MidId { get; set; }

    internal void Add(IncomingTrack track) => _tracks.Add(track);

    /// <summary>The track of a packet: by its source; for a new source by the mid it bears, else by its payload type (RFC 9143 §9.2).</summary>
    internal IncomingTrack? Find(in RtpPacket packet)
    {
        foreach (var track in _tracks)
        {
            if (track.Ssrc == packet.Ssrc)
            {
                return packet.PayloadType == track.PayloadType ? track : null;
            }
        }
        foreach (var track in _tracks)
        {
            var isOurs = track.Ssrc is null || IsOfMid(packet, track);
            if (isOurs && track.PayloadType == packet.PayloadType)
            {
                track.Ssrc = packet.Ssrc;
                return track;
            }
        }
        return null;
    }

    /// <summary>The track whose retransmissions a packet carries.</summary>
    internal IncomingTrack? FindRepaired(in RtpPacket packet)
    {
        foreach (var track in _tracks)
        {
            if (track.RtxSsrc == packet.Ssrc)
            {
                return track;
            }
        }
        foreach (var track in _tracks)
        {
            if (track.RtxPayloadType == packet.PayloadType && (track.RtxSsrc is null || IsOfMid(packet, track)))
            {
                track.RtxSsrc = packet.Ssrc;
                return track;
            }
        }
        return null;
    }

    private bool IsOfMid(in RtpPacket packet, IncomingTrack track) =>
        MidId is { } id
        && packet.TryGetExtension(id, out var mid)
        && mid.Length == track.Mid.Length
        && System.Text.Ascii.Equals(mid, track.Mid);
}
