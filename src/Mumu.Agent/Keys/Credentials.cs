// What a client shows to be let in, wherever its protocol puts it.
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Mumu.Agent.Keys;

/// <summary>User, password and token as shown; a client has the one or the other. Secret: never to be logged.</summary>
/// <param name="User">The user; any, where the password is an API key.</param>
/// <param name="Password">The password, an API key, or a JWT.</param>
/// <param name="Token">The bearer token: an API key or a JWT.</param>
public sealed record Credentials(string? User = null, string? Password = null, string? Token = null)
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";
    private const int MaxLength = 8192;

    /// <summary>The token, else the password: where API keys and JWTs are found.</summary>
    public string? Secret => Token ?? Password;

    /// <summary>Those of the header, else those of the address: <c>?user=…&amp;pass=…</c>, <c>?jwt=…</c>. Null where there are none.</summary>
    public static Credentials? Of(HttpRequest request) => OfHeader(request) ?? OfQuery(request);

    /// <summary>Those of the header; null where there are none.</summary>
    public static Credentials? OfHeader(HttpRequest request) => OfAuthorization(request.Headers.Authorization.ToString());

    /// <summary>Those of an <c>Authorization</c> value, as RTSP has it too; null where there are none.</summary>
    public static Credentials? OfAuthorization(string? header)
    {
        if (header is null or { Length: 0 or > MaxLength })
        {
            return null;
        }
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return new Credentials(Token: header[Bearer.Length..].Trim());
        }
        if (!header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out var length))
        {
            return null;
        }
        var pair = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : new Credentials(pair[..colon], pair[(colon + 1)..]);
    }

    /// <summary>User and password as a protocol of its own hands them over; null where there is neither.</summary>
    public static Credentials? Of(string? user, string? password) =>
        (user?.Length ?? 0) + (password?.Length ?? 0) is 0 or > MaxLength ? null : new Credentials(user, password);

    /// <summary>Never the secrets.</summary>
    public override string ToString() => "credentials";

    private static Credentials? OfQuery(HttpRequest request) =>
        request.Query["jwt"] is [{ Length: > 0 and <= MaxLength } token]
            ? new Credentials(Token: token)
            : Of(request.Query["user"].ToString(), request.Query["pass"].ToString());
}
