// What a TURN server has done and refused, for metrics.
namespace Mumu.Protocols.Turn;

/// <summary>Counters since the start; each may be read from any thread.</summary>
public sealed class TurnCounters
{
    /// <summary>Allocations made.</summary>
    public long Allocated { get; internal set; }

    /// <summary>Datagrams relayed, both ways.</summary>
    public long RelayedDatagrams { get; internal set; }

    /// <summary>Bytes of payload relayed, both ways.</summary>
    public long RelayedBytes { get; internal set; }

    /// <summary>Datagrams of clients that are neither STUN nor channel data, or badly formed.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Requests without or with wrong credentials (401).</summary>
    public long Unauthenticated { get; internal set; }

    /// <summary>Requests to which no answer went because their source has had enough.</summary>
    public long Unanswered { get; internal set; }

    /// <summary>Peers refused by the rules (403).</summary>
    public long Forbidden { get; internal set; }

    /// <summary>Allocations refused because the user has enough of them (486).</summary>
    public long OverQuota { get; internal set; }

    /// <summary>Requests refused for want of room or sockets (508).</summary>
    public long OverCapacity { get; internal set; }

    /// <summary>Datagrams dropped for want of an allocation, permission or channel.</summary>
    public long NotPermitted { get; internal set; }

    /// <summary>Datagrams dropped by the cap on bandwidth.</summary>
    public long OverBandwidth { get; internal set; }

    /// <summary>Datagrams dropped because they are too long or the way out is full.</summary>
    public long Dropped { get; internal set; }
}
