// Keeps working pairs fresh: consent on the selected one, a keep-alive on the others, quick probes where an answer is missing.
namespace Mumu.Protocols.Ice;

/// <summary>
/// Consent freshness (RFC 7675 §5.1) and keep-alives (RFC 8445 §11) of all pairs that work. A consent check is never retransmitted; while one is
/// unanswered, new ones follow closely for some seconds, so that a dead path is known soon, and then slowly until consent expires.
/// </summary>
internal sealed class IceConsent(IceSession session, IceCheckList list)
{
    private static readonly TimeSpan QuickProbe = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan QuickProbing = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SlowProbe = TimeSpan.FromSeconds(2);

    /// <summary>Sends what is due. <paramref name="nominee"/> is the pair that we, controlling, nominate.</summary>
    public void Tick(IcePair? selected, IcePair? nominee, TimeSpan now)
    {
        // The selected pair falls silent: learn at once which other would do.
        var isUrgent = selected is not null && selected.IsSilent(now, QuickProbe);
        foreach (var pair in list.Pairs)
        {
            if (!pair.IsValid)
            {
                continue;
            }
            var isWanted = isUrgent && pair.UnansweredSince is null && pair.LastConsentAt < selected!.UnansweredSince;
            // What makes it quiet may be a path that has gone: find out.
            var isDoubted = pair == selected && pair.UnansweredSince is null && pair.IsQuiet(now);
            if (now >= pair.NextConsentAt || isWanted || isDoubted)
            {
                Check(pair, useCandidate: pair == nominee, now);
            }
        }
    }

    /// <summary>Lets pairs fail whose consent is too old.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (var pair in list.Pairs)
        {
            if (pair.IsValid && now - pair.LastConsentAt >= session.Options.FailedAfter)
            {
                pair.Fail();
            }
        }
    }

    public TimeSpan? Deadline(IcePair? selected)
    {
        TimeSpan? deadline = null;
        foreach (var pair in list.Pairs)
        {
            if (pair.IsValid)
            {
                deadline = IceChecks.Earlier(deadline, pair.NextConsentAt);
                deadline = IceChecks.Earlier(deadline, pair == selected && pair.UnansweredSince is null ? pair.QuietAt : null);
                deadline = IceChecks.Earlier(deadline, pair.LastConsentAt + session.Options.FailedAfter);
            }
        }
        return deadline;
    }

    /// <summary>Plans the next check after an answer.</summary>
    public void Plan(IcePair pair, bool isSelected, TimeSpan now) =>
        pair.NextConsentAt = now + session.Jitter(isSelected ? session.Options.ConsentInterval : session.Options.KeepAliveInterval);

    /// <summary>The pair is selected from now on: its next check must not wait for the leisure of a keep-alive.</summary>
    public void Hasten(IcePair pair, TimeSpan now)
    {
        var at = now + session.Jitter(session.Options.ConsentInterval);
        pair.NextConsentAt = at < pair.NextConsentAt ? at : pair.NextConsentAt;
    }

    private void Check(IcePair pair, bool useCandidate, TimeSpan now)
    {
        pair.UnansweredSince ??= now;
        pair.NextConsentAt = now + (pair.IsSilent(now, QuickProbing) ? SlowProbe : Later(QuickProbe, (pair.RoundTrip ?? default) * 2));
        var transaction = session.NewTransaction();
        pair.Open(transaction, session.Role, useCandidate, now);
        session.Outbox.Add(
            new IceOutgoing(IceOutgoingKind.Check, pair.Flow, transaction)
            {
                Keys = session.Keys,
                Role = session.Role,
                Priority = pair.Local.CheckPriority,
                UseCandidate = useCandidate,
            }
        );
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
