// A WebSocket client that sends and expects envelopes.
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mumu.Hub.Tests.Hosting;

public sealed class SocketClient : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket socket = new();
    private int requests;

    /// <summary>How the hub closed.</summary>
    public (int Code, string Reason) Closed => ((int)socket.CloseStatus!.Value, socket.CloseStatusDescription!);

    /// <summary>Connects; <paramref name="named"/> is what the Host header says, by default the real address.</summary>
    public static async Task<SocketClient> ConnectAsync(HubHost host, string path, string? named = null)
    {
        var client = new SocketClient();
        if (named is not null)
        {
            client.socket.Options.SetRequestHeader("Host", named);
        }
        var address = new UriBuilder(new Uri(host.Address, path)) { Scheme = "ws" }.Uri;
        await client.socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        return client;
    }

    public static async Task<SocketClient> ViewerAsync(HubHost host, string token, string? named = null)
    {
        SocketClient client = await ConnectAsync(host, "/ws/viewer", named);
        await client.SendAsync("hello", new { token });
        await client.ExpectAsync("hello_ack");
        return client;
    }

    /// <summary>Sends a message; its request_id is returned.</summary>
    public async Task<string> SendAsync(string type, object payload)
    {
        string id = $"r{++requests}";
        await SendTextAsync(
            JsonSerializer.Serialize(
                new
                {
                    type,
                    request_id = id,
                    ts = "2026-05-04T12:00:00Z",
                    payload,
                }
            )
        );
        return id;
    }

    public Task SendTextAsync(string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    public Task SendBinaryAsync(byte[] bytes) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);

    /// <summary>The next message; null when the hub closes.</summary>
    public async Task<JsonObject?> ReceiveAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            bytes.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonNode.Parse(bytes.ToArray())!.AsObject();
            }
        }
    }

    /// <summary>The next message must be of this type.</summary>
    public async Task<JsonObject> ExpectAsync(string type)
    {
        JsonObject? message = await ReceiveAsync();
        Assert.True(
            message is not null,
            $"Expected {type}, but the hub closed: {(int?)socket.CloseStatus} {socket.CloseStatusDescription}"
        );
        Assert.True(type == (string?)message["type"], $"Expected {type}, got {message.ToJsonString()}");
        return message;
    }

    public async Task<JsonObject> ExpectPayloadAsync(string type) => (await ExpectAsync(type))["payload"]!.AsObject();

    public async Task ExpectErrorAsync(string sentence, string? requestId = null)
    {
        JsonObject message = await ExpectAsync("error");
        Assert.Equal(sentence, (string?)message["payload"]!["message"]);
        Assert.Equal(requestId, (string?)message["request_id"]);
    }

    /// <summary>Skips messages of other types.</summary>
    public async Task<JsonObject> WaitForAsync(string type, Func<JsonObject, bool>? which = null)
    {
        while (true)
        {
            JsonObject? message = await ReceiveAsync();
            Assert.True(
                message is not null,
                $"Waited for {type}, but the hub closed: {(int?)socket.CloseStatus} {socket.CloseStatusDescription}"
            );
            if ((string?)message["type"] == type && (which is null || which(message["payload"]!.AsObject())))
            {
                return message["payload"]!.AsObject();
            }
        }
    }

    /// <summary>The hub closes, perhaps after messages.</summary>
    public async Task ExpectCloseAsync(int code, string reason)
    {
        while (await ReceiveAsync() is not null) { }
        Assert.Equal((code, reason), Closed);
    }

    /// <summary>Proves that nothing else is waiting: the next message is the answer to a heartbeat.</summary>
    public async Task ExpectQuietAsync()
    {
        string id = await SendAsync("heartbeat", new { });
        JsonObject message = await ExpectAsync("heartbeat_ack");
        Assert.Equal(id, (string?)message["request_id"]);
    }

    public async Task CloseAsync() =>
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", TestContext.Current.CancellationToken);

    /// <summary>Vanishes without a word.</summary>
    public void Abort() => socket.Abort();

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
