// Chooses the pair in use: nominates as the controlling side, follows as the controlled one, and leaves a pair that fell silent.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>
/// Nomination and selection (RFC 8445 §8.1). Datagrams may go over any pair that works before one is nominated (§12.1), so the best one is
/// selected at once. A selected pair that falls silent is left for one that has answered since.
/// </summary>
internal sealed class IceSelection(IceSession session, IceCheckList list)
{
    /// <summary>Unanswered for that long, a pair counts as dead.</summary>
    public static readonly TimeSpan DeadAfter = TimeSpan.FromMilliseconds(2500);

    // Enough to believe a peer that has already turned to another pair.
    private static readonly TimeSpan SuspectAfter = TimeSpan.FromMilliseconds(1000);

    // A controlling peer repeats its nomination with every ping (2.5 s in browsers); one that it leaves out for longer is not its choice any more.
    private static readonly TimeSpan NominationFades = TimeSpan.FromMilliseconds(3000);
    private TimeSpan? _firstValidAt;
    private TimeSpan? _newPathAt;

    public IcePair? Selected { get; private set; }

    /// <summary>The pair we nominate, controlling, or the peer's choice, controlled.</summary>
    public IcePair? Nominee { get; private set; }

    /// <summary>The pair whose checks carry USE-CANDIDATE.</summary>
    public IcePair? OwnNominee => session.Role == IceRole.Controlling ? Nominee : null;

    public void Clear()
    {
        Selected = null;
        Nominee = null;
        _firstValidAt = null;
        _newPathAt = null;
    }

    /// <summary>The role turned: what was nominated under the old one does not count.</summary>
    public void OnRoleTurned() => Nominee = null;

    /// <summary>The peer, controlling, asks for this pair. Aggressive peers ask for many; then the best one counts (RFC 5245 §8.1.1.2).</summary>
    public void OnUseCandidate(IcePair pair, TimeSpan now)
    {
        pair.UseCandidateAt = now;
        if (pair.IsValid)
        {
            Follow(pair, now);
        }
    }

    /// <summary>The peer checks from an address it was not seen at: its NAT may have changed it, and the selected pair be dead. Find out.</summary>
    public void OnNewPath(TimeSpan now)
    {
        _newPathAt = now;
        if (Selected is { UnansweredSince: null } selected)
        {
            selected.NextConsentAt = now;
        }
    }

    /// <summary>A pair works now; if the peer has asked for it before, its wish counts from here.</summary>
    public void OnValid(IcePair pair, TimeSpan now)
    {
        if (session.Role == IceRole.Controlled && pair.UseCandidateAt is not null && pair != Nominee)
        {
            Follow(pair, now);
        }
    }

    /// <summary>The peer's traffic came on this flow.</summary>
    public void OnTraffic(in FlowId flow, TimeSpan now)
    {
        if (Selected is { } selected && selected.Flow == flow)
        {
            selected.TrafficAt = now;
        }
    }

    public void Update(TimeSpan now)
    {
        if (Nominee is { IsValid: false })
        {
            Nominee = null;
        }
        var best = Best(now);
        _firstValidAt = best is null ? null : _firstValidAt ?? now;
        if (session.Role == IceRole.Controlling)
        {
            Nominate(best, now);
        }
        else
        {
            FollowAway(now);
        }
        Selected = Choose(best, now);
    }

    public TimeSpan? Deadline() =>
        session.Role == IceRole.Controlling && Nominee is null && _firstValidAt is { } since
            ? since + session.Options.NominationDelay
            : null;

    private IcePair? Choose(IcePair? best, TimeSpan now)
    {
        return Nominee is { } nominee ? Successor(nominee, now) ?? nominee : best;
    }

    // Of a dead pair: the best one that has answered since. Where traffic of the peer has stopped as well, or a new path has shown up since it last
    // answered, a shorter silence is proof enough.
    private IcePair? Successor(IcePair pair, TimeSpan now)
    {
        var isDoubtful = pair.IsQuiet(now) || _newPathAt > pair.LastConsentAt;
        if (!pair.IsSilent(now, isDoubtful ? SuspectAfter : DeadAfter))
        {
            return null;
        }
        IcePair? successor = null;
        foreach (var other in list.Pairs)
        {
            if (
                other != pair
                && other.IsValid
                && other.LastConsentAt > pair.UnansweredSince
                && (successor is null || other.Priority > successor.Priority)
            )
            {
                successor = other;
            }
        }
        return successor;
    }

    // The best pair that works: live before dead, then by priority; among dead ones the one that answered last.
    private IcePair? Best(TimeSpan now)
    {
        IcePair? best = null;
        foreach (var pair in list.Pairs)
        {
            if (pair.IsValid && (best is null || IsBetter(pair, best, now)))
            {
                best = pair;
            }
        }
        return best;
    }

    private static bool IsBetter(IcePair pair, IcePair other, TimeSpan now)
    {
        var isDead = pair.IsSilent(now, DeadAfter);
        if (isDead != other.IsSilent(now, DeadAfter))
        {
            return !isDead;
        }
        return isDead ? pair.LastConsentAt > other.LastConsentAt : pair.Priority > other.Priority;
    }

    private void Nominate(IcePair? best, TimeSpan now)
    {
        if (Nominee is not null)
        {
            best = Successor(Nominee, now);
        }
        if (best is null)
        {
            return;
        }
        if (Nominee is null && now < _firstValidAt + session.Options.NominationDelay && IsBetterPossible(best))
        {
            return;
        }
        Nominee = best;
        best.NextConsentAt = now; // The next check says so.
    }

    private bool IsBetterPossible(IcePair best)
    {
        foreach (var pair in list.Pairs)
        {
            if (pair.Progress is IcePairProgress.Waiting or IcePairProgress.InProgress && pair.Priority > best.Priority)
            {
                return true;
            }
        }
        return false;
    }

    private void Follow(IcePair pair, TimeSpan now)
    {
        if (Nominee is not { IsValid: true } followed || pair.Priority > followed.Priority)
        {
            Nominee = pair;
            return;
        }
        if (!(pair.UseCandidateAt > followed.UseCandidateAt))
        {
            return;
        }
        if (now - followed.UseCandidateAt > NominationFades || followed.IsSilent(now, SuspectAfter))
        {
            Nominee = pair;
        }
        else if (followed.UnansweredSince is null)
        {
            followed.NextConsentAt = now; // The peer may have left it because it is dead: find out.
        }
    }

    // The followed pair is silent and the peer has since asked for another that works.
    private void FollowAway(TimeSpan now)
    {
        if (Nominee is not { } followed || !followed.IsSilent(now, SuspectAfter))
        {
            return;
        }
        foreach (var pair in list.Pairs)
        {
            if (pair != followed && pair.IsValid && pair.UseCandidateAt > followed.UseCandidateAt && !pair.IsSilent(now, SuspectAfter))
            {
                Nominee = pair;
                return;
            }
        }
    }
}
