// The signed-in user of a request.
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Mumu.Hub.Accounts;

/// <summary>Bound from the claims on routes that require a sign-in.</summary>
internal sealed record Caller(long UserId, string Username, string SessionId)
{
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(From(context.User)!);

    /// <summary>Null for an anonymous user.</summary>
    public static Caller? From(ClaimsPrincipal user) =>
        user.FindFirstValue("user_id") is { } id && user.FindFirstValue("sid") is { } sessionId
            ? new Caller(long.Parse(id, CultureInfo.InvariantCulture), user.Identity?.Name ?? "", sessionId)
            : null;
}
