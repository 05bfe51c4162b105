// What a client's words say of the path it wants and the key it brings.
namespace Mumu.Protocols.Rtmp;

/// <summary>
/// Clients cut one address in different ways into application and stream name; both together are the path. A query may follow either of them. None of it is decoded or judged, except the key.
/// </summary>
/// <param name="Path">The path as it stands there, without slashes around it and without query.</param>
/// <param name="User">The user of the query (<c>?user=…&amp;pass=KEY</c>) or of the address (<c>rtmp://user:KEY@…</c>); null where there is none.</param>
/// <param name="Key">The password that stands there, or the token of <c>?jwt=…</c>; null where there is none. Never to be logged.</param>
public readonly record struct RtmpTarget(string Path, string? User, string? Key)
{
    /// <summary>Joins what a client said.</summary>
    /// <param name="tcUrl">The address it connected to.</param>
    /// <param name="app">The application.</param>
    /// <param name="name">The stream's name.</param>
    public static RtmpTarget Join(string tcUrl, string app, string name)
    {
        var (appPath, appQuery) = Split(app);
        var (namePath, nameQuery) = Split(WithoutKind(name));
        var path = $"{appPath.Trim('/')}/{namePath.Trim('/')}".Trim('/');
        foreach (var query in (string[])[nameQuery, appQuery, Split(tcUrl).Query])
        {
            if ((ValueOf(query, "pass=") ?? ValueOf(query, "jwt=")) is { } key)
            {
                return new RtmpTarget(path, ValueOf(query, "user="), key);
            }
        }
        var (user, password) = UserInfoOf(tcUrl);
        return new RtmpTarget(path, user, password);
    }

    /// <summary>Without the key.</summary>
    public override string ToString() => Path;

    private static (string Path, string Query) Split(string text)
    {
        var at = text.IndexOf('?', StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    // Flash names a stream's container in front: "mp4:name".
    private static string WithoutKind(string name) =>
        name.StartsWith("mp4:", StringComparison.Ordinal) || name.StartsWith("flv:", StringComparison.Ordinal) ? name[4..] : name;

    private static string? ValueOf(string query, string name)
    {
        foreach (var part in query.Split('&'))
        {
            if (part.StartsWith(name, StringComparison.Ordinal) && part.Length > name.Length)
            {
                return Uri.UnescapeDataString(part[name.Length..]);
            }
        }
        return null;
    }

    private static (string? User, string? Password) UserInfoOf(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            return default;
        }
        var authority = url[(start + 3)..];
        var end = authority.IndexOfAny(['/', '?']);
        authority = end < 0 ? authority : authority[..end];
        var at = authority.LastIndexOf('@');
        var colon = at < 0 ? -1 : authority.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon < at
            ? (Uri.UnescapeDataString(authority[..colon]), Uri.UnescapeDataString(authority[(colon + 1)..at]))
            : default;
    }
}
