// What a TURN client is told once, at its making.
namespace Mumu.Protocols.Turn.Client;

/// <summary>Settings of a <see cref="TurnClient"/>. Times are spans of the caller's monotonic clock.</summary>
public sealed record TurnClientOptions
{
    /// <summary>Longest user name in bytes of UTF-8 (RFC 8489 §14.3).</summary>
    public const int MaxUserName = 508;

    /// <summary>User name of the long-term credential; at most <see cref="MaxUserName"/> bytes.</summary>
    public required string UserName { get; init; }

    /// <summary>Its password.</summary>
    public required string Password { get; init; }

    /// <summary>Source of transaction ids; outside of tests a cryptographic one.</summary>
    public required Random Random { get; init; }

    /// <summary>True over TCP and TLS: nothing is sent twice, and ChannelData is padded.</summary>
    public bool IsReliable { get; init; }

    /// <summary>Asks for a relayed address of IPv6 (RFC 8656 §18.6); else IPv4.</summary>
    public bool IPv6 { get; init; }

    /// <summary>The first wait for an answer over UDP (RTO, RFC 8489 §6.2.1); doubles up to <see cref="RetransmitAtMost"/>.</summary>
    public TimeSpan RetransmitAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait between two transmissions.</summary>
    public TimeSpan RetransmitAtMost { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Transmissions of one request in all, over UDP.</summary>
    public int MaxTransmissions { get; init; } = 7;

    /// <summary>How long an answer may take over TCP and TLS.</summary>
    public TimeSpan ReliableTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The lifetime asked for; the server may grant another.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Peers (by address, without port) that permissions are asked for, and channels; more peers get nothing.</summary>
    public int MaxPeers { get; init; } = 32;

    /// <summary>How long <see cref="TurnClient.Release"/> waits for the server's word.</summary>
    public TimeSpan ReleasePatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Without the credential.</summary>
    public override string ToString() => nameof(TurnClientOptions);
}
