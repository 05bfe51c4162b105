// The control API: routes, and how a web host serves them.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Events;
using Mumu.Agent.Keys;
using Mumu.Agent.Metrics;

namespace Mumu.Agent.Control;

/// <summary>The control API, in the shape that clients of media servers know; see docs/control-api.md.</summary>
public static class ControlApi
{
    private const string Document = "v3";

    /// <summary>Serves the API to whatever reaches this branch, meant for a listener of its own. It asks for keys itself.</summary>
    public static void UseMumuControl(this IApplicationBuilder app)
    {
        app.UseMumuHealth();
        app.UseMiddleware<ControlDoor>(AccessAction.Api);
        app.UseWebSockets(
            new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(30) }
        );
        app.UseRouting();
        app.UseEndpoints(endpoints =>
        {
            ConfigRoutes.Map(endpoints.MapGroup("/v3/config").WithTags("Configuration"));
            PathRoutes.Map(endpoints.MapGroup("/v3").WithTags("Paths"));
            SessionRoutes.Map(endpoints.MapGroup("/v3").WithTags("Sessions"));
            EventSocket.Map(endpoints.MapGroup("/v3"));
            endpoints.MapOpenApi("/openapi/{documentName}.json");
            endpoints.MapFallback(() => Answers.NotFound("There is nothing at this address; /openapi/v3.json tells what there is."));
        });
    }

    internal static IServiceCollection AddControl(this IServiceCollection services)
    {
        services.AddSingleton<ConfigEditor>();
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ControlJson.Default);
            options.SerializerOptions.TypeInfoResolverChain.Insert(1, FeedJson.Default);
        });
        services.AddOpenApi(
            Document,
            options =>
            {
                options.ShouldInclude = route => route.RelativePath?.StartsWith("v3/", StringComparison.Ordinal) == true;
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        document.Info = new() { Title = "MuMu Camera control API", Version = "3" };
                        return Task.CompletedTask;
                    }
                );
            }
        );
        return services;
    }

    /// <summary>Says what a route answers, for the OpenAPI document.</summary>
    internal static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, params ReadOnlySpan<int> refusals)
    {
        route.Produces<T>();
        foreach (var status in (ReadOnlySpan<int>)[.. refusals, StatusCodes.Status401Unauthorized])
        {
            route.Produces<ControlError>(status);
        }
        return route;
    }

    internal static string Caller(this HttpContext http) => (string)http.Items[ControlDoor.CallerItem]!;
}
