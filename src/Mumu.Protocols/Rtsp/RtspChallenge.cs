// How a server wants to be convinced: "WWW-Authenticate".
namespace Mumu.Protocols.Rtsp;

/// <summary>Ways to answer a challenge, the better the higher.</summary>
internal enum RtspAuthentication
{
    None,
    Basic,
    DigestMd5,
    DigestSha256,
}

/// <summary>A challenge (RFC 2617, RFC 7616).</summary>
internal sealed record RtspChallenge(
    RtspAuthentication Way,
    string Realm,
    string Nonce,
    string? Opaque,
    bool HasQop,
    bool IsSession,
    bool IsStale
)
{
    private const int MaxField = 1_024;
    private const int MaxHeader = 4_096;
    private const int MaxChallenges = 8;

    /// <summary>Picks the best of all challenges that a response offers; null when none is of a kind we know.</summary>
    internal static RtspChallenge? Best(IEnumerable<string> headers)
    {
        RtspChallenge? best = null;
        foreach (var challenge in headers.SelectMany(Split).Select(Parse))
        {
            if (challenge is not null && challenge.Way > (best?.Way ?? RtspAuthentication.None))
            {
                best = challenge;
            }
        }
        return best;
    }

    private static RtspChallenge? Parse((string Scheme, Dictionary<string, string> Parameters) challenge)
    {
        var (scheme, parameters) = challenge;
        var realm = parameters.GetValueOrDefault("realm", "");
        if (scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            return new RtspChallenge(RtspAuthentication.Basic, realm, "", null, false, false, false);
        }
        if (!scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase) || !parameters.TryGetValue("nonce", out var nonce))
        {
            return null;
        }
        var qop = parameters.GetValueOrDefault("qop");
        if (qop is { Length: > 0 } && !qop.Split(',').Any(way => way.Trim().Equals("auth", StringComparison.OrdinalIgnoreCase)))
        {
            return null; // auth-int only
        }
        var algorithm = parameters.GetValueOrDefault("algorithm", "MD5").ToUpperInvariant();
        var way = algorithm switch
        {
            "MD5" or "MD5-SESS" or "" => RtspAuthentication.DigestMd5,
            "SHA-256" or "SHA-256-SESS" => RtspAuthentication.DigestSha256,
            _ => RtspAuthentication.None,
        };
        var isStale = parameters.GetValueOrDefault("stale", "").Equals("true", StringComparison.OrdinalIgnoreCase);
        return new RtspChallenge(
            way,
            realm,
            nonce,
            parameters.GetValueOrDefault("opaque"),
            !string.IsNullOrEmpty(qop),
            algorithm.EndsWith("-SESS", StringComparison.Ordinal),
            isStale
        );
    }

    // "Digest realm="a, b", nonce="x", Basic realm="y"": a word that is followed by no '=' starts the next challenge.
    private static IEnumerable<(string Scheme, Dictionary<string, string> Parameters)> Split(string header)
    {
        var found = new List<(string, Dictionary<string, string>)>();
        Dictionary<string, string>? current = null;
        var rest = header.AsSpan();
        while (true)
        {
            rest = rest.TrimStart(" \t,");
            if (rest.IsEmpty || header.Length > MaxHeader || found.Count == MaxChallenges)
            {
                return found;
            }
            var end = rest.IndexOfAny(" \t,=");
            var word = (end < 0 ? rest : rest[..end]).ToString();
            rest = end < 0 ? default : rest[end..].TrimStart();
            if (rest.IsEmpty || rest[0] != '=')
            {
                current = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                found.Add((word, current));
                continue;
            }
            var value = TakeValue(ref rest);
            if (word.Length > 0 && value.Length <= MaxField)
            {
                current?.TryAdd(word, value);
            }
        }
    }

    private static string TakeValue(ref ReadOnlySpan<char> rest)
    {
        rest = rest[1..].TrimStart();
        if (rest.IsEmpty || rest[0] != '"')
        {
            var end = rest.IndexOf(',');
            var plain = (end < 0 ? rest : rest[..end]).Trim().ToString();
            rest = end < 0 ? default : rest[end..];
            return plain;
        }
        var value = new System.Text.StringBuilder();
        var at = 1;
        for (; at < rest.Length && rest[at] != '"'; at++)
        {
            at += rest[at] == '\\' && at + 1 < rest.Length ? 1 : 0;
            value.Append(rest[at]);
        }
        rest = at < rest.Length ? rest[(at + 1)..] : default;
        return value.ToString();
    }
}
