// Whether the agent lives and is ready, for those who start and watch programs.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Mumu.Agent.Metrics;

/// <summary>
/// <c>/health/live</c> answers as long as the program does; <c>/health/ready</c> once everything has started, until it stops. Neither tells more, so neither asks for a key.
/// </summary>
public static class HealthApi
{
    /// <summary>Answers both; everything else goes on.</summary>
    public static void UseMumuHealth(this IApplicationBuilder app) =>
        app.Use(
            (http, next) => HttpMethods.IsGet(http.Request.Method) && Answer(http) is { } answer ? answer.ExecuteAsync(http) : next(http)
        );

    private static IResult? Answer(HttpContext http) =>
        http.Request.Path.Value switch
        {
            "/health/live" => Results.Text("""{"status":"live"}""", "application/json"),
            "/health/ready" => Ready(http.RequestServices),
            _ => null,
        };

    private static IResult Ready(IServiceProvider services)
    {
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var isReady = lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
        return isReady
            ? Results.Text("""{"status":"ready"}""", "application/json")
            : Results.Text(
                """{"status":"starting or stopping"}""",
                "application/json",
                statusCode: StatusCodes.Status503ServiceUnavailable
            );
    }
}
