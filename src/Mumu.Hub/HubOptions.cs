// The hub's settings, as the program composes them.
using Mumu.Signaling;

namespace Mumu.Hub;

/// <summary>Settings of the hub; checked when it is added.</summary>
public sealed record HubOptions
{
    /// <summary>The program's data directory; the hub keeps everything in its folder <c>hub</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>What <c>GET /</c> tells as version.</summary>
    public string Version { get; init; } = "0.0.0";

    /// <summary>Whether anyone may make a plain user account.</summary>
    public bool IsRegistrationOpen { get; init; } = true;

    /// <summary>STUN and TURN servers with fixed credentials, told to both ends of every session.</summary>
    public IReadOnlyList<IceServer> IceServers { get; init; } = [];

    /// <summary>TURN servers that share a secret with the hub; null without one.</summary>
    public TurnOptions? Turn { get; init; }

    /// <summary>How long an access token holds.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a sign-in holds without being used.</summary>
    public TimeSpan RefreshTokenLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Rounds of PBKDF2 with HMAC-SHA512 a password costs; stored hashes of fewer are renewed at the next login.</summary>
    public int PasswordIterations { get; init; } = 210_000;

    /// <summary>Bounds on what clients may do.</summary>
    public HubLimits Limits { get; init; } = new();

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(DataDirectory);
        if (Turn is { } turn && (string.IsNullOrEmpty(turn.Secret) || turn.Urls.Count == 0))
        {
            throw new ArgumentException("turn.secret and turn.urls belong together: set both or none.");
        }
    }
}

/// <summary>TURN servers that follow coturn's REST scheme (<c>use-auth-secret</c>).</summary>
/// <param name="Secret">The shared secret; never leaves the hub.</param>
/// <param name="Urls">For example <c>turn:turn.example:3478?transport=udp</c>; <see cref="HostPlaceholder"/> stands for the host by which the client reached the hub.</param>
public sealed record TurnOptions(string Secret, IReadOnlyList<string> Urls)
{
    /// <summary>Replaced by the host by which a client reached the hub; addresses that have it are left out where that host can't be.</summary>
    public const string HostPlaceholder = "{host}";

    /// <summary>STUN at the same servers, for addresses without credentials.</summary>
    public IReadOnlyList<string> StunUrls { get; init; } = [];

    /// <summary>How long credentials hold; longer than people watch, since an allocation is refreshed with them.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(12);

    /// <inheritdoc/>
    public override string ToString() => $"TurnOptions {{ Urls = {string.Join(' ', Urls)} }}";
}
