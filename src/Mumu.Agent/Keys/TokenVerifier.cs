// Verifies JWTs that somebody else signed.
using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Keys;

/// <summary>Who a token is for and what it allows.</summary>
internal sealed record VerifiedToken(string Name, IReadOnlyList<PermissionSettings> Permissions);

/// <summary>
/// Takes tokens signed HS256 with the secret, or RS256 or ES256 with a key of the set; never one by the other's means. Signature, issuer, audience and end are always checked. Encrypted tokens, which have five parts,
/// are refused before anything reads them.
/// </summary>
internal sealed class TokenVerifier(SettingsStore store, TimeProvider time) : IDisposable
{
    private const int MaxLength = 8192;
    private const int MaxPermissions = 256;
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);
    private readonly JsonWebTokenHandler _handler = new();
    private readonly KeySets _keySets = new(store, time);

    /// <summary>True for what has the form of a token.</summary>
    public static bool LooksLikeOne(string text) => text.Length is > 20 and <= MaxLength && text.Count(c => c == '.') == 2;

    /// <summary>Verifies; null for a token that does not count.</summary>
    public async Task<VerifiedToken?> VerifyAsync(JwtSettings settings, string token, CancellationToken cancellation)
    {
        if (!LooksLikeOne(token) || KeyIdOf(token) is not { } keyId)
        {
            return null;
        }
        IReadOnlyList<SecurityKey> keys = settings.Secret is { } secret
            ? [new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(secret))]
            : await _keySets.FindAsync(settings.KeySet!, keyId, cancellation).ConfigureAwait(false);
        if (keys.Count == 0)
        {
            return null;
        }
        var rules = new TokenValidationParameters
        {
            ValidAlgorithms = settings.Secret is null ? ["RS256", "ES256"] : ["HS256"],
            IssuerSigningKeys = keys,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidIssuer = settings.Issuer,
            ValidAudience = settings.Audience,
            ClockSkew = Skew,
            LifetimeValidator = (from, until, _, _) => IsInForce(from, until),
        };
        var result = _handler.ValidateToken(token, rules);
        return result.IsValid ? Read(token, settings.Claim) : null;
    }

    public void Dispose() => _keySets.Dispose();

    private bool IsInForce(DateTime? from, DateTime? until)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return until > now - Skew && (from is null || from < now + Skew);
    }

    // An empty text where the token names none; null where the header is not one.
    private static string? KeyIdOf(string token)
    {
        using var header = Parse(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal)));
        return header is null ? null
            : header.RootElement.TryGetProperty("kid", out var kid) && kid.ValueKind == JsonValueKind.String ? kid.GetString()
            : "";
    }

    private static VerifiedToken? Read(string token, string claim)
    {
        var parts = token.Split('.');
        using var payload = Parse(parts[1]);
        if (payload is null)
        {
            return null;
        }
        var subject =
            payload.RootElement.TryGetProperty("sub", out var sub) && sub.ValueKind == JsonValueKind.String ? sub.GetString()! : "";
        var name = subject.Length is > 0 and <= 100 && !subject.Any(char.IsControl) ? subject : "token";
        return new VerifiedToken(name, payload.RootElement.TryGetProperty(claim, out var list) ? Permissions(list) : []);
    }

    private static PermissionSettings[] Permissions(JsonElement list)
    {
        List<PermissionSettings> permissions = [];
        foreach (var entry in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(MaxPermissions) : [])
        {
            if (entry.ValueKind != JsonValueKind.Object || !EnumWords.TryParse<AccessAction>(TextOf(entry, "action"), out var action))
            {
                continue; // An action of other programs.
            }
            var path = TextOf(entry, "path");
            if (string.IsNullOrEmpty(path))
            {
                permissions.Add(new PermissionSettings(action));
            }
            else if (PathPattern.IsValid(path))
            {
                permissions.Add(new PermissionSettings(action, path));
            }
        }
        return [.. permissions];
    }

    private static string? TextOf(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonDocument? Parse(ReadOnlySpan<char> part)
    {
        if (!Base64Url.IsValid(part))
        {
            return null;
        }
        try
        {
            var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
