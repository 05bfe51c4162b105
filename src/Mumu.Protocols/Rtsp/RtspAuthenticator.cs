// Answers challenges with a user name and a password.
using System.Security.Cryptography;
using System.Text;

namespace Mumu.Protocols.Rtsp;

/// <summary>
/// Keeps the last challenge and answers it for each request (Basic: RFC 7617; Digest with MD5 or SHA-256, with and without qop=auth: RFC 2617, RFC 7616). Outlives a connection, for the cameras that close theirs with the challenge.
/// </summary>
/// <param name="credentials">Who we are; null when nobody told.</param>
/// <param name="random">Makes client nonces.</param>
public sealed class RtspAuthenticator(RtspCredentials? credentials, Random random)
{
    private RtspChallenge? _challenge;
    private uint _uses;

    /// <summary>True when there are a user name and a password to answer with.</summary>
    public bool HasCredentials => credentials is not null;

    /// <summary>True once a server asked.</summary>
    public bool IsChallenged => _challenge is not null;

    /// <summary>Takes the challenges of a 401; false when none is of a kind we can answer.</summary>
    public bool TryTake(IEnumerable<string> headers, out bool isStale)
    {
        var challenge = RtspChallenge.Best(headers);
        isStale = challenge?.IsStale ?? false;
        if (challenge is null)
        {
            return false;
        }
        _challenge = challenge;
        _uses = 0;
        return true;
    }

    /// <summary>The "Authorization" value for a request; null when nobody asked for one or there is nothing to say.</summary>
    public string? Authorize(string method, string uri)
    {
        if (_challenge is not { } challenge || credentials is null)
        {
            return null;
        }
        if (challenge.Way == RtspAuthentication.Basic)
        {
            return "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.UserName}:{credentials.Password}"));
        }
        Span<byte> nonce = stackalloc byte[8];
        random.NextBytes(nonce);
        var clientNonce = Convert.ToHexStringLower(nonce);
        var count = (++_uses).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        var secret = Hash(challenge, $"{credentials.UserName}:{challenge.Realm}:{credentials.Password}");
        if (challenge.IsSession)
        {
            secret = Hash(challenge, $"{secret}:{challenge.Nonce}:{clientNonce}");
        }
        var request = Hash(challenge, $"{method}:{uri}");
        var response = challenge.HasQop
            ? Hash(challenge, $"{secret}:{challenge.Nonce}:{count}:{clientNonce}:auth:{request}")
            : Hash(challenge, $"{secret}:{challenge.Nonce}:{request}");
        var text = new StringBuilder(300)
            .Append("Digest username=\"")
            .Append(Quote(credentials.UserName))
            .Append("\", realm=\"")
            .Append(Quote(challenge.Realm))
            .Append("\", nonce=\"")
            .Append(Quote(challenge.Nonce))
            .Append("\", uri=\"")
            .Append(uri)
            .Append("\", response=\"")
            .Append(response)
            .Append('"');
        if (challenge.Way == RtspAuthentication.DigestSha256 || challenge.IsSession)
        {
            var name = challenge.Way == RtspAuthentication.DigestSha256 ? "SHA-256" : "MD5";
            text.Append(", algorithm=").Append(name).Append(challenge.IsSession ? "-sess" : "");
        }
        if (challenge.Opaque is not null)
        {
            text.Append(", opaque=\"").Append(Quote(challenge.Opaque)).Append('"');
        }
        if (challenge.HasQop)
        {
            text.Append(", qop=auth, nc=").Append(count);
        }
        if (challenge.HasQop || challenge.IsSession)
        {
            text.Append(", cnonce=\"").Append(clientNonce).Append('"');
        }
        return text.ToString();
    }

    private static string Quote(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Hash(RtspChallenge challenge, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
#pragma warning disable CA5351 // The camera chooses; most know nothing but MD5.
        return Convert.ToHexStringLower(challenge.Way == RtspAuthentication.DigestSha256 ? SHA256.HashData(bytes) : MD5.HashData(bytes));
#pragma warning restore CA5351
    }
}
