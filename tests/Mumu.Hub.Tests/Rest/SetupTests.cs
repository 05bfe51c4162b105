// The one-time set-up, and the local device's first owner.
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Rest;

public sealed class SetupTests
{
    [Fact]
    public async Task The_printed_token_makes_the_owner_once()
    {
        await using HubHost hub = await HubHost.StartAsync();
        Assert.Equal("""{"needed":true}""", (await hub.GetAsync("/api/setup")).Text);
        string token = (await hub.Administration.EnsureSetupTokenAsync())!;
        Reply wrong = await hub.PostAsync("/api/setup", Request("nonsense"));
        Assert.Equal(403, wrong.Status);
        Assert.StartsWith("This set-up link does not hold.", wrong.Detail, StringComparison.Ordinal);

        Reply done = await hub.PostAsync("/api/setup", Request(token));
        Assert.Equal(201, done.Status);
        Assert.Equal("access_token,token_type,expires_in,user", done.Names);
        Assert.Equal("owner", (string?)done.Json["user"]!["role"]);
        Assert.NotNull(done.Cookie);
        Assert.Equal("""{"needed":false}""", (await hub.GetAsync("/api/setup")).Text);
        Assert.Equal(409, (await hub.PostAsync("/api/setup", Request(token))).Status);
        Assert.Null(await hub.Administration.EnsureSetupTokenAsync());
        Assert.Equal(0, await hub.QueryAsync<long>("SELECT COUNT(*) FROM settings WHERE value LIKE '%' || @token || '%'", new { token }));
    }

    [Fact]
    public async Task A_bad_name_or_password_does_not_use_the_token_up()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string token = (await hub.Administration.EnsureSetupTokenAsync())!;
        Assert.Equal(422, (await hub.PostAsync("/api/setup", Request(token, password: "short"))).Status);
        Assert.Equal(201, (await hub.PostAsync("/api/setup", Request(token))).Status);
    }

    [Fact]
    public async Task A_newer_token_replaces_the_older_one()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string older = (await hub.Administration.EnsureSetupTokenAsync())!;
        string newer = (await hub.Administration.EnsureSetupTokenAsync())!;
        Assert.Equal(403, (await hub.PostAsync("/api/setup", Request(older))).Status);
        Assert.Equal(201, (await hub.PostAsync("/api/setup", Request(newer))).Status);
    }

    [Fact]
    public async Task Two_that_set_up_at_once_make_one_owner()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string token = (await hub.Administration.EnsureSetupTokenAsync())!;
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => hub.PostAsync("/api/setup", Request(token, $"owner{i}"))));
        Assert.Single(replies, reply => reply.Status == 201);
        Assert.Equal(1, await hub.QueryAsync<long>("SELECT COUNT(*) FROM users"));
    }

    [Fact]
    public async Task Guesses_of_the_token_are_limited()
    {
        await using HubHost hub = await HubHost.StartAsync();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(403, (await hub.PostAsync("/api/setup", Request("guess"))).Status);
        }

        Assert.Equal(429, (await hub.PostAsync("/api/setup", Request("guess"))).Status);
    }

    [Theory]
    [InlineData("name register owner")]
    [InlineData("name owner register")]
    [InlineData("register name owner")]
    [InlineData("register owner name")]
    [InlineData("owner register name")]
    [InlineData("owner name register")]
    public async Task The_first_owner_owns_the_local_device_whichever_comes_first(string order)
    {
        await using HubHost hub = await HubHost.StartAsync();
        using var device = new TestDevice(hub, "mumu-local");
        foreach (string step in order.Split(' '))
        {
            Task task = step switch
            {
                "name" => hub.Administration.SetLocalDeviceAsync(device.Id),
                "register" => device.RegisterAsync(),
                // As `mumu user add` does from a process of its own.
                _ => HubAdministration.Open(hub.Directory, hub.Time).AddUserAsync("ada", "correct horse", "owner"),
            };
            await task;
        }

        string token = await hub.Administration.IssueTokenAsync("ada", TimeSpan.FromHours(1));
        Reply devices = await hub.GetAsync("/api/devices", token);
        Assert.Equal("mumu-local", (string?)devices.Json[0]!["device_id"]);
        Assert.Equal("owner", (string?)devices.Json[0]!["role"]);
    }

    [Fact]
    public async Task Set_up_tells_the_connected_local_device_that_it_is_paired()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.Administration.SetLocalDeviceAsync("mumu-local");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-local");
        await using SocketClient socket = await device.ConnectAsync();
        string token = (await hub.Administration.EnsureSetupTokenAsync())!;
        Reply done = await hub.PostAsync("/api/setup", Request(token));
        Assert.Equal("""{"username":"ada","device_name":"Hall"}""", (await socket.ExpectPayloadAsync("paired")).ToJsonString());
        Assert.Single((await hub.GetAsync("/api/devices", (string)done.Json["access_token"]!)).Json.AsArray());
    }

    [Fact]
    public async Task An_owner_made_beside_the_running_hub_is_told_to_the_connected_local_device()
    {
        await using HubHost hub = await HubHost.StartAsync();
        await hub.Administration.SetLocalDeviceAsync("mumu-local");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-local");
        await using SocketClient socket = await device.ConnectAsync();
        await HubAdministration.Open(hub.Directory, hub.Time).AddUserAsync("ada", "correct horse", "owner");
        hub.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("ada", (string?)(await socket.ExpectPayloadAsync("paired"))["username"]);
        hub.Time.Advance(TimeSpan.FromSeconds(5));
        await socket.ExpectQuietAsync();
    }

    [Fact]
    public async Task An_owner_who_removes_the_local_device_does_not_get_it_back()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string token = await hub.AddUserAsync("ada", "owner");
        await hub.Administration.SetLocalDeviceAsync("mumu-local");
        using TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-local");
        Assert.Equal(204, (await hub.SendAsync(HttpMethod.Delete, "/api/devices/mumu-local", token: token)).Status);
        await hub.Administration.SetLocalDeviceAsync("mumu-local");
        await device.RegisterAsync();
        Assert.Equal("[]", (await hub.GetAsync("/api/devices", token)).Text);
    }

    [Fact]
    public async Task A_local_device_without_a_key_is_not_given_away()
    {
        await using HubHost hub = await HubHost.StartAsync();
        string token = await hub.AddUserAsync("ada", "owner");
        await hub.Administration.SetLocalDeviceAsync("mumu-local");
        await hub.PostAsync("/api/devices/register", new { device_id = "mumu-local" });
        Assert.Equal("[]", (await hub.GetAsync("/api/devices", token)).Text);
    }

    [Fact]
    public async Task The_terminal_is_told_in_words_what_cannot_be()
    {
        await using HubHost hub = await HubHost.StartAsync();
        HubAdministration administration = hub.Administration;
        await administration.AddUserAsync("ada", "correct horse", "owner");
        await Assert.ThrowsAsync<HubAdministrationException>(() => administration.AddUserAsync("Ada", "correct horse", "user"));
        await Assert.ThrowsAsync<HubAdministrationException>(() => administration.AddUserAsync("bob", "short", "user"));
        await Assert.ThrowsAsync<HubAdministrationException>(() => administration.AddUserAsync("bob", "correct horse", "king"));
        await Assert.ThrowsAsync<HubAdministrationException>(() => administration.IssueTokenAsync("bob", TimeSpan.FromHours(1)));
        Assert.Equal("ada", (await administration.ListUsersAsync()).Single().Username);
    }

    private static object Request(string token, string username = "ada", string password = "correct horse") =>
        new
        {
            setup_token = token,
            username,
            password,
        };
}
