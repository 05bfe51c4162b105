// Access tokens: JWT signed with HS256 (RFC 7519, RFC 7515), the one form this hub writes and accepts.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mumu.Hub.Accounts;

/// <summary>The claims of an access token.</summary>
internal sealed record AccessClaims(
    [property: JsonPropertyName("user_id")] long UserId,
    [property: JsonPropertyName("username")] string Username,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("sid")] string SessionId,
    [property: JsonPropertyName("jti")] string TokenId,
    [property: JsonPropertyName("iat")] long IssuedAt,
    [property: JsonPropertyName("exp")] long ExpiresAt
);

[JsonSerializable(typeof(AccessClaims))]
internal sealed partial class AccessTokenJson : JsonSerializerContext;

/// <summary>Signs and reads access tokens. Whether the sign-in still holds is for <see cref="SignIns"/> to say.</summary>
internal sealed class AccessTokens(SigningKey key, TimeProvider time)
{
    private const int MaxLength = 2048;

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    public string Issue(Account account, string sessionId, TimeSpan lifetime)
    {
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new AccessClaims(
            account.Id,
            account.Username,
            account.Role,
            sessionId,
            Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12)),
            now,
            now + (long)lifetime.TotalSeconds
        );
        string signed =
            $"{Header}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, AccessTokenJson.Default.AccessClaims))}";
        return $"{signed}.{Base64Url.EncodeToString(Sign(signed))}";
    }

    /// <summary>The claims of a token this hub signed and that has not expired; null for anything else.</summary>
    public AccessClaims? Read(string? token)
    {
        if (token is null or { Length: > MaxLength } || !IsAscii(token))
        {
            return null;
        }

        int payload = token.IndexOf('.', StringComparison.Ordinal) + 1;
        int signature = token.LastIndexOf('.') + 1;
        if (payload == 0 || signature <= payload || !TryDecode(token.AsSpan(signature), out byte[] given))
        {
            return null;
        }

        // The header is compared as text: no other algorithm, and no other way to write this one, is ours.
        if (!CryptographicOperations.FixedTimeEquals(Sign(token[..(signature - 1)]), given) || token[..(payload - 1)] != Header)
        {
            return null;
        }

        return TryDecode(token.AsSpan(payload, signature - 1 - payload), out byte[] json) && TryParse(json) is { } claims
            ? claims.ExpiresAt > time.GetUtcNow().ToUnixTimeSeconds()
                ? claims
                : null
            : null;
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(key.Bytes, Encoding.ASCII.GetBytes(text));

    private static bool IsAscii(string text) => Ascii.IsValid(text);

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text))
        {
            return false;
        }

        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }

    private static AccessClaims? TryParse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AccessTokenJson.Default.AccessClaims);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
