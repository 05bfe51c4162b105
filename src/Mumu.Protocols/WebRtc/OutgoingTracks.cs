// Makes the tracks that a plan agrees to, each with numbers of its own.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.WebRtc;

/// <summary>Draws sources and first indexes.</summary>
internal static class OutgoingTracks
{
    internal static List<OutgoingTrack> Make(RemoteOffer offer, AnswerPlan plan, IReadOnlyList<SendTrack> tracks, Random random)
    {
        var made = new List<OutgoingTrack>();
        var used = new HashSet<Ssrc>();
        for (var i = 0; i < plan.Sections.Count; i++)
        {
            if (plan.Sections[i] is { Track: >= 0, Format: { } format } section)
            {
                var track = tracks[section.Track];
                made.Add(
                    new OutgoingTrack(section.Track, track, (byte)format.Map.PayloadType, NewSsrc(used, random), NewIndex(random))
                    {
                        PlayoutDelayId = track.IsVideo ? FeedbackChoice.IdOf(offer.Sdp.Media[i], AnswerWriter.PlayoutDelay) : null,
                        TransportId = format.Feedback.TransportId,
                        Retransmission = format.Feedback.RtxType is { } rtx
                            ? new RetransmissionStream((byte)rtx, NewSsrc(used, random), NewIndex(random))
                            : null,
                    }
                );
            }
        }
        return made;
    }

    // Far from a roll-over, which a receiver that joins late could not tell.
    private static ulong NewIndex(Random random) => (ulong)random.Next(1, 0x4000);

    private static Ssrc NewSsrc(HashSet<Ssrc> used, Random random)
    {
        while (true)
        {
            var ssrc = new Ssrc((uint)random.NextInt64(1, 1L << 32));
            if (used.Add(ssrc))
            {
                return ssrc;
            }
        }
    }
}
