// Watch sessions from request to end.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mumu.Hub.Tests.Hosting;
using Mumu.Signaling;

namespace Mumu.Hub.Tests.Sockets;

public sealed class WatchTests
{
    private static readonly object Offer = new { type = "offer", sdp = "v=0 offer" };
    private static readonly object Answer = new { type = "answer", sdp = "v=0 answer" };

    [Fact]
    public async Task Offer_answer_and_candidates_pass_unchanged_between_viewer_and_device()
    {
        await using Scene scene = await Scene.StartAsync(o => o with { IceServers = [new IceServer(["stun:stun.example"])] });
        await using SocketClient viewer = await scene.ViewerAsync();
        string request = await viewer.SendAsync("watch_request", new { device_id = "mumu-1", camera = "front" });
        JsonObject ready = await viewer.ExpectAsync("watch_ready");
        Assert.Equal(request, (string?)ready["request_id"]);
        string id = (string)ready["payload"]!["session_id"]!;
        Assert.True(Guid.TryParseExact(id, "D", out _));
        Assert.Equal(
            $"{{\"session_id\":\"{id}\",\"ice_servers\":[{{\"urls\":[\"stun:stun.example\"]}}]}}",
            ready["payload"]!.ToJsonString()
        );
        JsonObject toDevice = await scene.Socket.ExpectAsync("watch_request");
        Assert.Equal(
            $"{{\"session_id\":\"{id}\",\"user_id\":\"1\",\"ice_servers\":[{{\"urls\":[\"stun:stun.example\"]}}],\"camera\":\"front\"}}",
            toDevice["payload"]!.ToJsonString()
        );
        Assert.Equal("pending", await scene.Hub.QueryAsync<string>("SELECT status FROM watch_sessions"));

        await viewer.SendAsync(
            "signal_offer",
            new
            {
                session_id = id,
                sdp = Offer,
                extra = "kept",
            }
        );
        JsonObject offer = await scene.Socket.ExpectPayloadAsync("signal_offer");
        Assert.Equal(
            $"{{\"session_id\":\"{id}\",\"sdp\":{{\"type\":\"offer\",\"sdp\":\"v=0 offer\"}},\"extra\":\"kept\"}}",
            offer.ToJsonString()
        );
        await scene.Socket.SendAsync(
            "signal_answer",
            new
            {
                session_id = id,
                sdp = Answer,
                identity = new
                {
                    public_key = "k",
                    expires = 1,
                    signature = "s",
                },
            }
        );
        JsonObject answer = await viewer.ExpectPayloadAsync("signal_answer");
        Assert.Equal(("v=0 answer", "s"), ((string?)answer["sdp"]!["sdp"], (string?)answer["identity"]!["signature"]));

        object candidate = new
        {
            candidate = "candidate:1",
            sdpMid = "0",
            sdpMLineIndex = 0,
        };
        await viewer.SendAsync("signal_ice", new { session_id = id, candidate });
        Assert.Equal("candidate:1", (string?)(await scene.Socket.ExpectPayloadAsync("signal_ice"))["candidate"]!["candidate"]);
        await scene.Socket.SendAsync("signal_ice", new { session_id = id, candidate = (object?)null });
        Assert.Equal($"{{\"session_id\":\"{id}\",\"candidate\":null}}", (await viewer.ExpectPayloadAsync("signal_ice")).ToJsonString());
        await Eventually.IsAsync("active", () => scene.Hub.QueryAsync<string>("SELECT status FROM watch_sessions"));

        await viewer.SendAsync("end_watch", new { session_id = id });
        foreach (SocketClient end in new[] { viewer, scene.Socket })
        {
            Assert.Equal(
                $"{{\"session_id\":\"{id}\",\"reason\":\"user_ended\"}}",
                (await end.ExpectPayloadAsync("watch_ended")).ToJsonString()
            );
        }

        Assert.Equal("ended user_ended", await EndAsync(scene));
        await viewer.ExpectErrorAsync("Session not found", await viewer.SendAsync("end_watch", new { session_id = id }));
    }

    [Fact]
    public async Task Anothers_device_is_not_found_and_ones_own_may_be_offline()
    {
        await using Scene scene = await Scene.StartAsync();
        string eve = await scene.Hub.AddUserAsync("eve");
        await using SocketClient stranger = await SocketClient.ViewerAsync(scene.Hub, eve);
        foreach (string deviceId in new[] { "mumu-1", "nobody", "a b", new string('x', 500) })
        {
            await stranger.ExpectErrorAsync("Device not found", await stranger.SendAsync("watch_request", new { device_id = deviceId }));
        }

        await using SocketClient viewer = await scene.ViewerAsync();
        await scene.Socket.CloseAsync();
        await viewer.WaitForAsync("device_presence", presence => !(bool)presence["is_online"]!);
        await viewer.ExpectErrorAsync("Device is offline", await viewer.SendAsync("watch_request", new { device_id = "mumu-1" }));
        Assert.Equal(4, await scene.Hub.QueryAsync<long>("SELECT COUNT(*) FROM audit_log WHERE action = 'watch_refused'"));
        Assert.Equal(0, await scene.Hub.QueryAsync<long>("SELECT COUNT(*) FROM watch_sessions"));
    }

    [Fact]
    public async Task A_session_belongs_to_its_two_sockets_and_to_no_other()
    {
        await using Scene scene = await Scene.StartAsync();
        string eve = await scene.Hub.AddUserAsync("eve");
        using TestDevice other = await TestDevice.RegisteredAsync(scene.Hub, "mumu-2");
        await using SocketClient otherDevice = await other.ConnectAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        await using SocketClient sameUser = await scene.ViewerAsync();
        await using SocketClient stranger = await SocketClient.ViewerAsync(scene.Hub, eve);
        string id = await WatchAsync(scene, viewer);
        foreach (SocketClient thief in new[] { sameUser, stranger })
        {
            await thief.ExpectErrorAsync("Session not found", await thief.SendAsync("signal_offer", new { session_id = id, sdp = Offer }));
            await thief.ExpectErrorAsync(
                "Session not found",
                await thief.SendAsync("signal_ice", new { session_id = id, candidate = (object?)null })
            );
            await thief.ExpectErrorAsync("Session not found", await thief.SendAsync("end_watch", new { session_id = id }));
        }

        await otherDevice.ExpectErrorAsync(
            "Session not found",
            await otherDevice.SendAsync("signal_answer", new { session_id = id, sdp = Answer })
        );
        await otherDevice.ExpectErrorAsync("Session not found", await otherDevice.SendAsync("end_watch", new { session_id = id }));
        await viewer.ExpectErrorAsync("Session not found", await viewer.SendAsync("signal_offer", new { sdp = Offer }));
        await scene.Socket.ExpectQuietAsync();
        await viewer.ExpectQuietAsync();
    }

    [Fact]
    public async Task Two_tabs_watch_one_device_each_in_its_own_session()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient tab1 = await scene.ViewerAsync();
        await using SocketClient tab2 = await scene.ViewerAsync();
        string id1 = await WatchAsync(scene, tab1);
        string id2 = await WatchAsync(scene, tab2);
        await tab2.SendAsync("signal_offer", new { session_id = id2, sdp = Offer });
        Assert.Equal(id2, (string?)(await scene.Socket.ExpectPayloadAsync("signal_offer"))["session_id"]);
        await scene.Socket.SendAsync("signal_answer", new { session_id = id2, sdp = Answer });
        Assert.Equal(id2, (string?)(await tab2.ExpectPayloadAsync("signal_answer"))["session_id"]);
        await tab1.ExpectQuietAsync();
        await tab2.CloseAsync();
        Assert.Equal(
            $"{{\"session_id\":\"{id2}\",\"reason\":\"viewer_disconnected\"}}",
            (await scene.Socket.ExpectPayloadAsync("watch_ended")).ToJsonString()
        );
        await tab1.SendAsync("signal_offer", new { session_id = id1, sdp = Offer });
        Assert.Equal(id1, (string?)(await scene.Socket.ExpectPayloadAsync("signal_offer"))["session_id"]);
    }

    [Fact]
    public async Task A_viewer_that_vanishes_ends_its_session()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        await WatchAsync(scene, viewer);
        viewer.Abort();
        Assert.Equal("viewer_disconnected", (string?)(await scene.Socket.ExpectPayloadAsync("watch_ended"))["reason"]);
        await Eventually.IsAsync("ended viewer_disconnected", () => EndAsync(scene));
    }

    [Fact]
    public async Task A_device_that_vanishes_ends_its_sessions()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await WatchAsync(scene, viewer);
        scene.Socket.Abort();
        JsonObject ended = await viewer.WaitForAsync("watch_ended");
        Assert.Equal($"{{\"session_id\":\"{id}\",\"reason\":\"device_disconnected\"}}", ended.ToJsonString());
        await viewer.WaitForAsync("device_presence", presence => !(bool)presence["is_online"]!);
        Assert.Equal("ended device_disconnected", await EndAsync(scene));
    }

    [Fact]
    public async Task A_device_that_does_not_answer_in_thirty_seconds_ends_the_session()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await WatchAsync(scene, viewer);
        hub(scene).Time.Advance(TimeSpan.FromSeconds(25));
        await viewer.ExpectQuietAsync();
        hub(scene).Time.Advance(TimeSpan.FromSeconds(5));
        foreach (SocketClient end in new[] { viewer, scene.Socket })
        {
            JsonObject ended = await end.ExpectPayloadAsync("watch_ended");
            Assert.Equal((id, "timeout"), ((string?)ended["session_id"], (string?)ended["reason"]));
            Assert.Equal("The device did not answer in time.", (string?)ended["message"]);
        }

        Assert.Equal("ended timeout", await EndAsync(scene));

        static HubHost hub(Scene scene) => scene.Hub;
    }

    [Fact]
    public async Task An_answered_session_has_no_time_limit()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await WatchAsync(scene, viewer);
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
        string id = await WatchAsync(scene, viewer);
        await scene.Socket.SendAsync("end_watch", new { session_id = id, reason = "The camera's password is wrong." });
        JsonObject ended = await viewer.ExpectPayloadAsync("watch_ended");
        Assert.Equal(("error", "The camera's password is wrong."), ((string?)ended["reason"], (string?)ended["message"]));
        await Eventually.IsAsync("ended error", () => EndAsync(scene));
    }

    [Fact]
    public async Task Removing_a_device_ends_what_its_users_watch()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        await WatchAsync(scene, viewer);
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
        await WatchAsync(scene, viewer);
        await scene.Hub.PostAsync("/api/auth/logout", token: scene.Token);
        await viewer.ExpectCloseAsync(1008, "Invalid token");
        Assert.Equal("viewer_disconnected", (string?)(await scene.Socket.ExpectPayloadAsync("watch_ended"))["reason"]);
    }

    [Fact]
    public async Task Sessions_are_bounded()
    {
        await using Scene scene = await Scene.StartAsync(o => o with { Limits = new HubLimits { SessionsPerUser = 2 } });
        await using SocketClient viewer = await scene.ViewerAsync();
        await WatchAsync(scene, viewer);
        string second = await WatchAsync(scene, viewer);
        await viewer.ExpectErrorAsync(
            "Too many cameras are open. Close some and try again",
            await viewer.SendAsync("watch_request", new { device_id = "mumu-1" })
        );
        await viewer.SendAsync("end_watch", new { session_id = second });
        await viewer.ExpectAsync("watch_ended");
        await scene.Socket.ExpectAsync("watch_ended");
        await WatchAsync(scene, viewer);
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
    public async Task A_viewer_that_does_not_read_is_closed_and_nobody_waits_for_it()
    {
        await using Scene scene = await Scene.StartAsync(o =>
            o with
            {
                Limits = new HubLimits
                {
                    QueuedMessages = 8,
                    MessageBurst = 100_000,
                    MessagesPerSecond = 100_000,
                },
            }
        );
        await using SocketClient stuck = await scene.ViewerAsync();
        await using SocketClient lively = await scene.ViewerAsync();
        string id = await WatchAsync(scene, stuck);
        string livelyId = await WatchAsync(scene, lively);
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

    private static async Task<string> WatchAsync(Scene scene, SocketClient viewer)
    {
        await viewer.SendAsync("watch_request", new { device_id = "mumu-1" });
        string id = (string)(await viewer.ExpectPayloadAsync("watch_ready"))["session_id"]!;
        Assert.Equal(id, (string?)(await scene.Socket.ExpectPayloadAsync("watch_request"))["session_id"]);
        return id;
    }

    private static Task<string> EndAsync(Scene scene) =>
        scene.Hub.QueryAsync<string>("SELECT status || ' ' || COALESCE(ended_reason, '') FROM watch_sessions ORDER BY id DESC LIMIT 1");

    /// <summary>A hub, its user ada, and her connected device mumu-1.</summary>
    private sealed class Scene(HubHost hub, string token, TestDevice device, SocketClient socket) : IAsyncDisposable
    {
        public HubHost Hub { get; } = hub;
        public string Token { get; } = token;
        public SocketClient Socket { get; } = socket;

        public static async Task<Scene> StartAsync(Func<HubOptions, HubOptions>? configure = null)
        {
            HubHost hub = await HubHost.StartAsync(configure);
            string token = await hub.AddUserAsync("ada");
            TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
            await device.PairAsync(token);
            SocketClient socket = await device.ConnectAsync();
            // The first change of presence is written: tests that look at the next one see only theirs.
            await Eventually.IsAsync(true, async () => (bool)(await hub.GetAsync("/api/devices/mumu-1/status", token)).Json["is_online"]!);
            return new Scene(hub, token, device, socket);
        }

        public Task<SocketClient> ViewerAsync() => SocketClient.ViewerAsync(Hub, Token);

        public async ValueTask DisposeAsync()
        {
            await Socket.DisposeAsync();
            device.Dispose();
            await Hub.DisposeAsync();
        }
    }
}
