// The pairs of an agent: formed from bases and remote candidates, found by flow, bounded.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>The checklist (RFC 8445 §6.1.2) of the one component there is.</summary>
internal sealed class IceCheckList(IceSession session, IceLocalAddresses locals)
{
    private readonly record struct Remote(TransportAddress Address, uint Priority, IceCandidateType Type, IceTransport Transport);

    private readonly List<Remote> _remotes = [];
    private readonly Dictionary<FlowId, IcePair> _byFlow = [];
    private long _triggered;

    /// <summary>All pairs, in no order.</summary>
    public List<IcePair> Pairs { get; } = [];

    public IcePair? Find(in FlowId flow) => _byFlow.GetValueOrDefault(flow);

    public void Clear()
    {
        _remotes.Clear();
        _byFlow.Clear();
        Pairs.Clear();
    }

    /// <summary>Pairs a new local base with all remote candidates.</summary>
    public void AddLocal(IceLocalAddress local)
    {
        foreach (var remote in _remotes)
        {
            Pair(local, remote);
        }
    }

    /// <summary>Pairs a signaled candidate with all bases; false if it is of no use, known, or one too many.</summary>
    public bool AddRemote(IceCandidate candidate)
    {
        if (
            candidate is not { Transport: IceTransport.Udp or IceTransport.TcpPassive, Component: 1 }
            || (candidate.Ufrag is not null && session.Keys.Remote is { } keys && candidate.Ufrag != keys.Ufrag)
            || !candidate.TryGetAddress(out var address)
            || !address.IsUnicast()
        )
        {
            return false;
        }
        var remote = new Remote(address, candidate.Priority, candidate.Type, candidate.Transport);
        foreach (var known in _remotes)
        {
            if (known.Address == address && known.Transport == candidate.Transport)
            {
                return false;
            }
        }
        if (_remotes.Count >= session.Options.MaxRemoteCandidates)
        {
            return false;
        }
        _remotes.Add(remote);
        foreach (var local in locals.All)
        {
            Pair(local, remote);
        }
        return true;
    }

    /// <summary>Pairs the origin of an authentic request: a peer-reflexive candidate (RFC 8445 §7.3.1.3). Null if there is no room or no such base.</summary>
    public IcePair? AddPeerReflexive(in FlowId flow, uint priority)
    {
        var local = locals.Find(flow.Base, flow.Remote.IsIPv6);
        return local is null ? null : Add(flow, local, priority, IceCandidateType.PeerReflexive);
    }

    /// <summary>Ends and forgets the pairs of a base.</summary>
    public void RemoveBase(int @base)
    {
        for (var i = Pairs.Count - 1; i >= 0; i--)
        {
            if (Pairs[i].Flow.Base == @base)
            {
                Pairs[i].Fail();
                _byFlow.Remove(Pairs[i].Flow);
                Pairs.RemoveAt(i);
            }
        }
    }

    /// <summary>Ends a pair whose connection is gone, and forgets it if only the peer could make it again.</summary>
    public void Lose(in FlowId flow)
    {
        if (_byFlow.GetValueOrDefault(flow) is not { } pair)
        {
            return;
        }
        pair.Fail();
        if (pair.Local.Candidate.Transport == IceTransport.TcpPassive)
        {
            _byFlow.Remove(flow);
            Pairs.Remove(pair);
        }
    }

    /// <summary>Puts a pair at the end of the triggered queue (RFC 8445 §7.3.1.4).</summary>
    public void Trigger(IcePair pair)
    {
        pair.Progress = IcePairProgress.Waiting;
        if (pair.TriggeredOrder == 0)
        {
            pair.TriggeredOrder = ++_triggered;
        }
    }

    /// <summary>Orders all pairs anew after the role turned.</summary>
    public void Rank()
    {
        foreach (var pair in Pairs)
        {
            pair.Rank(session.Role);
        }
    }

    // Who listens for TCP does not check: its pairs come about when the peer connects (RFC 6544 §6.2).
    private static bool CanPair(IceTransport local, IceTransport remote) =>
        (local, remote) is (IceTransport.Udp, IceTransport.Udp) or (IceTransport.TcpActive, IceTransport.TcpPassive);

    private void Pair(IceLocalAddress local, in Remote remote)
    {
        if (!local.IsBase || local.Address.IsIPv6 != remote.Address.IsIPv6 || !CanPair(local.Candidate.Transport, remote.Transport))
        {
            return;
        }
        var address = remote.Address;
        if (local.Address.IsLinkLocal() != address.IsLinkLocal())
        {
            return; // RFC 8445 §6.1.2.2
        }
        if (address.IsLinkLocal())
        {
            address = address.WithScope(local.Address.Scope); // Signaled without one; datagrams come with one.
        }
        var flow = new FlowId(local.Base, address);
        if (_byFlow.TryGetValue(flow, out var known))
        {
            if (known.RemoteType == IceCandidateType.PeerReflexive)
            {
                // The peer's own word replaces what was learnt from its check.
                known.RemoteType = remote.Type;
                known.RemotePriority = remote.Priority;
                known.Rank(session.Role);
            }
            return;
        }
        Add(flow, local, remote.Priority, remote.Type);
    }

    private IcePair? Add(in FlowId flow, IceLocalAddress local, uint priority, IceCandidateType type)
    {
        var pair = new IcePair(flow, local) { RemotePriority = priority, RemoteType = type };
        pair.Rank(session.Role);
        if (Pairs.Count >= session.Options.MaxPairs && !MakeRoom(pair))
        {
            return null;
        }
        Pairs.Add(pair);
        _byFlow.Add(flow, pair);
        return pair;
    }

    // Drops the worst pair that neither works nor is being checked: failed ones first, then the lowest waiting one that ranks below the new one.
    private bool MakeRoom(IcePair newcomer)
    {
        IcePair? worst = null;
        foreach (var pair in Pairs)
        {
            var isSpare =
                pair.Progress == IcePairProgress.Failed || (pair.Progress == IcePairProgress.Waiting && pair.Priority < newcomer.Priority);
            if (!isSpare || pair.TriggeredOrder != 0)
            {
                continue;
            }
            var isWorse =
                worst is null
                || (pair.Progress == worst.Progress ? pair.Priority < worst.Priority : pair.Progress == IcePairProgress.Failed);
            worst = isWorse ? pair : worst;
        }
        if (worst is null)
        {
            return false;
        }
        Pairs.Remove(worst);
        _byFlow.Remove(worst.Flow);
        return true;
    }
}
