// What the embedded TURN server tells the owner of itself.
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using Mumu.Signaling;
using Mumu.Signaling.Rest;

namespace Mumu.Cli.Hosting;

/// <summary><c>GET /api/turn/status</c>, for the owner of the hub.</summary>
internal static class TurnStatusApi
{
    private const string Owner = "owner";

    public static void MapTurnStatus(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/turn/status", Tell).RequireAuthorization(policy => policy.RequireRole(Owner));

    private static JsonHttpResult<TurnStatus> Tell(TurnService turn)
    {
        var counters = turn.Counters;
        var refused = new TurnRefusals(
            counters.Malformed,
            counters.Unauthenticated,
            counters.Unanswered,
            counters.Forbidden,
            counters.OverQuota,
            counters.OverCapacity,
            counters.NotPermitted,
            counters.OverBandwidth,
            counters.Dropped + turn.Lost,
            turn.RefusedConnections
        );
        var status = new TurnStatus(
            turn.Allocations,
            counters.Allocated,
            turn.Connections,
            counters.RelayedDatagrams,
            counters.RelayedBytes,
            refused
        );
        return TypedResults.Json(status, (JsonTypeInfo<TurnStatus>)SignalingJson.Wire.GetTypeInfo(typeof(TurnStatus))!);
    }
}
