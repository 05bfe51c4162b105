// The two WebSocket addresses.
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Hub.Http;

namespace Mumu.Hub.Sockets;

/// <summary><c>/ws/device</c> and <c>/ws/viewer</c>.</summary>
internal static class SocketsApi
{
    public static void MapSockets(this IEndpointRouteBuilder routes)
    {
        routes.Map("/ws/device", Pipeline<DeviceSession>(routes));
        routes.Map("/ws/viewer", Pipeline<ViewerSession>(routes));
    }

    // A pipeline of its own, so that the host need not know that these addresses want the WebSocket middleware.
    private static RequestDelegate Pipeline<T>(IEndpointRouteBuilder routes)
        where T : SignalSession
    {
        IApplicationBuilder pipeline = routes.CreateApplicationBuilder();
        pipeline.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30) });
        pipeline.Run(RunAsync<T>);
        return pipeline.Build();
    }

    private static async Task RunAsync<T>(HttpContext context)
        where T : SignalSession
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Reply.Refuse(StatusCodes.Status400BadRequest, "This address speaks WebSocket only.").ExecuteAsync(context);
            return;
        }

        IServiceProvider services = context.RequestServices;
        var registry = services.GetRequiredService<SocketRegistry>();
        if (registry.IsFull)
        {
            await Reply
                .Refuse(StatusCodes.Status503ServiceUnavailable, "The hub holds as many connections as it may. Try again later.")
                .ExecuteAsync(context);
            return;
        }

        using WebSocket webSocket = await context.WebSockets.AcceptWebSocketAsync();
        var socket = new SignalSocket(
            webSocket,
            context.Text(),
            context.Request.Host.Host,
            services.GetRequiredService<HubLimits>(),
            services.GetRequiredService<TimeProvider>()
        );
        registry.Open(socket);
        try
        {
            await ActivatorUtilities.CreateInstance<T>(services, socket).RunAsync();
        }
        finally
        {
            registry.Closed(socket);
        }
    }
}
