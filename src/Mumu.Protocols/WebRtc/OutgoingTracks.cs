// Makes the tracks that a plan agrees to, each with numbers of its own.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.WebRtc;

/// <summary>Draws sources and first indexes.</summary>
internal static class OutgoingTracks
{
    /// <param name="offer">The other side's description.</param>
    /// <param name="plan">What was agreed to.</param>
    /// <param name="tracks">What we have to send.</param>
    /// <param name="random">Gives the numbers.</param>
    /// <param name="named">The sources that our offer has named, by track; null where there was none.</param>
    internal static List<OutgoingTrack> Make(
        RemoteOffer offer,
        AnswerPlan plan,
        IReadOnlyList<SendTrack> tracks,
        Random random,
        Dictionary<int, (Ssrc Media, Ssrc Repair)>? named = null
    )
    {
        var made = new List<OutgoingTrack>();
        var used = new HashSet<Ssrc>();
        for (var i = 0; i < plan.Sections.Count; i++)
        {
            if (plan.Sections[i] is { Track: >= 0, Format: { } format } section)
            {
                var track = tracks[section.Track];
                var (media, repair) = named is null ? default : named[section.Track];
                media = named is null ? NewSsrc(used, random) : media;
                made.Add(
                    new OutgoingTrack(section.Track, track, (byte)format.Map.PayloadType, media, NewIndex(random))
                    {
                        PlayoutDelayId = track.IsVideo ? FeedbackChoice.IdOf(offer.Sdp.Media[i], AnswerWriter.PlayoutDelay) : null,
                        TransportId = format.Feedback.TransportId,
                        Retransmission = format.Feedback.RtxType is { } rtx
                            ? new RetransmissionStream((byte)rtx, named is null ? NewSsrc(used, random) : repair, NewIndex(random))
                            : null,
                    }
                );
            }
        }
        return made;
    }

    // Far from a roll-over, which a receiver that joins late could not tell.
    private static ulong NewIndex(Random random) => (ulong)random.Next(1, 0x4000);

    internal static Ssrc NewSsrc(HashSet<Ssrc> used, Random random)
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
