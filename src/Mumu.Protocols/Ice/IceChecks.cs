// Sends connectivity checks: which pair next, how often again, when to give up.
namespace Mumu.Protocols.Ice;

/// <summary>
/// Paces and retransmits checks (RFC 8445 §6.1.4, §14). Foundations are not frozen: that saves checks between several streams and components,
/// and here is one of each, where it would only delay.
/// </summary>
internal sealed class IceChecks(IceSession session, IceCheckList list)
{
    // A request by the peer while our own check is under way says that the path is open now, which it may not have been when that check went
    // out: then ask again, at once or as soon as this is past since the last time, but not for every request.
    private static readonly TimeSpan RepeatGap = TimeSpan.FromMilliseconds(100);
    private TimeSpan _nextStart;

    public void Tick(TimeSpan now)
    {
        if (session.Keys.Remote is null)
        {
            return; // Early requests of the peer have made pairs, which wait for its password.
        }
        IcePair? next = null;
        foreach (var pair in list.Pairs)
        {
            if (pair.Progress == IcePairProgress.InProgress)
            {
                Repeat(pair, now);
                if (now >= pair.NextSendAt)
                {
                    Retransmit(pair, now);
                }
            }
            if (pair.Progress == IcePairProgress.Waiting && (next is null || IsBefore(pair, next)))
            {
                next = pair;
            }
        }
        if (next is not null && now >= _nextStart)
        {
            Start(next, now);
            _nextStart = now + session.Options.CheckInterval;
        }
    }

    public TimeSpan? Deadline()
    {
        TimeSpan? deadline = null;
        foreach (var pair in list.Pairs)
        {
            TimeSpan? at = pair.Progress switch
            {
                IcePairProgress.Waiting when session.Keys.Remote is not null => _nextStart,
                IcePairProgress.InProgress => Earlier(pair.NextSendAt, pair.RepeatAt),
                _ => null,
            };
            deadline = Earlier(deadline, at);
        }
        return deadline;
    }

    public static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;

    /// <summary>The peer has sent a request on this pair: check it back (RFC 8445 §7.3.1.4).</summary>
    public void OnRequest(IcePair pair, TimeSpan now)
    {
        switch (pair.Progress)
        {
            case IcePairProgress.Waiting or IcePairProgress.Failed:
                list.Trigger(pair);
                break;
            case IcePairProgress.InProgress when !pair.Local.IsReliable:
                pair.RepeatAt ??= Later(now, pair.LastSentAt + RepeatGap);
                Repeat(pair, now);
                break;
        }
    }

    private static bool IsBefore(IcePair pair, IcePair other)
    {
        var isTriggered = pair.TriggeredOrder != 0;
        if (isTriggered != (other.TriggeredOrder != 0))
        {
            return isTriggered;
        }
        return isTriggered ? pair.TriggeredOrder < other.TriggeredOrder : pair.Priority > other.Priority;
    }

    private void Start(IcePair pair, TimeSpan now)
    {
        var open = 0;
        foreach (var other in list.Pairs)
        {
            open += other.Progress is IcePairProgress.Waiting or IcePairProgress.InProgress ? 1 : 0;
        }
        var spread = session.Options.CheckInterval * open; // RFC 8445 §14.3
        pair.RetransmitAfter = spread > session.Options.RetransmitAfter ? spread : session.Options.RetransmitAfter;
        pair.Progress = IcePairProgress.InProgress;
        pair.TriggeredOrder = 0;
        pair.Transmissions = 1;
        pair.NextSendAt = now + pair.RetransmitAfter;
        pair.RepeatAt = null;
        var transaction = session.NewTransaction();
        pair.Open(transaction, session.Role, useCandidate: false, now);
        session.Outbox.Add(
            new IceOutgoing(IceOutgoingKind.Check, pair.Flow, transaction)
            {
                Keys = session.Keys,
                Role = session.Role,
                Priority = pair.Local.CheckPriority,
            }
        );
    }

    // The same transaction again, rather than a new one, so that answers under way stay welcome however long the round trip.
    private void Repeat(IcePair pair, TimeSpan now)
    {
        if (pair.RepeatAt <= now)
        {
            pair.RepeatAt = null;
            Send(pair, pair.Repeat(now));
        }
    }

    private void Retransmit(IcePair pair, TimeSpan now)
    {
        if (pair.Transmissions >= session.Options.MaxTransmissions)
        {
            pair.Fail();
            return;
        }
        pair.Transmissions++;
        var doubled = pair.RetransmitAfter * 2;
        pair.RetransmitAfter =
            doubled < session.Options.RetransmitAtMost ? doubled : Later(session.Options.RetransmitAtMost, session.Options.RetransmitAfter);
        pair.NextSendAt = now + pair.RetransmitAfter;
        if (!pair.Local.IsReliable)
        {
            Send(pair, pair.Repeat(now));
        }
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Send(IcePair pair, in IceCheckSlot slot) =>
        session.Outbox.Add(
            new IceOutgoing(IceOutgoingKind.Check, pair.Flow, slot.Transaction)
            {
                Keys = session.Keys,
                Role = slot.Role,
                Priority = pair.Local.CheckPriority,
                UseCandidate = slot.UseCandidate,
            }
        );
}
