// The table of connections with peers: by number, by the client's half, by age.
using System.Diagnostics.CodeAnalysis;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>All connections of TCP allocations, and what the driver is to do about them.</summary>
internal sealed class TurnStreamTable(Queue<TurnCommand> commands)
{
    private readonly Dictionary<int, TurnStream> _byId = [];
    private readonly Dictionary<FlowId, TurnStream> _byClient = [];

    // Every wait is equally long, so the oldest ends first. One that is over by then is passed over.
    private readonly Queue<(int Id, TimeSpan Deadline)> _waits = new();
    private int _last;

    public int Count => _byId.Count;

    public TimeSpan? NextEnd => _waits.TryPeek(out var wait) ? wait.Deadline : null;

    public int NextId() => ++_last;

    public int CountOf(TurnAllocation allocation) => _byId.Values.Count(stream => stream.Allocation == allocation);

    public void Add(TurnStream stream) => _byId.Add(stream.Id, stream);

    public bool TryGet(int id, [NotNullWhen(true)] out TurnStream? stream) => _byId.TryGetValue(id, out stream);

    /// <summary>True if the flow is the client's half of a connection.</summary>
    public bool TryGet(in FlowId client, [NotNullWhen(true)] out TurnStream? stream) => _byClient.TryGetValue(client, out stream);

    /// <summary>True if the allocation has, or is making, a connection with this peer.</summary>
    public bool Has(TurnAllocation allocation, TransportAddress peer) =>
        _byId.Values.Any(stream => stream.Allocation == allocation && stream.Peer == peer);

    public void Wait(TurnStream stream, TurnStreamState state, TimeSpan until)
    {
        (stream.State, stream.Deadline) = (state, until);
        _waits.Enqueue((stream.Id, until));
    }

    public void Join(TurnStream stream, in FlowId client)
    {
        (stream.State, stream.Client) = (TurnStreamState.Joined, client);
        _byClient.Add(client, stream);
        commands.Enqueue(new TurnCommand(TurnCommandKind.JoinPeer, stream.Relay, Connection: stream.Id, Client: client));
    }

    /// <summary>Forgets one, and has the driver close it.</summary>
    public void Remove(TurnStream stream)
    {
        _byId.Remove(stream.Id);
        if (stream.State == TurnStreamState.Joined)
        {
            _byClient.Remove(stream.Client);
        }
        commands.Enqueue(new TurnCommand(TurnCommandKind.ClosePeer, stream.Relay, Connection: stream.Id));
    }

    public void RemoveAll(Func<TurnStream, bool> which)
    {
        foreach (var stream in _byId.Values.Where(which).ToArray())
        {
            Remove(stream);
        }
    }

    /// <summary>The next that has waited for too long.</summary>
    public bool TryTakeLate(TimeSpan now, [NotNullWhen(true)] out TurnStream? late)
    {
        while (_waits.TryPeek(out var wait) && wait.Deadline <= now)
        {
            _waits.Dequeue();
            if (_byId.TryGetValue(wait.Id, out late) && late.State != TurnStreamState.Joined && late.Deadline == wait.Deadline)
            {
                return true;
            }
        }
        late = null;
        return false;
    }
}
