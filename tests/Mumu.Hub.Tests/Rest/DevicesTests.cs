// Devices over REST.
using Mumu.Hub.Tests.Hosting;
using Mumu.Signaling;

namespace Mumu.Hub.Tests.Rest;

public sealed class DevicesTests
{
    [Fact]
    public async Task Registering_without_a_key_is_idempotent_as_existing_agents_expect()
    {
        await using HubHost hub = await HubHost.StartAsync();
        object request = new { device_id = "cam-1", device_name = "Door" };
        Reply first = await hub.PostAsync("/api/devices/register", request);
        Reply second = await hub.PostAsync("/api/devices/register", request);
        Assert.Equal((200, """{"device_id":"cam-1","message":"Device registered successfully"}"""), (first.Status, first.Text));
        Assert.Equal((200, """{"device_id":"cam-1","message":"Device already registered"}"""), (second.Status, second.Text));
    }

    [Theory]
    [InlineData("""{"device_name":"Door"}""")]
    [InlineData("""{"device_id":""}""")]
    [InlineData("""{"device_id":"a b"}""")]
    [InlineData("""{"device_id":"../x"}""")]
    [InlineData("""{"device_id":"x","device_type":"a b"}""")]
    [InlineData("""{"device_id":"x","device_name":"a\nb"}""")]
    public async Task Bad_ids_names_and_types_are_refused(string body)
    {
        await using HubHost hub = await HubHost.StartAsync();
        Assert.Equal(422, (await hub.PostAsync("/api/devices/register", body)).Status);
    }

    [Fact]
    public async Task An_id_is_bound_to_its_key_for_ever()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        using var other = new TestDevice(hub, "mumu-1");
        Assert.Equal(200, (await device.RegisterAsync()).Status);
        Reply stolen = await other.RegisterAsync();
        Assert.Equal((403, "This device id belongs to another key."), (stolen.Status, stolen.Detail));
        Reply keyless = await hub.PostAsync("/api/devices/register", new { device_id = "mumu-1" });
        Assert.Equal((403, "This device id belongs to a key, and the device must prove it."), (keyless.Status, keyless.Detail));
    }

    [Fact]
    public async Task A_key_counts_only_with_a_fresh_signature_over_this_id()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using var device = new TestDevice(hub, "mumu-1");
        Assert.Equal(403, (await device.RegisterAsync(device.Now - 301)).Status);
        Assert.Equal(403, (await device.RegisterAsync(device.Now + 301)).Status);
        Assert.Equal(403, (await device.RegisterAsync(long.MinValue)).Status);
        foreach (
            string? signature in new[]
            {
                null,
                "",
                "nonsense",
                "***",
                device.Sign(DeviceProof.RegisterText("mumu-2", device.PublicKey, device.Now)),
            }
        )
        {
            object request = new
            {
                device_id = "mumu-1",
                public_key = device.PublicKey,
                time = device.Now,
                signature,
            };
            Assert.Equal(403, (await hub.PostAsync("/api/devices/register", request)).Status);
        }

        foreach (string key in new[] { "", "AAAA", "***", new string('A', 1000) })
        {
            object request = new
            {
                device_id = "mumu-1",
                public_key = key,
                time = device.Now,
                signature = device.Sign("x"),
            };
            Assert.Equal(403, (await hub.PostAsync("/api/devices/register", request)).Status);
        }

        Assert.Equal(200, (await device.RegisterAsync(device.Now - 299)).Status);
    }

    [Fact]
    public async Task A_device_that_nobody_owns_yet_may_get_a_key_and_an_owned_one_may_not()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string token = await hub.AddUserAsync("ada");
        await hub.PostAsync("/api/devices/register", new { device_id = "free" });
        using var free = new TestDevice(hub, "free");
        Assert.Equal(200, (await free.RegisterAsync()).Status);

        await hub.PostAsync("/api/devices/register", new { device_id = "owned" });
        string code = (string)(await hub.PostAsync("/api/pairing/generate?device_id=owned")).Json["code"]!;
        await hub.PostAsync("/api/devices/pair", new { pairing_code = code }, token);
        using var owned = new TestDevice(hub, "owned");
        Reply refused = await owned.RegisterAsync();
        Assert.Equal(403, refused.Status);
        Assert.StartsWith("This device id is paired without a key.", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_has_the_fields_of_existing_clients_and_ours()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string token = await hub.AddUserAsync("ada");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await device.PairAsync(token);
        Reply list = await hub.GetAsync("/api/devices", token);
        string expected =
            """[{"id":1,"device_id":"mumu-1","device_name":"Hall","device_type":"camera","is_online":false,"last_seen":null,"""
            + $"\"verified\":true,\"allowed\":true,\"public_key\":\"{device.PublicKey}\",\"fingerprint\":\"{Fingerprint(device)}\","
            + "\"role\":\"owner\",\"room\":null,\"presence\":null}]";
        Assert.Equal((200, expected), (list.Status, list.Text));
        Assert.Equal(
            (401, "Not authenticated"),
            ((await hub.GetAsync("/api/devices")).Status, (await hub.GetAsync("/api/devices")).Detail)
        );
    }

    [Fact]
    public async Task Status_is_told_to_those_who_may_see_the_device()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        string bob = await hub.AddUserAsync("bob");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await device.PairAsync(ada);
        await using SocketClient socket = await device.ConnectAsync();
        await Eventually.IsAsync(
            """{"device_id":"mumu-1","is_online":true,"last_seen":"2026-05-04T12:00:00.000Z"}""",
            async () => (await hub.GetAsync("/api/devices/mumu-1/status", ada)).Text
        );
        Reply hidden = await hub.GetAsync("/api/devices/mumu-1/status", bob);
        Assert.Equal((404, "Device not found"), (hidden.Status, hidden.Detail));
        Assert.Equal(401, (await hub.GetAsync("/api/devices/mumu-1/status")).Status);
    }

    [Fact]
    public async Task The_owner_renames_a_device_and_a_viewer_does_not()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        string bob = await hub.AddUserAsync("bob");
        string eve = await hub.AddUserAsync("eve");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await device.PairAsync(ada);
        await device.PairAsync(bob);
        Reply renamed = await PatchAsync(hub, new { device_name = " Garden ", room = "Outside" }, ada);
        Assert.Equal(("Garden", "Outside"), ((string?)renamed.Json["device_name"], (string?)renamed.Json["room"]));
        Reply roomless = await PatchAsync(hub, new { room = "" }, ada);
        Assert.Equal(("Garden", null), ((string?)roomless.Json["device_name"], (string?)roomless.Json["room"]));
        Assert.Equal(403, (await PatchAsync(hub, new { device_name = "Mine" }, bob)).Status);
        Assert.Equal(404, (await PatchAsync(hub, new { device_name = "Mine" }, eve)).Status);
        Assert.Equal(422, (await PatchAsync(hub, new { device_name = "  " }, ada)).Status);
        Assert.Equal(422, (await PatchAsync(hub, new { room = new string('x', 101) }, ada)).Status);
    }

    [Fact]
    public async Task Removing_takes_it_from_a_viewer_alone_and_with_the_owner_from_everybody()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        string bob = await hub.AddUserAsync("bob");
        string cleo = await hub.AddUserAsync("cleo");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await device.PairAsync(ada);
        await device.PairAsync(bob);
        await device.PairAsync(cleo);
        Assert.Equal(204, (await hub.SendAsync(HttpMethod.Delete, "/api/devices/mumu-1", token: bob)).Status);
        Assert.Equal(404, (await hub.SendAsync(HttpMethod.Delete, "/api/devices/mumu-1", token: bob)).Status);
        Assert.Equal(200, (await hub.GetAsync("/api/devices/mumu-1/status", cleo)).Status);
        Assert.Equal(204, (await hub.SendAsync(HttpMethod.Delete, "/api/devices/mumu-1", token: ada)).Status);
        Assert.Equal(404, (await hub.GetAsync("/api/devices/mumu-1/status", cleo)).Status);
        await device.PairAsync(bob);
        Assert.Equal("owner", (string?)(await hub.GetAsync("/api/devices", bob)).Json[0]!["role"]);
    }

    [Fact]
    public async Task Health_and_root_are_as_existing_monitors_expect()
    {
        await using HubHost hub = await HubHost.StartAsync();
        Assert.Equal("""{"status":"healthy","timestamp":"2026-05-04T12:00:00.000Z"}""", (await hub.GetAsync("/health")).Text);
        Assert.Equal("""{"app":"MuMu Camera","version":"1.2.3","status":"running"}""", (await hub.GetAsync("/")).Text);
    }

    private static Task<Reply> PatchAsync(HubHost hub, object body, string token) =>
        hub.SendAsync(HttpMethod.Patch, "/api/devices/mumu-1", body, token);

    private static string Fingerprint(TestDevice device) =>
        DeviceProof.ShortFingerprint(System.Buffers.Text.Base64Url.DecodeFromChars(device.PublicKey));
}
