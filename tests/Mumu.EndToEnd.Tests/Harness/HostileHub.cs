// A hub that someone has taken over: stands between browser and hub, passes everything on, and changes what it likes.
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mumu.EndToEnd.Tests.Harness;

internal sealed class HostileHub : IAsyncDisposable
{
    private static readonly string[] NotPassedOn = ["Host", "Connection", "Transfer-Encoding", "Accept-Encoding"];
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });
    private readonly WebApplication _app;
    private readonly Uri _hub;

    private HostileHub(WebApplication app, string hub)
    {
        _app = app;
        _hub = new Uri(hub);
        app.UseWebSockets();
        app.Run(context => context.WebSockets.IsWebSocketRequest ? RelaySocketAsync(context) : RelayAsync(context));
    }

    /// <summary>What it does to the messages it passes on.</summary>
    public Tampering Tampering { get; set; } = new Honest();

    public string Url => _app.Urls.Single();

    public static async Task<HostileHub> StartAsync(string hub)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var hostile = new HostileHub(builder.Build(), hub);
        await hostile._app.StartAsync();
        return hostile;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task RelayAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            new Uri(_hub, context.Request.Path + context.Request.QueryString)
        );
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
        }
        foreach (var (name, values) in context.Request.Headers.Where(h => !NotPassedOn.Contains(h.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, [.. values]))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, [.. values]);
            }
        }
        using var reply = await _http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)reply.StatusCode;
        foreach (
            var (name, values) in reply
                .Headers.Concat(reply.Content.Headers)
                .Where(h => h.Key is not ("Transfer-Encoding" or "Content-Length"))
        )
        {
            context.Response.Headers[name] = values.ToArray();
        }
        var body = await reply.Content.ReadAsByteArrayAsync(context.RequestAborted);
        if (context.Request.Path == "/api/devices" && reply.IsSuccessStatusCode && JsonNode.Parse(body) is JsonArray devices)
        {
            foreach (var device in devices)
            {
                Tampering.List(device!.AsObject());
            }
            body = Encoding.UTF8.GetBytes(devices.ToJsonString());
        }
        if (body.Length > 0)
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private async Task RelaySocketAsync(HttpContext context)
    {
        using var viewer = await context.WebSockets.AcceptWebSocketAsync();
        using var hub = new ClientWebSocket();
        var address = new UriBuilder(_hub) { Scheme = "ws", Path = context.Request.Path };
        await hub.ConnectAsync(address.Uri, context.RequestAborted);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        await Task.WhenAny(PumpAsync(viewer, hub, end.Token), PumpAsync(hub, viewer, end.Token));
        await end.CancelAsync();
    }

    private async Task PumpAsync(WebSocket from, WebSocket to, CancellationToken end)
    {
        var buffer = new byte[1 << 17];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await from.ReceiveAsync(buffer.AsMemory(length), end);
                    length += part.Count;
                } while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }
                var message = JsonNode.Parse(buffer.AsSpan(0, length))!.AsObject();
                Tamper(message);
                await to.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, end);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // One side left; the other is let go too.
        }
    }

    private void Tamper(JsonObject message)
    {
        var payload = message["payload"]?.AsObject();
        switch ((string?)message["type"])
        {
            case "signal_offer":
                Tampering.Offer(payload!);
                break;
            case "signal_answer":
                Tampering.Answer(payload!);
                break;
        }
    }
}
