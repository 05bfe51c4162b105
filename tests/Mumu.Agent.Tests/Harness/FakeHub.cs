// A hub for one device, on loopback, that does what a test tells it to.
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Mumu.Signaling;
using Mumu.Signaling.Rest;

namespace Mumu.Agent.Tests.Harness;

public sealed class FakeHub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<FakeHubSocket> _sockets = Channel.CreateUnbounded<FakeHubSocket>();

    private FakeHub(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public int Port => new Uri(Url).Port;

    public Channel<RegisterDeviceRequest> Registrations { get; } = Channel.CreateUnbounded<RegisterDeviceRequest>();

    public int Attempts { get; private set; }

    /// <summary>What the next registrations get instead of 200.</summary>
    public (int Status, string Body)? RefuseRegistration { get; set; }

    public static async Task<FakeHub> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var hub = new FakeHub(app);
        app.UseWebSockets();
        app.MapPost("/api/devices/register", (Delegate)hub.RegisterAsync);
        app.Map("/ws/device", (Delegate)hub.ConnectAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return hub;
    }

    /// <summary>The next device that connects.</summary>
    public Task<FakeHubSocket> AcceptAsync() =>
        _sockets.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Within("connection of the device");

    /// <summary>The next device, greeted.</summary>
    public async Task<FakeHubSocket> GreetAsync(bool paired = true)
    {
        var socket = await AcceptAsync();
        await socket.NextAsync(MessageTypes.Hello);
        await socket.SendAsync(MessageTypes.Challenge, new Challenge("nonce"), SignalingJson.Wire.Challenge);
        var hello = await socket.NextAsync(MessageTypes.Hello, SignalingJson.Default.DeviceHello);
        await socket.SendAsync(
            MessageTypes.HelloAck,
            new DeviceHelloAck(hello.DeviceId!, "2026-05-04T10:00:00Z", paired),
            SignalingJson.Wire.DeviceHelloAck
        );
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        _sockets.Writer.TryComplete();
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(1));
        await _app.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync();
    }

    private async Task RegisterAsync(HttpContext http)
    {
        var request = await http.Request.ReadFromJsonAsync(SignalingJson.Default.RegisterDeviceRequest);
        Registrations.Writer.TryWrite(request!);
        if (RefuseRegistration is { } refusal)
        {
            http.Response.StatusCode = refusal.Status;
            await http.Response.WriteAsync(refusal.Body);
            return;
        }
        await http.Response.WriteAsJsonAsync(
            new RegisterDeviceResponse(request!.DeviceId!, "ok"),
            SignalingJson.Wire.RegisterDeviceResponse
        );
    }

    private async Task ConnectAsync(HttpContext http)
    {
        Attempts++;
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var accepted = new FakeHubSocket(socket);
        _sockets.Writer.TryWrite(accepted);
        await accepted.ReceiveAsync(http.RequestAborted);
    }
}

public sealed class FakeHubSocket(WebSocket socket)
{
    private readonly Channel<Envelope> _received = Channel.CreateUnbounded<Envelope>();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the device is gone.</summary>
    public Task Gone => _gone.Task;

    /// <summary>The next message of a type; others before it are passed over.</summary>
    public async Task<Envelope> NextAsync(string type)
    {
        while (true)
        {
            var message = await _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Within(type);
            if (message.Type == type)
            {
                return message;
            }
        }
    }

    public async Task<T> NextAsync<T>(string type, JsonTypeInfo<T> typeInfo) => (await NextAsync(type)).Payload.Deserialize(typeInfo)!;

    /// <summary>
    /// Waits until the device has handled all it knows of by now: it answers messages in order, and looks at its clock between two of them.
    /// </summary>
    /// <returns>The types of what it sent meanwhile.</returns>
    public async Task<IReadOnlyList<string>> SettleAsync()
    {
        var seen = new List<string>();
        for (var acks = 0; acks < 2; acks++)
        {
            await SendAsync(MessageTypes.Heartbeat, new Heartbeat(), SignalingJson.Wire.Heartbeat);
            while (true)
            {
                var message = await _received
                    .Reader.ReadAsync(TestContext.Current.CancellationToken)
                    .AsTask()
                    .Within("answer to a heartbeat");
                if (message.Type == MessageTypes.HeartbeatAck)
                {
                    break;
                }
                seen.Add(message.Type);
            }
        }
        return seen;
    }

    public Task SendAsync<T>(string type, T payload, JsonTypeInfo<T> typeInfo) =>
        SendAsync(
            JsonSerializer.Serialize(
                new Envelope(type, null, "2026-05-04T10:00:00Z", JsonSerializer.SerializeToElement(payload, typeInfo)),
                SignalingJson.Wire.Envelope
            )
        );

    public Task SendAsync(string text) =>
        socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    public Task CloseAsync(WebSocketCloseStatus status, string reason) =>
        socket.CloseOutputAsync(status, reason, TestContext.Current.CancellationToken);

    /// <summary>As when the cable is pulled.</summary>
    public void Abort() => socket.Abort();

    internal async Task ReceiveAsync(CancellationToken cancellation)
    {
        var buffer = new byte[Envelope.MaxBytes];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
                    length += part.Count;
                } while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }
                _received.Writer.TryWrite(JsonSerializer.Deserialize(buffer.AsSpan(0, length), SignalingJson.Default.Envelope)!);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The end of the connection, which Gone tells.
        }
        _received.Writer.TryComplete();
        _gone.TrySetResult();
    }
}
