// Who may do what, besides API keys, in mumu.json.
using System.Text.Json.Serialization;
using Mumu.Agent.Keys;

namespace Mumu.Agent.Settings;

/// <summary>Users, tokens of others, and an external service that decides. A change counts at once for what begins.</summary>
/// <param name="Users">Users by name.</param>
/// <param name="Jwt">Tokens that somebody else signs; null takes none.</param>
/// <param name="Hook">A service that is asked where nothing here knows what was shown; null asks nobody.</param>
public sealed record AccessSettings(
    IReadOnlyDictionary<string, UserSettings>? Users = null,
    JwtSettings? Jwt = null,
    HookSettings? Hook = null
)
{
    /// <summary>Users by name.</summary>
    public IReadOnlyDictionary<string, UserSettings> Users { get; init; } = Users ?? new Dictionary<string, UserSettings>();
}

/// <summary>A user of this machine's paths; not an account of the hub.</summary>
/// <param name="Password">The hash that <c>mumu key hash</c> prints; never the password.</param>
/// <param name="Permissions">What the user may do.</param>
/// <param name="Networks">From where; null is anywhere.</param>
public sealed record UserSettings(
    string? Password = null,
    IReadOnlyList<PermissionSettings>? Permissions = null,
    IReadOnlyList<string>? Networks = null
)
{
    /// <summary>What the user may do.</summary>
    public IReadOnlyList<PermissionSettings> Permissions { get; init; } = Permissions ?? [];

    /// <summary>Never the hash.</summary>
    public override string ToString() => "user";
}

/// <summary>One permission.</summary>
/// <param name="Action">For which action.</param>
/// <param name="Path">On which paths, as <c>garden/*</c>; null is all.</param>
public sealed record PermissionSettings(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] AccessAction Action = AccessAction.Read,
    string? Path = null
)
{
    internal bool Allows(AccessAction action, string? path) =>
        Action == action && (Path is null || (path is not null && PathPattern.Matches(Path, path)));
}

/// <summary>JWTs (RFC 7519): signed HS256 with a secret, or RS256 or ES256 with a key of a key set (RFC 7517).</summary>
/// <param name="KeySet">An https address or a file with the key set.</param>
/// <param name="Secret">The secret of HS256, at least 32 characters; instead of a key set.</param>
/// <param name="Issuer">Who must have signed (<c>iss</c>).</param>
/// <param name="Audience">Whom it must be for (<c>aud</c>).</param>
/// <param name="Claim">The claim with the permissions, a list of {action, path}.</param>
public sealed record JwtSettings(
    string? KeySet = null,
    string? Secret = null,
    string? Issuer = null,
    string? Audience = null,
    string? Claim = null
)
{
    /// <summary>The claim with the permissions.</summary>
    public string Claim { get; init; } = Claim ?? "mumu_permissions";

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"JWT of {Issuer}";
}

/// <summary>A service that is asked by POST, and lets in with 200–299.</summary>
/// <param name="Url">Its address, http or https.</param>
/// <param name="TimeoutSeconds">How long it may take, 1–30; then the answer is no.</param>
/// <param name="CacheSeconds">How long an answer is kept, 0–300.</param>
public sealed record HookSettings(
    string? Url = null,
    int TimeoutSeconds = 5,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int CacheSeconds = 5
)
{
    /// <summary>Never the address's query, which may hold a secret.</summary>
    public override string ToString() => CameraUrl.WithoutSecrets(Url) ?? "hook";
}
