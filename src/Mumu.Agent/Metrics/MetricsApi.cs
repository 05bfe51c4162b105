// The metrics' own door: GET /metrics, for Prometheus.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Mumu.Agent.Control;
using Mumu.Agent.Keys;

namespace Mumu.Agent.Metrics;

/// <summary>Serves metrics; see docs/metrics.md.</summary>
public static class MetricsApi
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Serves metrics to whatever reaches this branch, meant for a listener of its own. It asks for keys itself.</summary>
    public static void UseMumuMetrics(this IApplicationBuilder app)
    {
        app.UseMumuHealth();
        app.UseMiddleware<ControlDoor>(AccessAction.Metrics);
        app.UseRouting();
        app.UseEndpoints(endpoints =>
        {
            endpoints.MapGet("/metrics", (HttpRequest request, Scrape scrape) => Results.Text(scrape.Write(request.Query), ContentType));
            endpoints.MapFallback(() => Answers.NotFound("Metrics are at /metrics."));
        });
    }
}
