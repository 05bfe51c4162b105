// The answer to every sign-in: the token in the body, the refresh token in a cookie that scripts can't read.
using Microsoft.AspNetCore.Http;
using Mumu.Hub.Http;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.Accounts;

/// <summary>Writes and clears the cookie <c>mumu_refresh</c>.</summary>
internal static class SignInReply
{
    public const string Cookie = "mumu_refresh";

    public static IResult For(HttpContext context, SignIn signIn, TimeSpan refreshLifetime, int status = StatusCodes.Status200OK)
    {
        if (signIn.RefreshToken is { } refreshToken)
        {
            CookieOptions options = Options(context);
            options.MaxAge = refreshLifetime;
            context.Response.Cookies.Append(Cookie, refreshToken, options);
        }

        context.Response.Headers.CacheControl = "no-store";
        return Reply.Json(new TokenResponse(signIn.AccessToken, "bearer", signIn.ExpiresIn, signIn.Account.ToInfo()), status);
    }

    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Cookie, Options(context));

    private static CookieOptions Options(HttpContext context) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/api/auth",
            IsEssential = true,
        };
}
