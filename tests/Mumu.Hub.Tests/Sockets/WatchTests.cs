// Watch sessions from request to end.
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

        await Eventually.IsAsync("ended user_ended", () => scene.EndAsync());
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
        string id = await scene.WatchAsync(viewer);
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
        string id1 = await scene.WatchAsync(tab1);
        string id2 = await scene.WatchAsync(tab2);
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
    public async Task Half_a_surrogate_pair_is_malformed_wherever_it_stands()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await scene.WatchAsync(viewer);
        await scene.Socket.SendTextAsync("""{"type":"device_presence","payload":{"a":"\ud800"}}""");
        await scene.Socket.ExpectAsync("error");
        await viewer.SendTextAsync($"{{\"type\":\"signal_ice\",\"payload\":{{\"session_id\":\"{id}\",\"candidate\":null,\"\\udc00\":1}}}}");
        await viewer.ExpectAsync("error");
        await viewer.SendTextAsync("""{"type":"watch_request","payload":{"device_id":"\ud800"}}""");
        await viewer.ExpectAsync("error");
        Assert.Equal(200, (await scene.Hub.GetAsync("/api/devices", scene.Token)).Status);
        await scene.Socket.ExpectQuietAsync();
        await viewer.ExpectQuietAsync();
        Assert.DoesNotContain("failed", scene.Hub.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_outgrows_the_limit_on_its_way_is_refused_and_the_device_never_sees_it()
    {
        await using Scene scene = await Scene.StartAsync();
        await using SocketClient viewer = await scene.ViewerAsync();
        string id = await scene.WatchAsync(viewer);
        string start = $"{{\"type\":\"signal_ice\",\"payload\":{{\"session_id\":\"{id}\",\"candidate\":{{\"candidate\":\"";
        foreach (string filling in new[] { new string('x', Envelope.MaxBytes - start.Length - 4), new string('\u007f', 20_000) })
        {
            await viewer.SendTextAsync($"{start}{filling}\"}}}}}}");
            await viewer.ExpectErrorAsync("The message is too large to be passed on");
        }

        await scene.Socket.ExpectQuietAsync();
    }
}
