// One connection over TCP between a relay and a peer (RFC 6062).
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>How far a connection with a peer is.</summary>
internal enum TurnStreamState
{
    /// <summary>The driver connects; the client waits for the answer to its Connect.</summary>
    Connecting,

    /// <summary>It stands, and nothing is read from it before the client binds a connection of its own to it.</summary>
    Waiting,

    /// <summary>Bytes pass.</summary>
    Joined,
}

/// <summary>State of one connection.</summary>
internal sealed class TurnStream
{
    public required int Id { get; init; }
    public required TurnAllocation Allocation { get; init; }
    public required int Relay { get; init; }
    public required TransportAddress Peer { get; init; }
    public TurnStreamState State { get; set; }

    /// <summary>When it is given up unless it has come further.</summary>
    public TimeSpan Deadline { get; set; }

    /// <summary>Of the Connect that asked for it.</summary>
    public StunTransactionId Transaction { get; init; }

    /// <summary>Whether that Connect had a fingerprint.</summary>
    public bool WithFingerprint { get; init; }

    /// <summary>The client's connection that is joined with it.</summary>
    public FlowId Client { get; set; }
}
