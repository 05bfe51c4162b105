// The route that gives a signed-in user credentials for the relay.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Hub.Accounts;
using Mumu.Hub.Devices;
using Mumu.Hub.Http;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.TurnCredentials;

/// <summary><c>/api/turn-credentials</c>.</summary>
internal static class TurnCredentialsApi
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    public static void MapTurnCredentials(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/turn-credentials", GiveAsync).RequireAuthorization();

    private static async Task<IResult> GiveAsync(
        Caller caller,
        HttpContext context,
        DeviceStore devices,
        IceServerList iceServers,
        AttemptLimiter attempts,
        HubOptions options
    )
    {
        if (!attempts.TryTake($"turn:{caller.UserId}", options.Limits.TurnCredentialsPerMinute, Window, out TimeSpan retryAfter))
        {
            return Reply.TooMany(context, "Too many relay credentials.", retryAfter);
        }

        // Anyone may make an account where registration is open: without this rule the relay would be anyone's, too.
        if (!await devices.HasAnyAsync(caller.UserId))
        {
            return Reply.Refuse(
                StatusCodes.Status403Forbidden,
                "The relay is for people who have a device here. Pair a device first, or ask an owner to share one with you."
            );
        }

        context.Response.Headers.CacheControl = "no-store";
        int seconds = options.Turn is { } turn ? (int)turn.Lifetime.TotalSeconds : 0;
        return Reply.Json(
            new TurnCredentialsResponse(iceServers.ForViewer(caller.UserId, Guid.NewGuid().ToString(), context.Request.Host.Host), seconds)
        );
    }
}
