// Who calls: the access token in "Authorization: Bearer", or for old clients in the query where a route allows it.
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Mumu.Hub.Http;

namespace Mumu.Hub.Accounts;

/// <summary>Marks routes whose old clients put the token into the query.</summary>
internal sealed class AcceptsTokenInQuery;

/// <summary>
/// The authentication scheme of the hub, and the default one, so that it also guards the agent's routes in the same program.
/// Claims: <c>user_id</c>, <c>username</c> (the name), <c>role</c> (the role), <c>sid</c>.
/// </summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    SignIns signIns
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Mumu";

    private const string Prefix = "Bearer ";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Token() is not { } token)
        {
            return AuthenticateResult.NoResult();
        }

        if (await signIns.ValidateAsync(token) is not var (account, sessionId))
        {
            return AuthenticateResult.Fail("Invalid token");
        }

        Claim[] claims =
        [
            new("user_id", account.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new("username", account.Username),
            new("role", account.Role),
            new("sid", sessionId),
        ];
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name, "username", "role"));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        string detail = Token() is null ? "Not authenticated" : "Invalid token";
        return Reply.Refuse(StatusCodes.Status401Unauthorized, detail).ExecuteAsync(Context);
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Reply.Refuse(StatusCodes.Status403Forbidden, "Your account is not allowed to do this.").ExecuteAsync(Context);

    private string? Token()
    {
        string? header = Request.Headers.Authorization;
        if (header?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) == true)
        {
            return header[Prefix.Length..].Trim();
        }

        string? query = Request.Query["token"];
        return !string.IsNullOrEmpty(query) && Context.GetEndpoint()?.Metadata.GetMetadata<AcceptsTokenInQuery>() is not null
            ? query
            : null;
    }
}
