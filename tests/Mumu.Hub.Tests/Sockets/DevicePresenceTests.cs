// What a connected device tells and hears: heartbeats, presence, its pairing code.
using System.Text.Json.Nodes;
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Sockets;

public sealed class DevicePresenceTests
{
    [Fact]
    public async Task Heartbeats_keep_a_socket_and_ninety_seconds_of_silence_close_it()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await device.PairAsync(ada);
        await using SocketClient socket = await device.ConnectAsync();
        for (int i = 0; i < 4; i++)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(60));
            await socket.ExpectQuietAsync();
        }

        Assert.Equal("2026-05-04T12:04:00.000Z", (string?)(await hub.GetAsync("/api/devices/mumu-1/status", ada)).Json["last_seen"]);
        hub.Time.Advance(TimeSpan.FromSeconds(90));
        await socket.ExpectCloseAsync(1001, "Heartbeat timeout");
        await Eventually.IsAsync(false, async () => (bool)(await hub.GetAsync("/api/devices/mumu-1/status", ada)).Json["is_online"]!);
    }

    [Fact]
    public async Task Presence_reaches_every_tab_of_those_who_may_see_the_device()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        string eve = await hub.AddUserAsync("eve");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await device.PairAsync(ada);
        await using SocketClient tab1 = await SocketClient.ViewerAsync(hub, ada);
        await using SocketClient tab2 = await SocketClient.ViewerAsync(hub, ada);
        await using SocketClient stranger = await SocketClient.ViewerAsync(hub, eve);
        SocketClient socket = await device.ConnectAsync();
        foreach (SocketClient tab in new[] { tab1, tab2 })
        {
            Assert.Equal(
                """{"device_id":"mumu-1","is_online":true,"last_seen":"2026-05-04T12:00:00.000Z","presence":null}""",
                (await tab.ExpectPayloadAsync("device_presence")).ToJsonString()
            );
        }

        await socket.SendAsync("device_presence", new { battery = 80, recording = false });
        foreach (SocketClient tab in new[] { tab1, tab2 })
        {
            Assert.Equal(
                """{"battery":80,"recording":false}""",
                (await tab.ExpectPayloadAsync("device_presence"))["presence"]!.ToJsonString()
            );
        }

        Assert.Equal(80, (int)(await hub.GetAsync("/api/devices", ada)).Json[0]!["presence"]!["battery"]!);
        await socket.CloseAsync();
        foreach (SocketClient tab in new[] { tab1, tab2 })
        {
            Assert.False((bool)(await tab.ExpectPayloadAsync("device_presence"))["is_online"]!);
        }

        await stranger.ExpectQuietAsync();
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task Presence_is_an_object_of_at_most_four_KiB()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        await using SocketClient socket = await device.ConnectAsync();
        string large = await socket.SendAsync("device_presence", new { text = new string('x', 4096) });
        await socket.ExpectErrorAsync("The presence is too large: at most 4096 bytes", large);
        string list = await socket.SendAsync("device_presence", new[] { 1 });
        await socket.ExpectErrorAsync("The payload of \"device_presence\" is malformed", list);
    }

    [Fact]
    public async Task A_proven_device_gets_its_code_by_socket_and_hears_who_typed_it()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await using SocketClient socket = await device.ConnectAsync();
        string id = await socket.SendAsync("pairing_request", new { });
        JsonObject message = await socket.ExpectAsync("pairing_code");
        Assert.Equal(id, (string?)message["request_id"]);
        Assert.Equal(300, (int)message["payload"]!["ttl"]!);
        await hub.PostAsync("/api/devices/pair", new { pairing_code = (string?)message["payload"]!["code"] }, ada);
        Assert.Equal("""{"username":"ada","device_name":"Hall"}""", (await socket.ExpectPayloadAsync("paired")).ToJsonString());
    }
}
