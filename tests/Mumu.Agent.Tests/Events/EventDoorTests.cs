// Events as others get them: over the WebSocket, and signed by webhooks.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Events;

public sealed class EventDoorTests : IAsyncLifetime
{
    private const string Secret = "a secret of the webhook";
    private readonly ConcurrentQueue<(string Path, string Signature, string Body)> _told = new();
    private WebApplication _receiver = null!;
    private RunningAgent _agent = null!;
    private int _refusals = 2;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _receiver = builder.Build();
        _receiver.MapPost("/{**path}", (Func<HttpRequest, Task<IResult>>)ReceiveAsync);
        await _receiver.StartAsync(TestContext.Current.CancellationToken);
        var url = _receiver.Urls.Single();
        _agent = await RunningAgent.StartAsync(
            more: $$"""
            , "events": { "webhooks": [
              { "url": "{{url}}/all", "secret": "{{Secret}}" },
              { "url": "{{url}}/some", "secret": "{{Secret}}", "types": ["reader.left"] },
              { "url": "{{url}}/redirect", "secret": "{{Secret}}" } ] }
            """
        );
        _agent.As(ApiKeyRole.Admin);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        _told.Enqueue((request.Path, request.Headers["Mumu-Signature"].ToString(), await reader.ReadToEndAsync()));
        return request.Path == "/redirect" ? Results.Redirect("/elsewhere", permanent: false, preserveMethod: true)
            : request.Path == "/all" && Interlocked.Decrement(ref _refusals) >= 0 ? Results.StatusCode(503)
            : Results.NoContent();
    }

    private void JoinAndLeave()
    {
        var readers = _agent.Cameras.Find("sim")!.Readers;
        var reader = new PathReader("rtsp", "192.0.2.7:5", "tv", DateTimeOffset.UtcNow, () => 0, () => { });
        readers.Add(reader);
        readers.Remove(reader);
    }

    [Fact]
    public async Task A_webhook_is_told_in_order_signed_and_again_after_a_failure()
    {
        JoinAndLeave();
        await Eventually.HoldsAsync(() => _told.Count(t => t.Path == "/all") >= 4, "the events were told in spite of two failures");
        var all = _told.Where(t => t.Path == "/all").ToArray();
        var types = all.Select(t => (string?)JsonNode.Parse(t.Body)!["type"]);
        Assert.Equal(["reader.joined", "reader.joined", "reader.joined", "reader.left"], types);
        Assert.Equal(all[0].Body, all[2].Body);
        Assert.Equal("reader.left", (string?)JsonNode.Parse(_told.Single(t => t.Path == "/some").Body)!["type"]);
        foreach (var (_, signature, body) in all)
        {
            var parts = signature.Split(',');
            var time = parts[0]["t=".Length..];
            var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{time}.{body}"));
            Assert.Equal($"v1={Convert.ToHexStringLower(expected)}", parts[1]);
        }
        await Eventually.HoldsAsync(() => _told.Count(t => t.Path == "/redirect") >= 2, "both events were tried where a redirect answers");
        Assert.DoesNotContain(_told, t => t.Path == "/elsewhere");
    }

    [Fact]
    public async Task A_follower_gets_events_and_after_a_break_the_rest()
    {
        var ct = TestContext.Current.CancellationToken;
        string last;
        using (var socket = await ConnectAsync("?types=reader.joined,reader.left"))
        {
            await Eventually.HoldsAsync(() => _agent.Events.Followers == 2, "the follower is there");
            JoinAndLeave();
            var joined = await ReceiveAsync(socket);
            Assert.Equal(("reader.joined", "sim", "tv"), ((string?)joined["type"], (string?)joined["path"], (string?)joined["user"]));
            last = (string)joined["id"]!;
            Assert.Equal("reader.left", (string?)(await ReceiveAsync(socket))["type"]);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", ct);
        }
        await Eventually.HoldsAsync(() => _agent.Events.Followers == 1, "the follower is gone");
        JoinAndLeave();
        using var again = await ConnectAsync($"?since={last}");
        foreach (var expected in new[] { "reader.left", "reader.joined", "reader.left" })
        {
            Assert.Equal(expected, (string?)(await ReceiveAsync(again))["type"]);
        }
    }

    [Fact]
    public async Task The_feed_needs_a_key_a_socket_and_known_types()
    {
        using var plain = await _agent.Http.GetAsync("/v3/events", TestContext.Current.CancellationToken);
        Assert.Equal(426, (int)plain.StatusCode);
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync("?types=nonsense"));
        _agent.As(ApiKeyRole.Reader);
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(""));
    }

    private async Task<ClientWebSocket> ConnectAsync(string query)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", _agent.Http.DefaultRequestHeaders.Authorization!.ToString());
        var address = new UriBuilder(_agent.Http.BaseAddress!)
        {
            Scheme = "ws",
            Path = "/v3/events",
            Query = query,
        }.Uri;
        try
        {
            await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<JsonNode> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).Within("event");
        return JsonNode.Parse(buffer.AsSpan(0, received.Count))!;
    }
}
