// Lets a program in by its API key: Authorization: Bearer mumu_…
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Mumu.Agent.LocalApi;

namespace Mumu.Agent.Keys;

/// <summary>The authentication scheme of API keys. A bearer token that is no API key is left to other schemes.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    KeyStore keys
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "MumuApiKey";
    private const string Bearer = "Bearer ";

    /// <summary>Finds whose key a request bears; null for none, or for one that is not known.</summary>
    public static ApiKey? Find(HttpRequest request, KeyStore keys) => Token(request) is { } token ? keys.Verify(token) : null;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Token(Request) is not { } token || !token.StartsWith(KeyStore.Prefix, StringComparison.Ordinal))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }
        if (keys.Verify(token) is not { } key)
        {
            return Task.FromResult(AuthenticateResult.Fail("The API key is not known."));
        }
        Claim[] claims = [new(ClaimTypes.Name, key.Name), new(ClaimTypes.Role, key.Role == ApiKeyRole.Admin ? "admin" : "reader")];
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName)));
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

    private static string? Token(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.Length <= 4096 && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim()
            : null;
    }
}
