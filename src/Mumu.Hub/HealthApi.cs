// Says whether the hub is ready.
using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Hub.Http;
using Mumu.Hub.Storage;
using Mumu.Signaling.Rest;

namespace Mumu.Hub;

/// <summary><c>/health</c> with <c>/health/live</c> and <c>/health/ready</c>, and <c>/</c> on the port of the old clients.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", HealthAsync);
        // The names that orchestrators know: alive is who answers, ready is who can also reach its data.
        routes.MapGet("/health/live", (TimeProvider time) => Reply.Json(new HealthStatus("live", time.NowText())));
        routes.MapGet("/health/ready", HealthAsync);
    }

    public static void MapRoot(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HubOptions options) => Reply.Json(new AppStatus("MuMu Camera", options.Version, "running")));

    private static async Task<IResult> HealthAsync(HubDatabase database, TimeProvider time)
    {
        try
        {
            await using DbConnection connection = await database.OpenAsync();
            await connection.ExecuteScalarAsync<long>("SELECT 1");
            return Reply.Json(new HealthStatus("healthy", time.NowText()));
        }
        catch (DbException)
        {
            return Reply.Json(new HealthStatus("unhealthy", time.NowText()), StatusCodes.Status503ServiceUnavailable);
        }
    }
}
