// The hub's bounds, in one place.
namespace Mumu.Hub;

/// <summary>How much of everything the hub accepts; windows are in the hub's <see cref="TimeProvider"/>.</summary>
public sealed record HubLimits
{
    /// <summary>Wrong passwords in a row before an account is locked.</summary>
    public int WrongPasswords { get; init; } = 10;

    /// <summary>How long an account stays locked.</summary>
    public TimeSpan LockOut { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Logins and password changes an address may try a minute.</summary>
    public int LoginsPerMinute { get; init; } = 60;

    /// <summary>Accounts an address may make an hour.</summary>
    public int RegistrationsPerHour { get; init; } = 20;

    /// <summary>Set-up attempts an address may make a minute.</summary>
    public int SetupsPerMinute { get; init; } = 10;

    /// <summary>Device registrations an address may make a minute.</summary>
    public int DeviceRegistrationsPerMinute { get; init; } = 30;

    /// <summary>Pairing codes a device may ask for in five minutes.</summary>
    public int PairingCodesPerDevice { get; init; } = 10;

    /// <summary>Pairing codes an address may ask for in five minutes.</summary>
    public int PairingCodesPerAddress { get; init; } = 30;

    /// <summary>Pairing codes a user may type in five minutes.</summary>
    public int PairingGuessesPerUser { get; init; } = 10;

    /// <summary>Pairing codes an address may type in five minutes.</summary>
    public int PairingGuessesPerAddress { get; init; } = 30;

    /// <summary>Relay credentials a user may ask for a minute, beside those of watch sessions.</summary>
    public int TurnCredentialsPerMinute { get; init; } = 30;

    /// <summary>How long a pairing code holds.</summary>
    public TimeSpan PairingCodeLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a socket may take to say hello.</summary>
    public TimeSpan Hello { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a socket may be silent.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a watch session may wait for the device's answer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What a viewer may send: a page of sixteen cameras begins with some two hundred messages.</summary>
    public SocketRate ViewerRate { get; init; } = new(100, 500);

    /// <summary>What a device may send: it answers all its viewers on one socket.</summary>
    public SocketRate DeviceRate { get; init; } = new(500, 2000);

    /// <summary>Malformed messages after which a socket is closed.</summary>
    public int MalformedMessages { get; init; } = 5;

    /// <summary>Messages that may wait for a socket to take them.</summary>
    public int QueuedMessages { get; init; } = 1024;

    /// <summary>Bytes that may wait for a socket to take them.</summary>
    public int QueuedBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Sockets the hub holds, of all kinds.</summary>
    public int Sockets { get; init; } = 15_000;

    /// <summary>Refusals of one kind that an address can have written to the audit log a minute.</summary>
    public int AuditedRefusalsPerMinute { get; init; } = 60;

    /// <summary>Sockets a user may hold.</summary>
    public int SocketsPerUser { get; init; } = 32;

    /// <summary>Watch sessions a user may hold.</summary>
    public int SessionsPerUser { get; init; } = 200;

    /// <summary>Watch sessions a device may serve.</summary>
    public int SessionsPerDevice { get; init; } = 500;

    /// <summary>How long rows of the audit log and of ended sessions are kept.</summary>
    public TimeSpan KeepHistory { get; init; } = TimeSpan.FromDays(90);
}

/// <summary>How fast a socket may send.</summary>
/// <param name="PerSecond">Messages a second on the long run.</param>
/// <param name="Burst">Messages at once.</param>
public sealed record SocketRate(int PerSecond, int Burst);
