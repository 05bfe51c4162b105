// A candidate pair: one flow, how far its checks are, and how fresh the peer's consent is.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>How far the checks of a pair are (RFC 8445 §6.1.2.6). There is no Frozen: see <see cref="IceChecks"/>.</summary>
internal enum IcePairProgress
{
    /// <summary>Not checked yet, or to be checked again.</summary>
    Waiting,

    /// <summary>A check is under way.</summary>
    InProgress,

    /// <summary>It works.</summary>
    Succeeded,

    /// <summary>It did not answer, or consent expired.</summary>
    Failed,
}

/// <summary>A candidate pair. Pairs that share base and remote address are one, as they share their flow.</summary>
internal sealed class IcePair(FlowId flow, IceLocalAddress local)
{
    private static readonly TimeSpan QuietAfter = TimeSpan.FromSeconds(2);
    private IceCheckSlots _slots;
    private int _nextSlot;

    public FlowId Flow { get; } = flow;

    public IceLocalAddress Local { get; } = local;

    public IceCandidateType RemoteType { get; set; } = IceCandidateType.PeerReflexive;

    public uint RemotePriority { get; set; }

    /// <summary>RFC 8445 §6.1.2.3.</summary>
    public ulong Priority { get; private set; }

    public IcePairProgress Progress { get; set; }

    public bool IsValid => Progress == IcePairProgress.Succeeded;

    /// <summary>The peer has sent an authentic check here, and ours has not failed since.</summary>
    public bool IsHeard { get; set; }

    /// <summary>Order in the triggered queue, from 1; 0 when not in it.</summary>
    public long TriggeredOrder { get; set; }

    /// <summary>When the check under way goes out again (or fails).</summary>
    public TimeSpan NextSendAt { get; set; }

    /// <summary>When the check under way goes out once more because the peer has been heard; null if it need not.</summary>
    public TimeSpan? RepeatAt { get; set; }

    public TimeSpan LastSentAt { get; private set; }

    public TimeSpan RetransmitAfter { get; set; }

    public int Transmissions { get; set; }

    /// <summary>When the peer last agreed to get datagrams here.</summary>
    public TimeSpan LastConsentAt { get; private set; }

    public TimeSpan NextConsentAt { get; set; }

    /// <summary>When the first of the consent checks went out that have not been answered; null when all is well.</summary>
    public TimeSpan? UnansweredSince { get; set; }

    /// <summary>When the peer, controlling, last asked for this pair; null if never.</summary>
    public TimeSpan? UseCandidateAt { get; set; }

    /// <summary>When authentic traffic of the peer last came here while the pair was selected; null if there never was any.</summary>
    public TimeSpan? TrafficAt { get; set; }

    public TimeSpan? RoundTrip { get; private set; }

    public void Rank(IceRole role)
    {
        ulong controlling = role == IceRole.Controlling ? Local.Priority : RemotePriority;
        ulong controlled = role == IceRole.Controlling ? RemotePriority : Local.Priority;
        Priority =
            (Math.Min(controlling, controlled) << 32) + (2 * Math.Max(controlling, controlled)) + (controlling > controlled ? 1u : 0u);
    }

    /// <summary>True if consent checks have gone unanswered for that long.</summary>
    public bool IsSilent(TimeSpan now, TimeSpan duration) => UnansweredSince is { } since && now - since >= duration;

    /// <summary>True if the peer, which sends something of its own accord (reports about media come every second), has not been heard for longer than it ever pauses.</summary>
    public bool IsQuiet(TimeSpan now) => now >= QuietAt;

    /// <summary>When it becomes quiet, if nothing comes before; null if nothing is expected.</summary>
    public TimeSpan? QuietAt => TrafficAt + QuietAfter;

    /// <summary>Notes a new check, in place of the oldest.</summary>
    public void Open(in StunTransactionId transaction, IceRole role, bool useCandidate, TimeSpan now)
    {
        _slots[_nextSlot] = new IceCheckSlot
        {
            Transaction = transaction,
            SentAt = now,
            Role = role,
            UseCandidate = useCandidate,
            IsOpen = true,
        };
        _nextSlot = (_nextSlot + 1) % IceCheckSlots.Length;
        LastSentAt = now;
    }

    /// <summary>The newest check, for sending it again.</summary>
    public IceCheckSlot Repeat(TimeSpan now)
    {
        ref var slot = ref _slots[(_nextSlot + IceCheckSlots.Length - 1) % IceCheckSlots.Length];
        slot.IsRepeated = true;
        LastSentAt = now;
        return slot;
    }

    /// <summary>Finds the open check an answer belongs to; -1 if there is none.</summary>
    public int Find(in StunTransactionId transaction)
    {
        for (var i = 0; i < IceCheckSlots.Length; i++)
        {
            if (_slots[i].IsOpen && _slots[i].Transaction == transaction)
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>Takes a check out that has been answered.</summary>
    public IceCheckSlot Close(int index)
    {
        _slots[index].IsOpen = false;
        return _slots[index];
    }

    /// <summary>The peer answered a check: the pair works and consent is fresh.</summary>
    public void Consent(in IceCheckSlot slot, TimeSpan now)
    {
        Progress = IcePairProgress.Succeeded;
        TriggeredOrder = 0;
        LastConsentAt = now;
        UnansweredSince = null;
        TrafficAt = TrafficAt is null ? null : now; // As good as traffic, for a peer that has paused.
        if (!slot.IsRepeated)
        {
            var sample = now - slot.SentAt;
            RoundTrip = RoundTrip is { } smoothed ? (smoothed * 0.875) + (sample * 0.125) : sample;
        }
    }

    /// <summary>Ends the pair's use until a new check succeeds.</summary>
    public void Fail()
    {
        Progress = IcePairProgress.Failed;
        TriggeredOrder = 0;
        IsHeard = false;
        TrafficAt = null;
        UnansweredSince = null;
        UseCandidateAt = null;
    }
}
