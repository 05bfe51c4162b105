// Pairing codes over REST.
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Rest;

public sealed class PairingTests
{
    [Fact]
    public async Task A_code_is_six_digits_for_five_minutes()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.PostAsync("/api/devices/register", new { device_id = "cam-1" });
        Reply reply = await hub.PostAsync("/api/pairing/generate?device_id=cam-1");
        Assert.Equal(200, reply.Status);
        Assert.Equal("code,expires_at,ttl", reply.Names);
        Assert.Matches("^[0-9]{6}$", (string)reply.Json["code"]!);
        Assert.Equal(("2026-05-04T12:05:00.000Z", 300), ((string?)reply.Json["expires_at"], (int)reply.Json["ttl"]!));
        Reply unknown = await hub.PostAsync("/api/pairing/generate?device_id=cam-2");
        Assert.Equal((404, "Device not found"), (unknown.Status, unknown.Detail));
        Assert.Equal(404, (await hub.PostAsync("/api/pairing/generate")).Status);
    }

    [Fact]
    public async Task Pairing_gives_what_existing_clients_expect_and_the_key_to_pin()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        string code = await device.CodeAsync();
        Reply reply = await hub.PostAsync("/api/devices/pair", new { pairing_code = $"{code[..3]} {code[3..]}" }, ada);
        Assert.Equal(200, reply.Status);
        Assert.Equal("message,device", reply.Names);
        Assert.Equal("Device paired successfully", (string?)reply.Json["message"]);
        Assert.Equal(("mumu-1", "Hall"), ((string?)reply.Json["device"]!["device_id"], (string?)reply.Json["device"]!["device_name"]));
        Assert.Equal((true, device.PublicKey), ((bool)reply.Json["device"]!["verified"]!, (string?)reply.Json["device"]!["public_key"]));
        Assert.Equal("owner", (string?)reply.Json["device"]!["role"]);
    }

    [Fact]
    public async Task Wrong_expired_and_used_codes_are_told_apart()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        string used = await device.CodeAsync();
        Assert.Equal(200, (await PairAsync(hub, used, ada)).Status);
        string expired = await device.CodeAsync();
        hub.Time.Advance(TimeSpan.FromMinutes(5));
        string wrong = Enumerable.Range(0, 3).Select(i => $"00000{i}").First(code => code != used && code != expired);
        Assert.Equal("404 Invalid pairing code", await RefusalAsync(hub, wrong, ada));
        Assert.Equal("404 Pairing code has expired", await RefusalAsync(hub, expired, ada));
        Assert.Equal("404 Pairing code has already been used", await RefusalAsync(hub, used, ada));
        Assert.Equal("404 Invalid pairing code", await RefusalAsync(hub, "", ada));
        Assert.Equal("404 Invalid pairing code", await RefusalAsync(hub, new string('1', 500), ada));
    }

    [Fact]
    public async Task A_newer_code_replaces_the_older_one()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        string older = await device.CodeAsync();
        string newer = await device.CodeAsync();
        Assert.Equal("404 Pairing code has expired", await RefusalAsync(hub, older, ada));
        Assert.Equal(200, (await PairAsync(hub, newer, ada)).Status);
    }

    [Fact]
    public async Task Of_many_that_type_one_code_at_once_one_gets_the_device()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        var tokens = new List<string>();
        for (int i = 0; i < 5; i++)
        {
            tokens.Add(await hub.AddUserAsync($"user{i}"));
        }

        string code = await device.CodeAsync();
        Reply[] replies = await Task.WhenAll(tokens.Select(token => PairAsync(hub, code, token)));
        Assert.Single(replies, reply => reply.Status == 200);
        Assert.Equal(1, await hub.QueryAsync<long>("SELECT COUNT(*) FROM device_ownership"));
    }

    [Fact]
    public async Task Guessing_is_limited_by_user()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        string bob = await hub.AddUserAsync("bob");
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(404, (await PairAsync(hub, "123456", ada)).Status);
        }

        Reply limited = await PairAsync(hub, "123456", ada);
        Assert.Equal((429, "Too many pairing codes were tried. Try again in 5 minutes."), (limited.Status, limited.Detail));
        Assert.Equal(404, (await PairAsync(hub, "123456", bob)).Status);
        hub.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(404, (await PairAsync(hub, "123456", ada)).Status);
    }

    [Fact]
    public async Task Codes_are_limited_by_device()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.PostAsync("/api/devices/register", new { device_id = "cam-1" });
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(200, (await hub.PostAsync("/api/pairing/generate?device_id=cam-1")).Status);
        }

        Assert.Equal(429, (await hub.PostAsync("/api/pairing/generate?device_id=cam-1")).Status);
    }

    [Fact]
    public async Task A_device_named_like_an_address_does_not_use_up_what_that_address_may_ask()
    {
        await using HubHost hub = await HubHost.StartAsync();
        foreach (string id in new[] { "127.0.0.1", "cam-1", "cam-2", "cam-3" })
        {
            await hub.PostAsync("/api/devices/register", new { device_id = id });
        }

        for (int i = 0; i < 30; i++)
        {
            string id = i < 10 ? "127.0.0.1" : $"cam-{i / 10}";
            Assert.Equal(200, (await hub.PostAsync($"/api/pairing/generate?device_id={id}")).Status);
        }

        Assert.Equal(429, (await hub.PostAsync("/api/pairing/generate?device_id=cam-3")).Status);
    }

    [Fact]
    public async Task A_keyed_device_must_sign_for_its_code()
    {
        await using HubHost hub = await HubHost.StartAsync();
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        using var impostor = new TestDevice(hub, "mumu-1");
        Reply unsigned = await hub.PostAsync("/api/pairing/generate?device_id=mumu-1");
        Assert.Equal((403, "This device id belongs to a key, and the device must prove it."), (unsigned.Status, unsigned.Detail));
        Reply forged = await hub.SendAsync(
            HttpMethod.Post,
            "/api/pairing/generate?device_id=mumu-1",
            headers: [("X-Device-Time", $"{device.Now}"), ("X-Device-Signature", impostor.Sign("mumu-register-v1\nmumu-1"))]
        );
        Assert.Equal(403, forged.Status);
        Assert.Matches("^[0-9]{6}$", await device.CodeAsync());
    }

    [Fact]
    public async Task An_owned_device_without_a_key_gives_codes_to_its_owner_only()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        string eve = await hub.AddUserAsync("eve");
        await hub.PostAsync("/api/devices/register", new { device_id = "cam-1" });
        string code = (string)(await hub.PostAsync("/api/pairing/generate?device_id=cam-1")).Json["code"]!;
        Assert.Equal(200, (await PairAsync(hub, code, ada)).Status);
        Assert.Equal(403, (await hub.PostAsync("/api/pairing/generate?device_id=cam-1")).Status);
        Assert.Equal(403, (await hub.PostAsync("/api/pairing/generate?device_id=cam-1", token: eve)).Status);
        Assert.Equal(200, (await hub.PostAsync("/api/pairing/generate?device_id=cam-1", token: ada)).Status);
    }

    [Fact]
    public async Task The_token_of_old_clients_may_be_in_the_body()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        Reply paired = await hub.PostAsync("/api/devices/pair", new { pairing_code = await device.CodeAsync(), token = ada });
        Assert.Equal(200, paired.Status);
        Reply anonymous = await hub.PostAsync("/api/devices/pair", new { pairing_code = "123456" });
        Assert.Equal((401, "Not authenticated"), (anonymous.Status, anonymous.Detail));
        Reply forged = await hub.PostAsync("/api/devices/pair", new { pairing_code = "123456", token = "x" });
        Assert.Equal((401, "Invalid token"), (forged.Status, forged.Detail));
    }

    [Fact]
    public async Task A_later_user_with_a_fresh_code_becomes_a_viewer()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string ada = await hub.AddUserAsync("ada");
        string bob = await hub.AddUserAsync("bob");
        using TestDevice device = await TestDevice.RegisteredAsync(hub);
        await device.PairAsync(ada);
        Reply second = await PairAsync(hub, await device.CodeAsync(), bob);
        Assert.Equal("viewer", (string?)second.Json["device"]!["role"]);
        Reply again = await PairAsync(hub, await device.CodeAsync(), ada);
        Assert.Equal("owner", (string?)again.Json["device"]!["role"]);
    }

    private static Task<Reply> PairAsync(HubHost hub, string code, string token) =>
        hub.PostAsync("/api/devices/pair", new { pairing_code = code }, token);

    private static async Task<string> RefusalAsync(HubHost hub, string code, string token)
    {
        Reply reply = await PairAsync(hub, code, token);
        return $"{reply.Status} {reply.Detail}";
    }
}
