// The table of allocations: by client, by relay, by relayed address; quotas and ends.
using System.Diagnostics.CodeAnalysis;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>All allocations of a server, and the sockets it wants for them.</summary>
internal sealed class TurnAllocations
{
    private readonly Dictionary<FlowId, TurnAllocation> _byClient = [];
    private readonly Dictionary<int, TurnAllocation> _byRelay = [];
    private readonly Dictionary<TransportAddress, TurnAllocation> _byRelayed = [];
    private readonly Dictionary<TransportAddress, TurnAllocation> _byRelayedTcp = [];
    private readonly Dictionary<TransportAddress, int> _ownAddresses = [];
    private readonly Dictionary<string, TurnAccount> _accounts = new(StringComparer.Ordinal);
    private readonly PriorityQueue<TurnAllocation, TimeSpan> _ends = new();
    private readonly Queue<TurnCommand> _commands = new();
    private int _lastRelay;

    public TurnAllocations() => Streams = new TurnStreamTable(_commands);

    /// <summary>Connections of TCP allocations.</summary>
    public TurnStreamTable Streams { get; }

    public int Count => _byClient.Count;

    /// <summary>When to look next; an allocation that was refreshed is asked at its old end and put back.</summary>
    public TimeSpan? NextEnd => _ends.TryPeek(out _, out var end) ? end : null;

    public int NextRelay() => ++_lastRelay;

    /// <summary>The account of that name, as long as it has allocations.</summary>
    public TurnAccount? Account(string name) => _accounts.GetValueOrDefault(name);

    /// <summary>Judges the peers of all allocations anew.</summary>
    public void Rejudge(TurnPeerGate gate)
    {
        foreach (var allocation in _byRelay.Values)
        {
            allocation.Rejudge(gate);
        }
    }

    public void Add(TurnAllocation allocation)
    {
        _byClient.Add(allocation.Client, allocation);
        _byRelay.Add(allocation.Id, allocation);
        _accounts[allocation.Account.Name] = allocation.Account;
        allocation.Account.Allocations++;
        _ends.Enqueue(allocation, allocation.Expires);
        _commands.Enqueue(
            new TurnCommand(TurnCommandKind.OpenRelay, allocation.Id, allocation.IsIPv6, allocation.IsEven, allocation.IsTcp)
        );
        allocation.Awaited = 1;
        if (allocation.SecondId != 0)
        {
            _byRelay.Add(allocation.SecondId, allocation);
            _commands.Enqueue(new TurnCommand(TurnCommandKind.OpenRelay, allocation.SecondId, IsIPv6: true, allocation.IsEven));
            allocation.Awaited = 2;
        }
    }

    public void SetRelayed(TurnAllocation allocation, int relay, in TransportAddress relayed)
    {
        allocation.Awaited--;
        if (relay == allocation.Id)
        {
            allocation.Relayed = relayed;
        }
        else
        {
            allocation.SecondRelayed = relayed;
        }
        (allocation.IsTcp ? _byRelayedTcp : _byRelayed)[relayed] = allocation;
        var address = relayed.WithPort(0);
        _ownAddresses[address] = _ownAddresses.GetValueOrDefault(address) + 1;
    }

    public bool TryGet(in FlowId client, [NotNullWhen(true)] out TurnAllocation? allocation) =>
        _byClient.TryGetValue(client, out allocation);

    public bool TryGetRelay(int relay, [NotNullWhen(true)] out TurnAllocation? allocation) => _byRelay.TryGetValue(relay, out allocation);

    public bool TryGetRelayed(in TransportAddress relayed, [NotNullWhen(true)] out TurnAllocation? allocation) =>
        _byRelayed.TryGetValue(relayed, out allocation);

    /// <summary>True if exactly this address and port is a relay of TCP.</summary>
    public bool IsRelayedByTcp(in TransportAddress relayed) => _byRelayedTcp.ContainsKey(relayed);

    /// <summary>True if some allocation is relayed at this address, whatever its port.</summary>
    public bool IsRelayAddress(in TransportAddress peer) => _ownAddresses.ContainsKey(peer.WithPort(0));

    public void Remove(TurnAllocation allocation)
    {
        _ends.Remove(allocation, out _, out _);
        _byClient.Remove(allocation.Client);
        Streams.RemoveAll(stream => stream.Allocation == allocation);
        Close(allocation, allocation.Id, allocation.Relayed, allocation.IsIPv6);
        if (allocation.SecondId != 0)
        {
            Close(allocation, allocation.SecondId, allocation.SecondRelayed, isIPv6: true);
        }
        if (--allocation.Account.Allocations == 0)
        {
            _accounts.Remove(allocation.Account.Name);
        }
    }

    /// <summary>Gives up one of the two relays of a dual allocation.</summary>
    public void RemoveFamily(TurnAllocation allocation, bool isIPv6)
    {
        if (allocation.Via(isIPv6, out var relay) is { } relayed)
        {
            Close(allocation, relay, relayed, isIPv6);
            if (isIPv6 == allocation.IsIPv6)
            {
                allocation.Relayed = null;
            }
            else
            {
                allocation.SecondRelayed = null;
            }
        }
    }

    public void RemoveEnded(TimeSpan now)
    {
        while (_ends.TryPeek(out var allocation, out var end) && end <= now)
        {
            if (allocation.Expires > now)
            {
                _ends.DequeueEnqueue(allocation, allocation.Expires);
            }
            else
            {
                Remove(allocation);
            }
        }
    }

    /// <summary>Asks something of the driver.</summary>
    public void Wish(in TurnCommand command) => _commands.Enqueue(command);

    public bool TryRead(out TurnCommand command) => _commands.TryDequeue(out command);

    private void Close(TurnAllocation allocation, int relay, in TransportAddress? relayed, bool isIPv6)
    {
        if (!_byRelay.Remove(relay))
        {
            return; // given up before
        }
        if (
            relayed is { } address
            && (allocation.IsTcp ? _byRelayedTcp : _byRelayed).Remove(address)
            && --_ownAddresses[address.WithPort(0)] == 0
        )
        {
            _ownAddresses.Remove(address.WithPort(0));
        }
        _commands.Enqueue(new TurnCommand(TurnCommandKind.CloseRelay, relay, isIPv6, IsTcp: allocation.IsTcp));
    }
}
