// Lets a program in by its API key: Authorization: Bearer mumu_…
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Mumu.Agent.LocalApi;

namespace Mumu.Agent.Keys;

/// <summary>The authentication scheme of API keys. A bearer token that is no API key is left to other schemes.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    Access access
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "MumuApiKey";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // A key in the address (?pass=) counts for media only.
        if (HttpKey.OfHeader(Request) is not { } token || !token.StartsWith(KeyStore.Prefix, StringComparison.Ordinal))
        {
            return AuthenticateResult.NoResult();
        }
        var decision = access.Decide(token, Context.Connection.RemoteIpAddress, AccessAction.Api);
        if (decision.Delay > TimeSpan.Zero)
        {
            await Task.Delay(decision.Delay, TimeProvider, Context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (decision.Key is not { } key)
        {
            return AuthenticateResult.Fail("The API key is not known.");
        }
        Claim[] claims = [new(ClaimTypes.Name, key.Name), new(ClaimTypes.Role, decision.IsGranted ? "admin" : "other")];
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Response.HasStarted || Response.Headers.WWWAuthenticate.Count > 0)
        {
            return Task.CompletedTask; // Another scheme has said it.
        }
        Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Unauthorized("Sign in, or send an API key as a bearer token.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Response.HasStarted ? Task.CompletedTask : Problems.Forbidden("This needs an administrator.").ExecuteAsync(Context);
}
