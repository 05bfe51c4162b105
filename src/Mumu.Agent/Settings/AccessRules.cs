// What the settings of access must be beyond their shape.
using Mumu.Agent.Keys;

namespace Mumu.Agent.Settings;

/// <summary>The rules of the section <c>access</c>.</summary>
internal static class AccessRules
{
    private const int MaxUsers = 1000;
    private const int MinSecretLength = 32;

    public static IEnumerable<(string Path, string Reason)> Problems(AccessSettings access)
    {
        if (access.Users.Count > MaxUsers)
        {
            yield return ("access.users", $"There are more than {MaxUsers} users.");
        }
        foreach (var problem in access.Users.SelectMany(u => User($"access.users.{u.Key}", u.Key, u.Value)))
        {
            yield return problem;
        }
        foreach (var problem in access.Jwt is { } jwt ? Jwt(jwt) : [])
        {
            yield return problem;
        }
        if (access.Hook is { } hook)
        {
            if (!IsHttp(hook.Url))
            {
                yield return ("access.hook.url", "“access.hook.url” begins with https:// or http:// and has no user or password.");
            }
            if (hook.TimeoutSeconds is < 1 or > 30 || hook.CacheSeconds is < 0 or > 300)
            {
                yield return ("access.hook", "“timeoutSeconds” is 1–30 and “cacheSeconds” 0–300.");
            }
        }
    }

    /// <summary>True for an http or https address without user and password.</summary>
    public static bool IsHttp(string? url) =>
        url is { Length: <= CameraUrl.MaxLength }
        && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.UserInfo.Length == 0
        && uri.Host.Length > 0;

    private static IEnumerable<(string Path, string Reason)> User(string path, string name, UserSettings? user)
    {
        if (name.Length is < 1 or > 100 || name.Any(c => char.IsControl(c) || c == ':'))
        {
            yield return (path, "A user's name has 1–100 characters and no colon.");
        }
        if (user is null)
        {
            yield return (path, $"“{path}” is a group of settings in {{ }}.");
            yield break;
        }
        if (!PasswordHash.IsValid(user.Password))
        {
            yield return ($"{path}.password", "A user's “password” is the hash that “mumu key hash” prints, not the password itself.");
        }
        for (var i = 0; i < user.Permissions.Count; i++)
        {
            if (user.Permissions[i] is null || (user.Permissions[i].Path is { } pattern && !PathPattern.IsValid(pattern)))
            {
                yield return (
                    $"{path}.permissions[{i}]",
                    "A permission has an “action” and, if it is for some paths only, a “path” like front or garden/*."
                );
            }
        }
        for (var i = 0; i < user.Networks?.Count; i++)
        {
            if (!Networks.IsValid(user.Networks[i]))
            {
                yield return ($"{path}.networks[{i}]", Networks.Rule);
            }
        }
    }

    private static IEnumerable<(string Path, string Reason)> Jwt(JwtSettings jwt)
    {
        if (jwt.KeySet is null == jwt.Secret is null)
        {
            yield return ("access.jwt", "“access.jwt” has either a “keySet” or a “secret”.");
        }
        if (
            jwt.KeySet is { } keySet
            && keySet.Contains("://", StringComparison.Ordinal)
            && !(IsHttp(keySet) && keySet.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        )
        {
            yield return ("access.jwt.keySet", "“access.jwt.keySet” is an https:// address or a file.");
        }
        if (jwt.Secret is { Length: < MinSecretLength })
        {
            yield return ("access.jwt.secret", $"“access.jwt.secret” has at least {MinSecretLength} characters.");
        }
        if (string.IsNullOrEmpty(jwt.Issuer) || string.IsNullOrEmpty(jwt.Audience))
        {
            yield return (
                "access.jwt",
                "“access.jwt” names the “issuer” and the “audience”: else a token made for something else would count here."
            );
        }
    }
}
