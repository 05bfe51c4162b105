// The device's WebSocket: who gets in, what it may say, when it is closed.
using System.Text.Json.Nodes;
using Mumu.Hub.Tests.Hosting;
using Mumu.Signaling;

namespace Mumu.Hub.Tests.Sockets;

public sealed class DeviceSocketTests
{
    [Theory]
    [InlineData("""{"type":"heartbeat","payload":{}}""", "Expected hello message")]
    [InlineData("nonsense", "Expected hello message")]
    [InlineData("[]", "Expected hello message")]
    [InlineData("null", "Expected hello message")]
    [InlineData("""{"payload":{"device_id":"x"}}""", "Expected hello message")]
    [InlineData("""{"type":"hello"}""", "Missing device_id")]
    [InlineData("""{"type":"hello","payload":{}}""", "Missing device_id")]
    [InlineData("""{"type":"hello","payload":{"device_id":""}}""", "Missing device_id")]
    [InlineData("""{"type":"hello","payload":{"device_id":7}}""", "Missing device_id")]
    [InlineData("""{"type":"hello","payload":{"device_id":"nobody"}}""", "Device not found")]
    [InlineData("""{"type":"hello","payload":{"device_id":"a b"}}""", "Device not found")]
    public async Task A_wrong_beginning_is_closed_with_the_reason(string first, string reason)
    {
        await using HubHost hub = await HubHost.StartAsync();
        await using SocketClient socket = await SocketClient.ConnectAsync(hub, "/ws/device");
        await socket.SendTextAsync(first);
        await socket.ExpectCloseAsync(1008, reason);
    }

    [Fact]
    public async Task A_socket_that_says_nothing_is_closed()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await using SocketClient socket = await SocketClient.ConnectAsync(hub, "/ws/device");
        hub.Time.Advance(TimeSpan.FromSeconds(10));
        await socket.ExpectCloseAsync(1008, "Expected hello message");
    }

    [Fact]
    public async Task A_challenged_socket_that_says_no_more_is_closed()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await using SocketClient socket = await SocketClient.ConnectAsync(hub, "/ws/device");
        await socket.SendAsync("hello", new { device_id = "mumu-1" });
        await socket.ExpectAsync("challenge");
        hub.Time.Advance(TimeSpan.FromSeconds(10));
        await socket.ExpectCloseAsync(1008, "Expected hello message");
    }

    [Fact]
    public async Task A_device_proves_its_key_and_is_acknowledged()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await using SocketClient socket = await SocketClient.ConnectAsync(hub, "/ws/device");
        string first = await socket.SendAsync("hello", new { device_id = "mumu-1" });
        JsonObject challenge = await socket.ExpectAsync("challenge");
        Assert.Equal(first, (string?)challenge["request_id"]);
        string nonce = (string)challenge["payload"]!["nonce"]!;
        Assert.Equal(43, nonce.Length);
        string second = await socket.SendAsync(
            "hello",
            new { device_id = "mumu-1", proof = device.Sign(DeviceProof.HelloText("mumu-1", nonce)) }
        );
        JsonObject ack = await socket.ExpectAsync("hello_ack");
        Assert.Equal(second, (string?)ack["request_id"]);
        Assert.Equal("""{"device_id":"mumu-1","server_time":"2026-05-04T12:00:00.000Z","paired":false}""", ack["payload"]!.ToJsonString());
        Assert.Equal("2026-05-04T12:00:00.000Z", (string?)ack["ts"]);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("nonsense")]
    [InlineData("other key")]
    [InlineData("old nonce")]
    [InlineData("other id")]
    public async Task Without_the_key_nobody_gets_in_and_the_real_device_stays(string kind)
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        using TestDevice another = await TestDevice.RegisteredAsync(hub, "mumu-2");
        await using SocketClient real = await device.ConnectAsync();

        await using SocketClient impostor = await SocketClient.ConnectAsync(hub, "/ws/device");
        await impostor.SendAsync("hello", new { device_id = "mumu-1" });
        string nonce = (string)(await impostor.ExpectPayloadAsync("challenge"))["nonce"]!;
        object hello = kind switch
        {
            "none" => new { device_id = "mumu-1" },
            "nonsense" => new { device_id = "mumu-1", proof = "AAAA" },
            "other key" => new { device_id = "mumu-1", proof = another.Sign(DeviceProof.HelloText("mumu-1", nonce)) },
            "old nonce" => new { device_id = "mumu-1", proof = device.Sign(DeviceProof.HelloText("mumu-1", "yesterday")) },
            _ => new { device_id = "mumu-2", proof = another.Sign(DeviceProof.HelloText("mumu-2", nonce)) },
        };
        await impostor.SendAsync("hello", hello);
        await impostor.ExpectCloseAsync(1008, "Invalid proof");
        await real.ExpectQuietAsync();
        Assert.Equal(1, await hub.QueryAsync<long>("SELECT COUNT(*) FROM audit_log WHERE action = 'device_refused'"));
    }

    [Fact]
    public async Task A_new_proven_socket_replaces_the_old_one()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await device.PairAsync(ada);
        await using SocketClient old = await device.ConnectAsync();
        await using SocketClient young = await device.ConnectAsync();
        await old.ExpectCloseAsync(1000, "replaced");
        await young.ExpectQuietAsync();
        await Eventually.IsAsync(true, async () => (bool)(await hub.GetAsync("/api/devices/mumu-1/status", ada)).Json["is_online"]!);
    }

    [Fact]
    public async Task A_device_without_a_key_needs_its_owners_leave_and_is_shown_unverified()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        await hub.PostAsync("/api/devices/register", new { device_id = "cam-1" });
        const string Refusal = "This device has no key and its owner does not allow it";
        Assert.Equal((1008, Refusal), await RefusedAsync(hub));

        string code = (string)(await hub.PostAsync("/api/pairing/generate?device_id=cam-1")).Json["code"]!;
        Reply paired = await hub.PostAsync("/api/devices/pair", new { pairing_code = code }, ada);
        Assert.Equal((false, false), ((bool)paired.Json["device"]!["verified"]!, (bool)paired.Json["device"]!["allowed"]!));
        Assert.Equal((1008, Refusal), await RefusedAsync(hub));

        await hub.SendAsync(HttpMethod.Patch, "/api/devices/cam-1", new { allow_unverified = true }, ada);
        await using SocketClient socket = await KeylessAsync(hub);
        await Eventually.IsAsync(
            "False True True",
            async () =>
            {
                JsonNode shown = (await hub.GetAsync("/api/devices", ada)).Json[0]!;
                return $"{(bool)shown["verified"]!} {(bool)shown["allowed"]!} {(bool)shown["is_online"]!}";
            }
        );

        await hub.SendAsync(HttpMethod.Patch, "/api/devices/cam-1", new { allow_unverified = false }, ada);
        await socket.ExpectCloseAsync(1008, Refusal);
    }

    [Fact]
    public async Task An_unproven_socket_takes_over_only_from_a_silent_one()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        await hub.PostAsync("/api/devices/register", new { device_id = "cam-1" });
        string code = (string)(await hub.PostAsync("/api/pairing/generate?device_id=cam-1")).Json["code"]!;
        await hub.PostAsync("/api/devices/pair", new { pairing_code = code, allow_unverified = true }, ada);
        await using SocketClient real = await KeylessAsync(hub);
        Assert.Equal((1008, "Device is already connected"), await RefusedAsync(hub));
        await real.ExpectQuietAsync();
        hub.Time.Advance(TimeSpan.FromSeconds(45));
        await using SocketClient back = await KeylessAsync(hub);
        await real.ExpectCloseAsync(1000, "replaced");
        await back.ExpectQuietAsync();
    }

    [Fact]
    public async Task Malformed_messages_get_an_error_and_repeated_a_close()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        await using SocketClient socket = await device.ConnectAsync();
        await socket.SendTextAsync("nonsense");
        await socket.ExpectErrorAsync("The message is malformed: a JSON object with type and payload is expected");
        await socket.SendBinaryAsync([1, 2, 3]);
        await socket.ExpectErrorAsync("The message is malformed: a JSON object with type and payload is expected");
        string id = await socket.SendAsync("signal_answer", new { session_id = 5 });
        await socket.ExpectErrorAsync("The payload of \"signal_answer\" is malformed", id);
        await socket.ExpectQuietAsync();
        await socket.SendTextAsync(string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100));
        await socket.ExpectAsync("error");
        await socket.SendTextAsync("{\"type\":\"heartbeat\",\"request_id\":\"" + new string('x', 129) + "\"}");
        await socket.ExpectCloseAsync(1008, "Too many malformed messages");
    }

    [Fact]
    public async Task Unknown_types_get_an_error_and_nothing_worse()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        await using SocketClient socket = await device.ConnectAsync();
        for (int i = 0; i < 10; i++)
        {
            await socket.ExpectErrorAsync("Unknown message type", await socket.SendAsync("future", new { }));
        }

        await socket.ExpectErrorAsync("Unauthorized", await socket.SendAsync("watch_request", new { device_id = "x" }));
        await socket.ExpectQuietAsync();
    }

    [Fact]
    public async Task Junk_of_every_kind_never_ends_the_hub()
    {
        await using HubHost hub = await HubHost.StartAsync(o =>
            o with
            {
                Limits = new HubLimits { MalformedMessages = int.MaxValue, DeviceRate = new SocketRate(10_000, 10_000) },
            }
        );
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        await using SocketClient socket = await device.ConnectAsync();
        var random = new Random(3);
        string valid =
            """{"type":"signal_ice","request_id":"1","payload":{"session_id":"a","candidate":{"candidate":"c","sdpMid":"0","sdpMLineIndex":0}}}""";
        for (int i = 0; i < valid.Length; i++)
        {
            await socket.SendTextAsync(valid[..i]);
            char[] mutated = valid.ToCharArray();
            mutated[i] = (char)random.Next(32, 127);
            await socket.SendTextAsync(new string(mutated));
            await socket.ExpectAsync("error");
            await socket.ReceiveAsync();
        }

        await socket.ExpectQuietAsync();
        Assert.DoesNotContain("Error A DeviceSession failed", hub.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_beyond_64_KiB_closes_the_socket()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        await using SocketClient socket = await device.ConnectAsync();
        await socket.SendTextAsync(new string('x', 64 * 1024 + 1));
        await socket.ExpectCloseAsync(1009, "A message is at most 65536 bytes");
    }

    [Fact]
    public async Task A_flood_closes_the_socket()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        await using SocketClient socket = await device.ConnectAsync();
        for (int i = 0; i < 2001; i++)
        {
            await socket.SendAsync("heartbeat", new { });
        }

        await socket.ExpectCloseAsync(1008, "Too many messages");
    }

    [Fact]
    public async Task A_stop_closes_sockets_at_once()
    {
        HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        await using SocketClient socket = await device.ConnectAsync();
        Task closed = socket.ExpectCloseAsync(1001, "The hub is stopping");
        await hub.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await closed;
    }

    private static async Task<SocketClient> KeylessAsync(HubHost hub)
    {
        SocketClient socket = await SocketClient.ConnectAsync(hub, "/ws/device");
        await socket.SendAsync("hello", new { device_id = "cam-1" });
        await socket.ExpectAsync("hello_ack");
        return socket;
    }

    private static async Task<(int Code, string Reason)> RefusedAsync(HubHost hub)
    {
        await using SocketClient socket = await SocketClient.ConnectAsync(hub, "/ws/device");
        await socket.SendAsync("hello", new { device_id = "cam-1" });
        Assert.Null(await socket.ReceiveAsync());
        return socket.Closed;
    }
}
