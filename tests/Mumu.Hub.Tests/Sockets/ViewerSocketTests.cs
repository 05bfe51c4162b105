// The viewer's WebSocket: who gets in, several tabs, the end of a sign-in.
using System.Text.Json.Nodes;
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Sockets;

public sealed class ViewerSocketTests
{
    [Theory]
    [InlineData("""{"type":"watch_request","payload":{"device_id":"x"}}""", "Expected hello message")]
    [InlineData("""{"type":"hello","payload":{}}""", "Missing token")]
    [InlineData("""{"type":"hello","payload":{"token":null}}""", "Missing token")]
    [InlineData("""{"type":"hello","payload":{"token":"nonsense"}}""", "Invalid token")]
    public async Task A_wrong_beginning_is_closed_with_the_reason(string first, string reason)
    {
        await using HubHost hub = await HubHost.StartAsync();
        await using SocketClient socket = await SocketClient.ConnectAsync(hub, "/ws/viewer");
        await socket.SendTextAsync(first);
        await socket.ExpectCloseAsync(1008, reason);
    }

    [Fact]
    public async Task Hello_is_acknowledged_with_the_users_id_as_text()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        await using SocketClient socket = await SocketClient.ConnectAsync(hub, "/ws/viewer");
        string id = await socket.SendAsync("hello", new { token = ada });
        JsonObject ack = await socket.ExpectAsync("hello_ack");
        Assert.Equal(id, (string?)ack["request_id"]);
        Assert.Equal("""{"user_id":"1","server_time":"2026-05-04T12:00:00.000Z"}""", ack["payload"]!.ToJsonString());
    }

    [Fact]
    public async Task An_expired_token_does_not_open_a_socket()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.Administration.AddUserAsync("ada", "correct horse", "user");
        string token = await hub.Administration.IssueTokenAsync("ada", TimeSpan.FromMinutes(1));
        hub.Time.Advance(TimeSpan.FromMinutes(1));
        await using SocketClient socket = await SocketClient.ConnectAsync(hub, "/ws/viewer");
        await socket.SendAsync("hello", new { token });
        await socket.ExpectCloseAsync(1008, "Invalid token");
    }

    [Fact]
    public async Task Logout_closes_the_sockets_of_that_sign_in_only()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.Administration.AddUserAsync("ada", "correct horse", "user");
        object login = new { username = "ada", password = "correct horse" };
        string here = (string)(await hub.PostAsync("/api/auth/login", login)).Json["access_token"]!;
        string there = (string)(await hub.PostAsync("/api/auth/login", login)).Json["access_token"]!;
        await using SocketClient closing = await SocketClient.ViewerAsync(hub, here);
        await using SocketClient staying = await SocketClient.ViewerAsync(hub, there);
        await hub.PostAsync("/api/auth/logout", token: here);
        await closing.ExpectCloseAsync(1008, "Invalid token");
        await staying.ExpectQuietAsync();
    }

    [Fact]
    public async Task A_user_has_many_tabs_and_not_endlessly_many()
    {
        await using HubHost hub = await HubHost.StartAsync(options => options with { Limits = new HubLimits { SocketsPerUser = 2 } });
        string ada = await hub.AddUserAsync("ada");
        await using SocketClient first = await SocketClient.ViewerAsync(hub, ada);
        SocketClient second = await SocketClient.ViewerAsync(hub, ada);
        await using SocketClient third = await SocketClient.ConnectAsync(hub, "/ws/viewer");
        await third.SendAsync("hello", new { token = ada });
        await third.ExpectCloseAsync(1008, "Too many connections of this user");
        await first.ExpectQuietAsync();
        await second.CloseAsync();
        await second.DisposeAsync();
        await Eventually.IsAsync(
            true,
            async () =>
            {
                await using SocketClient again = await SocketClient.ConnectAsync(hub, "/ws/viewer");
                await again.SendAsync("hello", new { token = ada });
                return await again.ReceiveAsync() is not null;
            }
        );
    }

    [Fact]
    public async Task Malformed_messages_get_an_error_and_repeated_a_close()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        await using SocketClient socket = await SocketClient.ViewerAsync(hub, ada);
        await socket.SendAsync("watch_request", new { });
        await socket.ExpectErrorAsync("watch_request needs a device_id", "r2");
        await socket.SendAsync("watch_request", new { device_id = "x", camera = "../.." });
        await socket.ExpectAsync("error");
        await socket.SendAsync("signal_offer", new { session_id = "x", sdp = new { type = "answer", sdp = "v=0" } });
        await socket.ExpectErrorAsync("signal_offer needs sdp with type \"offer\" and its text", "r4");
        await socket.SendAsync("signal_offer", new { session_id = "x", sdp = "v=0" });
        await socket.ExpectAsync("error");
        await socket.SendTextAsync("{");
        await socket.ExpectCloseAsync(1008, "Too many malformed messages");
    }

    [Fact]
    public async Task Messages_of_devices_are_not_a_viewers_to_send()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        await using SocketClient socket = await SocketClient.ViewerAsync(hub, ada);
        foreach (string type in new[] { "signal_answer", "device_presence", "pairing_request" })
        {
            await socket.ExpectErrorAsync("Unauthorized", await socket.SendAsync(type, new { }));
        }
    }

    [Fact]
    public async Task Plain_http_on_a_socket_address_is_refused_in_words()
    {
        await using HubHost hub = await HubHost.StartAsync();
        Reply reply = await hub.GetAsync("/ws/viewer");
        Assert.Equal((400, "This address speaks WebSocket only."), (reply.Status, reply.Detail));
    }
}
