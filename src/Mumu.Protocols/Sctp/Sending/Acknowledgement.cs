// Carries a SACK over to the chunks under way.
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp.Sending;

/// <summary>What a SACK has changed.</summary>
/// <param name="Bytes">Data acknowledged for the first time.</param>
/// <param name="HasAdvanced">The cumulative number has grown.</param>
/// <param name="HasLoss">A chunk was missed often enough to be sent again.</param>
/// <param name="RoundTrip">A fresh measurement, by a chunk sent once.</param>
internal readonly record struct Acknowledgement(int Bytes, bool HasAdvanced, bool HasLoss, TimeSpan? RoundTrip)
{
    private const int MissesUntilLost = 3;

    /// <summary>Says whether a SACK speaks of what was sent; an old or invented one changes nothing.</summary>
    internal static bool IsPlausible(SentChunks sent, in SackChunk sack) =>
        !sent.Acknowledged.IsAfter(sack.Cumulative) && !sack.Cumulative.IsAfter(sent.Highest);

    /// <summary>Applies a plausible SACK (RFC 9260 §6.2.1, §7.2.4).</summary>
    internal static Acknowledgement Apply(SentChunks sent, in SackChunk sack, bool isRecovering, TimeSpan now)
    {
        var bytes = 0;
        TimeSpan? roundTrip = null;
        var advance = sack.Cumulative.Since(sent.Acknowledged);
        for (var i = 0; i < advance; i++)
        {
            ref var chunk = ref sent[0];
            if (chunk is { Transmissions: 1, State: SentState.InFlight })
            {
                roundTrip = now - chunk.SentAt;
            }
            bytes += sent.Pop();
        }
        if (sack.Gaps == 0 && sent.AcknowledgedAhead == 0)
        {
            return new Acknowledgement(bytes, advance > 0, false, roundTrip);
        }
        var (ahead, highestNew) = TakeGaps(sent, sack);
        // While recovering, each advance tells of all the gaps again.
        var reach = isRecovering && advance > 0 ? LastGap(sent, sack) : highestNew;
        return new Acknowledgement(bytes + ahead, advance > 0, CountMisses(sent, reach), roundTrip);
    }

    private static (int Bytes, int HighestNew) TakeGaps(SentChunks sent, in SackChunk sack)
    {
        var bytes = 0;
        var highestNew = -1;
        var next = 0;
        for (var gap = 0; gap < sack.Gaps; gap++)
        {
            var (start, end) = sack.Gap(gap);
            if (start < 1 || end < start || start - 1 < next)
            {
                continue; // nonsense, or out of order
            }
            for (; next < start - 1 && next < sent.Count; next++)
            {
                TakeBack(sent, next);
            }
            for (; next < end && next < sent.Count; next++)
            {
                ref var chunk = ref sent[next];
                if (chunk.State is SentState.InFlight or SentState.Lost)
                {
                    bytes += chunk.Length;
                    highestNew = next;
                    sent.Mark(ref chunk, SentState.Acknowledged);
                }
            }
        }
        for (; next < sent.Count; next++)
        {
            TakeBack(sent, next);
        }
        return (bytes, highestNew);
    }

    /// <summary>A chunk acknowledged before and not any more was thrown away by the peer; the timer will repeat it.</summary>
    private static void TakeBack(SentChunks sent, int index)
    {
        ref var chunk = ref sent[index];
        if (chunk.State == SentState.Acknowledged)
        {
            sent.Mark(ref chunk, SentState.InFlight);
        }
    }

    private static int LastGap(SentChunks sent, in SackChunk sack) =>
        sack.Gaps == 0 ? -1 : Math.Min(sack.Gap(sack.Gaps - 1).End, sent.Count) - 1;

    private static bool CountMisses(SentChunks sent, int reach)
    {
        var hasLoss = false;
        for (var i = 0; i < reach; i++)
        {
            ref var chunk = ref sent[i];
            if (chunk.State == SentState.InFlight && !chunk.WasRepairedFast && ++chunk.Misses >= MissesUntilLost)
            {
                chunk.WasRepairedFast = true;
                sent.Mark(ref chunk, SentState.Lost);
                hasLoss = true;
            }
        }
        return hasLoss;
    }
}
