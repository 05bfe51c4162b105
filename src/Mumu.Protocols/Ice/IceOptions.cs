// Everything an agent is told once, at its making.
namespace Mumu.Protocols.Ice;

/// <summary>Settings of an <see cref="IceAgent"/>. Times are spans of the caller's monotonic clock.</summary>
public sealed record IceOptions
{
    /// <summary>The role to begin with; a conflict may turn it.</summary>
    public required IceRole Role { get; init; }

    /// <summary>This side's credentials.</summary>
    public required IceCredentials Local { get; init; }

    /// <summary>Random number that settles a role conflict (RFC 8445 §7.3.1.1).</summary>
    public required ulong TieBreaker { get; init; }

    /// <summary>Source of transaction ids and jitter. It should be seeded unpredictably, as gathering answers bear no password.</summary>
    public required Random Random { get; init; }

    /// <summary>First 32 bits of every transaction id this agent makes, so that a shared socket leads answers home; null for random ones.</summary>
    public uint? TransactionTag { get; init; }

    /// <summary>Least time between two new checks (Ta, RFC 8445 §14.2), 5 ms or more.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>First retransmission of a check or gathering request (RTO); doubles up to <see cref="RetransmitAtMost"/>.</summary>
    public TimeSpan RetransmitAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between two transmissions of one request.</summary>
    public TimeSpan RetransmitAtMost { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Transmissions of one request in all (Rc, RFC 8489 §6.2.1).</summary>
    public int MaxTransmissions { get; init; } = 7;

    /// <summary>How long a controlling agent waits for a better pair after the first works before it nominates.</summary>
    public TimeSpan NominationDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Mean time between consent checks on the selected pair; each is drawn from 0.8–1.2 times this (RFC 7675 §5.1).</summary>
    public TimeSpan ConsentInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Mean time between keep-alive checks on working pairs that are not selected (RFC 8445 §11).</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Age of the last answer from which a silent selected pair counts as disconnected.</summary>
    public TimeSpan DisconnectedAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Age of the last answer at which consent expires (RFC 7675 §5.1); also the time in which a first pair must work.</summary>
    public TimeSpan FailedAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long other pairs may take to prove themselves after the base of the selected one was taken out.</summary>
    public TimeSpan OtherPathsPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Remote candidates kept, signaled and peer-reflexive together.</summary>
    public int MaxRemoteCandidates { get; init; } = 64;

    /// <summary>Pairs kept.</summary>
    public int MaxPairs { get; init; } = 128;
}
