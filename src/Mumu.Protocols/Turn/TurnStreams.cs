// Relaying of TCP (RFC 6062): Connect, ConnectionBind and ConnectionAttempt.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>
/// The connections between peers and clients of a <see cref="TurnServer"/>. The bytes themselves pass in the driver, which asks <see cref="Pass"/> whether they may.
/// </summary>
public sealed class TurnStreams
{
    /// <summary>For connecting, and then for the client's ConnectionBind (RFC 6062 §5.2).</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TurnServerOptions _options;
    private readonly TurnAllocations _allocations;
    private readonly TurnPeerGate _gate;
    private readonly TurnAnswers _answers;
    private readonly TurnBudget _budget;
    private readonly TurnCounters _counters;

    internal TurnStreams(
        TurnServerOptions options,
        TurnAllocations allocations,
        TurnPeerGate gate,
        TurnAnswers answers,
        TurnBudget budget,
        TurnCounters counters
    ) => (_options, _allocations, _gate, _answers, _budget, _counters) = (options, allocations, gate, answers, budget, counters);

    private TurnStreamTable Table => _allocations.Streams;

    /// <summary>A peer has connected to a relay. Returns the connection's number; 0 if it may not, and is to be closed.</summary>
    public int Arrived(int relay, in TransportAddress peer, TimeSpan now)
    {
        if (
            !_allocations.TryGetRelay(relay, out var allocation)
            || !allocation.TryGetPermission(peer, now, out var permission)
            || (permission.IsOwn && !IsReachable(peer))
        )
        {
            _counters.NotPermitted++;
            return 0;
        }
        if (!HasRoom(allocation) || Table.Has(allocation, peer))
        {
            _counters.OverCapacity++;
            return 0;
        }
        var stream = new TurnStream
        {
            Id = Table.NextId(),
            Allocation = allocation,
            Relay = relay,
            Peer = peer,
        };
        Table.Add(stream);
        Table.Wait(stream, TurnStreamState.Waiting, now + s_patience);
        _answers.Attempted(stream);
        return stream.Id;
    }

    /// <summary>The driver has connected to a peer.</summary>
    public void Connected(int connection, TimeSpan now)
    {
        if (Table.TryGet(connection, out var stream) && stream.State == TurnStreamState.Connecting)
        {
            Table.Wait(stream, TurnStreamState.Waiting, now + s_patience);
            _answers.Connected(stream);
        }
    }

    /// <summary>The driver could not connect to a peer: 447.</summary>
    public void Failed(int connection)
    {
        if (Table.TryGet(connection, out var stream) && stream.State == TurnStreamState.Connecting)
        {
            GiveUp(stream);
        }
    }

    /// <summary>A connection with a peer has ended.</summary>
    public void Gone(int connection)
    {
        if (Table.TryGet(connection, out var stream))
        {
            Table.Remove(stream);
        }
    }

    /// <summary>Counts bytes that pass on a connection, either way, and returns how long the driver is to wait before it reads more of it.</summary>
    public TimeSpan Pass(int connection, int bytes, TimeSpan now)
    {
        if (!Table.TryGet(connection, out var stream))
        {
            return TimeSpan.Zero;
        }
        _counters.RelayedBytes += bytes;
        var mine = stream.Allocation.Account.Budget.Take(bytes, now);
        var all = _budget.Take(bytes, now);
        return mine > all ? mine : all;
    }

    internal void Connect(in TurnRequest request, TurnAllocation allocation, TimeSpan now)
    {
        if (!allocation.IsTcp || !request.Message.TryGetXorAddress(StunAttribute.XorPeerAddress, out var peer) || peer.Port == 0)
        {
            _answers.Refuse(request, StunError.BadRequest);
        }
        else if (allocation.Via(peer.IsIPv6, out var relay) is null)
        {
            _answers.Refuse(request, TurnErrorCode.PeerAddressFamilyMismatch);
        }
        else if (!_gate.MayPermit(peer, out var isOwn) || (isOwn && !IsReachable(peer)))
        {
            _counters.Forbidden++;
            _answers.Refuse(request, TurnErrorCode.Forbidden);
        }
        else if (Table.Has(allocation, peer))
        {
            _answers.Refuse(request, TurnErrorCode.ConnectionAlreadyExists);
        }
        else if (!HasRoom(allocation))
        {
            _counters.OverCapacity++;
            _answers.Refuse(request, TurnErrorCode.InsufficientCapacity);
        }
        else
        {
            var stream = new TurnStream
            {
                Id = Table.NextId(),
                Allocation = allocation,
                Relay = relay,
                Peer = peer,
                Transaction = request.Transaction,
                WithFingerprint = request.WithFingerprint,
            };
            Table.Add(stream);
            Table.Wait(stream, TurnStreamState.Connecting, now + s_patience);
            _allocations.Wish(
                new TurnCommand(TurnCommandKind.ConnectPeer, relay, peer.IsIPv6, IsTcp: true, Connection: stream.Id, Peer: peer)
            );
        }
    }

    internal void Bind(in TurnRequest request)
    {
        if (
            request.Client.Base == TurnServer.DatagramBase
            || _allocations.TryGet(request.Client, out _)
            || !request.Message.TryGetUInt32(StunAttribute.ConnectionId, out var id)
            || !Table.TryGet((int)id, out var stream)
            || stream.State != TurnStreamState.Waiting
            || !request.UserName.SequenceEqual(stream.Allocation.UserName)
        )
        {
            _answers.Refuse(request, StunError.BadRequest);
            return;
        }
        _answers.Succeed(request);
        Table.Join(stream, request.Client);
    }

    /// <summary>Ends connections with peers that the rules refuse now.</summary>
    internal void Rejudge() =>
        Table.RemoveAll(stream => !_gate.MayPermit(stream.Peer, out var isOwn) || (isOwn && !IsReachable(stream.Peer)));

    internal void Tick(TimeSpan now)
    {
        while (Table.TryTakeLate(now, out var late))
        {
            GiveUp(late);
        }
    }

    private void GiveUp(TurnStream stream)
    {
        if (stream.State == TurnStreamState.Connecting)
        {
            _answers.NotConnected(stream);
        }
        Table.Remove(stream);
    }

    private bool HasRoom(TurnAllocation allocation) =>
        Table.Count < _options.MaxStreams && Table.CountOf(allocation) < _options.MaxPermissions;

    // Of the machine itself: relays of other clients, and ports that were named; never a database or whatever else listens there.
    private bool IsReachable(in TransportAddress peer) => _allocations.IsRelayedByTcp(peer) || _gate.IsOpen(peer);
}
