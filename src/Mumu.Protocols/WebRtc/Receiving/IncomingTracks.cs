// The tracks of an answer, found by what their packets bear.
using System.Globalization;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Sdp;

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

    internal IncomingTrack? Find(in RtpPacket packet)
    {
        foreach (var track in _tracks)
        {
            if (track.Ssrc == packet.Ssrc || (track.Ssrc is null && track.PayloadType == packet.PayloadType))
            {
                track.Ssrc = packet.Ssrc;
                return track;
            }
        }
        return null;
    }

    /// <summary>The track whose retransmissions a source carries.</summary>
    internal IncomingTrack? FindRepaired(Ssrc ssrc)
    {
        foreach (var track in _tracks)
        {
            if (track.RtxSsrc == ssrc)
            {
                return track;
            }
        }
        return null;
    }
}
