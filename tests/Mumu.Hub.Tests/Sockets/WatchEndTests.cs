// How watch sessions end, their limits, and TURN credentials.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Sockets;

public sealed class WatchEndTests
{
    private static readonly object Answer = new { type = "answer", sdp = "v=0 answer" };

    [Fact]
    public async Task A_viewer_that_vanishes_ends_its_session()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        await scene.WatchAsync(viewer);
        viewer.Abort();
        Assert.Equal("viewer_disconnected", (string?)(await scene.Socket.ExpectPayloadAsync("watch_ended"))["reason"]);
        await Eventually.IsAsync("ended viewer_disconnected", () => scene.EndAsync());
    }

    [Fact]
    public async Task A_device_that_vanishes_ends_its_sessions()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await scene.WatchAsync(viewer);
        scene.Socket.Abort();
        JsonObject ended = await viewer.WaitForAsync("watch_ended");
        Assert.Equal($"{{\"session_id\":\"{id}\",\"reason\":\"device_disconnected\"}}", ended.ToJsonString());
        await viewer.WaitForAsync("device_presence", presence => !(bool)presence["is_online"]!);
        await Eventually.IsAsync("ended device_disconnected", () => scene.EndAsync());
    }

    [Fact]
    public async Task A_stop_of_the_hub_leaves_what_plays_between_its_clients()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        await scene.WatchAsync(viewer);
        Task stopped = scene.Hub.StopAsync();
        foreach (SocketClient end in new[] { scene.Socket, viewer })
        {
            while (await end.ReceiveAsync() is { } message)
            {
                Assert.NotEqual("watch_ended", (string?)message["type"]);
            }
        }

        await stopped;
    }

    [Fact]
    public async Task A_device_that_does_not_answer_in_thirty_seconds_ends_the_session()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await scene.WatchAsync(viewer);
        scene.Hub.Time.Advance(TimeSpan.FromSeconds(25));
        await viewer.ExpectQuietAsync();
        scene.Hub.Time.Advance(TimeSpan.FromSeconds(5));
        foreach (SocketClient end in new[] { viewer, scene.Socket })
        {
            JsonObject ended = await end.ExpectPayloadAsync("watch_ended");
            Assert.Equal((id, "timeout"), ((string?)ended["session_id"], (string?)ended["reason"]));
            Assert.Equal("The device did not answer in time.", (string?)ended["message"]);
        }

        await Eventually.IsAsync("ended timeout", () => scene.EndAsync());
    }

    [Fact]
    public async Task An_answered_session_has_no_time_limit()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await scene.WatchAsync(viewer);
        await scene.Socket.SendAsync("signal_answer", new { session_id = id, sdp = Answer });
        await viewer.ExpectAsync("signal_answer");
        for (int i = 0; i < 5; i++)
        {
            scene.Hub.Time.Advance(TimeSpan.FromSeconds(60));
            await viewer.ExpectQuietAsync();
            await scene.Socket.ExpectQuietAsync();
        }
    }

    [Fact]
    public async Task A_device_may_end_a_session_and_say_why()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await scene.WatchAsync(viewer);
        await scene.Socket.SendAsync("end_watch", new { session_id = id, reason = "The camera's password is wrong." });
        JsonObject ended = await viewer.ExpectPayloadAsync("watch_ended");
        Assert.Equal(("error", "The camera's password is wrong."), ((string?)ended["reason"], (string?)ended["message"]));
        await Eventually.IsAsync("ended error", () => scene.EndAsync());
    }

    [Fact]
    public async Task Removing_a_device_ends_what_its_users_watch()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        await scene.WatchAsync(viewer);
        await scene.Hub.SendAsync(HttpMethod.Delete, "/api/devices/mumu-1", token: scene.Token);
        JsonObject ended = await viewer.ExpectPayloadAsync("watch_ended");
        Assert.Equal("You can no longer see this device: it was removed.", (string?)ended["message"]);
        await viewer.ExpectErrorAsync("Device not found", await viewer.SendAsync("watch_request", new { device_id = "mumu-1" }));
    }

    [Fact]
    public async Task Logout_ends_what_the_user_watches()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        await scene.WatchAsync(viewer);
        await scene.Hub.PostAsync("/api/auth/logout", token: scene.Token);
        await viewer.ExpectCloseAsync(1008, "Invalid token");
        Assert.Equal("viewer_disconnected", (string?)(await scene.Socket.ExpectPayloadAsync("watch_ended"))["reason"]);
    }

    [Fact]
    public async Task Sessions_are_bounded()
    {
        await using Scene scene = await Scene.StartAsync(o => o with { Limits = new HubLimits { SessionsPerUser = 2 } });
        await using SocketClient viewer = await scene.ViewerAsync();
        await scene.WatchAsync(viewer);
        string second = await scene.WatchAsync(viewer);
        await viewer.ExpectErrorAsync(
            "Too many cameras are open. Close some and try again",
            await viewer.SendAsync("watch_request", new { device_id = "mumu-1" })
        );
        await viewer.SendAsync("end_watch", new { session_id = second });
        await viewer.ExpectAsync("watch_ended");
        await scene.Socket.ExpectAsync("watch_ended");
        await scene.WatchAsync(viewer);
    }

    [Fact]
    public async Task Each_end_gets_turn_credentials_of_its_own()
    {
        await using Scene scene = await Scene.StartAsync(o =>
            o with
            {
                Turn = new TurnOptions("turn secret", ["turn:turn.example:3478"]) { Lifetime = TimeSpan.FromHours(1) },
            }
        );
        await using SocketClient viewer = await scene.ViewerAsync();
        await viewer.SendAsync("watch_request", new { device_id = "mumu-1" });
        JsonObject ready = await viewer.ExpectPayloadAsync("watch_ready");
        JsonObject request = await scene.Socket.ExpectPayloadAsync("watch_request");
        long expiry = scene.Hub.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        Check(ready, $"{expiry}:viewer_1_{ready["session_id"]}");
        Check(request, $"{expiry}:device_mumu-1_{ready["session_id"]}");
        Assert.DoesNotContain("turn secret", scene.Hub.Log.Text, StringComparison.Ordinal);

        static void Check(JsonObject message, string username)
        {
            JsonNode server = message["ice_servers"]![0]!;
#pragma warning disable CA5350 // The scheme that TURN servers share.
            byte[] password = HMACSHA1.HashData(Encoding.UTF8.GetBytes("turn secret"), Encoding.UTF8.GetBytes(username));
#pragma warning restore CA5350
            Assert.Equal(username, (string?)server["username"]);
            Assert.Equal(Convert.ToBase64String(password), (string?)server["credential"]);
        }
    }

    [Fact]
    public async Task The_relay_of_the_same_program_is_named_by_the_host_through_which_each_end_came()
    {
        await using Scene scene = await Scene.StartAsync(o =>
            o with
            {
                Turn = new TurnOptions("turn secret", ["turn:{host}:3478?transport=udp"]) { StunUrls = ["stun:{host}:3478"] },
            }
        );
        await using SocketClient viewer = await scene.ViewerAsync("cameras.example:8080");
        await viewer.SendAsync("watch_request", new { device_id = "mumu-1" });
        JsonNode servers = (await viewer.ExpectPayloadAsync("watch_ready"))["ice_servers"]!;
        Assert.Equal("""["stun:cameras.example:3478"]""", servers[0]!["urls"]!.ToJsonString());
        Assert.Equal("""["turn:cameras.example:3478?transport=udp"]""", servers[1]!["urls"]!.ToJsonString());
        JsonNode device = Assert.Single((await scene.Socket.ExpectPayloadAsync("watch_request"))["ice_servers"]!.AsArray())!;
        Assert.Equal("""["turn:127.0.0.1:3478?transport=udp"]""", device["urls"]!.ToJsonString());
    }

    [Fact]
    public async Task A_viewer_that_does_not_read_is_closed_and_nobody_waits_for_it()
    {
        await using Scene scene = await Scene.StartAsync(o =>
            o with
            {
                Limits = new HubLimits { QueuedBytes = 512 * 1024, DeviceRate = new SocketRate(100_000, 100_000) },
            }
        );
        await using SocketClient stuck = await scene.ViewerAsync();
        await using SocketClient lively = await scene.ViewerAsync();
        string id = await scene.WatchAsync(stuck);
        string livelyId = await scene.WatchAsync(lively);
        object candidate = new
        {
            candidate = new string('c', 60_000),
            sdpMid = "0",
            sdpMLineIndex = 0,
        };

        // The kernel's buffers take the first megabytes; then the queue fills and the socket goes.
        Task<JsonObject> ended = scene.Socket.WaitForAsync("watch_ended");
        for (int i = 0; i < 2000 && !ended.IsCompleted; i++)
        {
            await scene.Socket.SendAsync("signal_ice", new { session_id = id, candidate });
        }

        Assert.Equal("viewer_disconnected", (string?)(await ended)["reason"]);
        await scene.Socket.SendAsync("signal_answer", new { session_id = livelyId, sdp = Answer });
        await lively.ExpectAsync("signal_answer");
    }

    [Fact]
    public async Task A_viewer_that_floods_a_device_is_refused_and_the_device_stays()
    {
        await using Scene scene = await Scene.StartAsync(o =>
            o with
            {
                Limits = new HubLimits { QueuedBytes = 512 * 1024, ViewerRate = new SocketRate(100_000, 100_000) },
            }
        );
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await scene.WatchAsync(viewer);
        object candidate = new { candidate = new string('c', 60_000) };

        // The device does not read: the kernel's buffers take the first megabytes, then the queue fills.
        Task<JsonObject> refused = viewer.WaitForAsync("error");
        for (int i = 0; i < 2000 && !refused.IsCompleted; i++)
        {
            await viewer.SendAsync("signal_ice", new { session_id = id, candidate });
        }

        Assert.Equal("The other side does not take messages that fast", (string?)(await refused)["message"]);
        await viewer.SendAsync("end_watch", new { session_id = id });
        await scene.Socket.WaitForAsync("watch_ended");
    }
}
