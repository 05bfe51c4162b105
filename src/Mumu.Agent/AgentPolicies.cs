// Who may use the agent's API.
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Mumu.Agent.Keys;

namespace Mumu.Agent;

/// <summary>Names of the agent's authorization policies.</summary>
public static class AgentPolicies
{
    /// <summary>An API key of role <c>admin</c>, or an owner or administrator of a hub in the same program (<see cref="AgentOptions.AdminSchemes"/>).</summary>
    public const string Admin = "MumuAgentAdmin";

    internal static AuthorizationPolicy BuildAdmin(AgentOptions options) =>
        // The API keys' handler comes last: it adds its refusal only where none before it has spoken.
        new AuthorizationPolicyBuilder([.. options.AdminSchemes, ApiKeyAuthentication.SchemeName])
            .RequireAuthenticatedUser()
            .RequireAssertion(context =>
                context.User.Claims.Any(c => c.Type is ClaimTypes.Role or "role" && c.Value is ("owner" or "admin"))
            )
            .Build();
}
