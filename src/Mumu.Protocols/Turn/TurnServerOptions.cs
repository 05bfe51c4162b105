// What a TURN server is told before it starts: its secret, its bounds, its rules about peers.
namespace Mumu.Protocols.Turn;

/// <summary>Settings of a <see cref="TurnServer"/>; all are read once.</summary>
public sealed record TurnServerOptions
{
    /// <summary>Longest realm in bytes of UTF-8.</summary>
    public const int MaxRealmLength = 127;

    /// <summary>The realm of the credentials; 1–127 bytes of UTF-8.</summary>
    public string Realm { get; init; } = "mumu";

    /// <summary>What the server shares with the maker of credentials (coturn's <c>static-auth-secret</c>); not empty.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>At least 32 random bytes, fresh at each start; signs nonces.</summary>
    public required ReadOnlyMemory<byte> NonceKey { get; init; }

    /// <summary>Which peers may be reached.</summary>
    public TurnPeerRules Peers { get; init; } = new([], []);

    /// <summary>True if relayed addresses of IPv4 can be had.</summary>
    public bool RelaysIPv4 { get; init; } = true;

    /// <summary>True if relayed addresses of IPv6 can be had.</summary>
    public bool RelaysIPv6 { get; init; }

    /// <summary>Lifetime of an allocation whose client names none or a shorter one (RFC 8656 §7.2).</summary>
    public TimeSpan DefaultLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest lifetime a client can ask for; the credential's end may come first.</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Age at which a nonce is stale (438).</summary>
    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Allocations of all users (508 beyond).</summary>
    public int MaxAllocations { get; init; } = 4000;

    /// <summary>
    /// Allocations of one user, however many credentials that user has (486 beyond). A browser makes one for each transport, each network it is on and each
    /// camera of the page.
    /// </summary>
    public int MaxAllocationsPerUser { get; init; } = 256;

    /// <summary>Permissions, and as many channels, of one allocation (508 beyond).</summary>
    public int MaxPermissions { get; init; } = 64;

    /// <summary>Connections with peers of TCP allocations, of all users (508 beyond); of one allocation as many as it may have permissions.</summary>
    public int MaxStreams { get; init; } = 2000;

    /// <summary>Bytes of payload a second that one user may have relayed, both ways together, with a burst of one second; 0 is no bound.</summary>
    public long BytesPerSecondPerUser { get; init; }

    /// <summary>The same of all users together; 0 is no bound.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>Answers a second over UDP to one source address that has proved nothing; each client needs one for each allocation.</summary>
    public int UnprovenAnswersPerSecond { get; init; } = 200;
}
