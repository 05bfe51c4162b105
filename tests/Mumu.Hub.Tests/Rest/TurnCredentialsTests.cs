// Who is given credentials for the relay.
using System.Text.Json.Nodes;
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Rest;

public sealed class TurnCredentialsTests
{
    private const string Path = "/api/turn-credentials";

    private static readonly Func<HubOptions, HubOptions> WithTurn = options =>
        options with
        {
            Turn = new TurnOptions("turn secret", ["turn:{host}:3478?transport=udp"]) { Lifetime = TimeSpan.FromHours(1) },
        };

    [Fact]
    public async Task A_user_with_a_device_gets_what_watch_ready_would_have()
    {
        await using Scene scene = await Scene.StartAsync(WithTurn);
        Reply reply = await scene.Hub.GetAsync(Path, scene.Token);
        Assert.Equal((200, "ice_servers,expires_in"), (reply.Status, reply.Names));
        Assert.Equal(3600, (int?)reply.Json["expires_in"]);
        JsonNode server = Assert.Single(reply.Json["ice_servers"]!.AsArray())!;
        Assert.Equal("""["turn:127.0.0.1:3478?transport=udp"]""", server["urls"]!.ToJsonString());
        long expiry = scene.Hub.Time.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        Assert.StartsWith($"{expiry}:viewer_1_", (string?)server["username"], StringComparison.Ordinal);
        Assert.Equal(28, ((string?)server["credential"])!.Length);
    }

    [Fact]
    public async Task Strangers_and_users_without_a_device_get_none()
    {
        await using HubHost hub = await HubHost.StartAsync(WithTurn);
        Assert.Equal(401, (await hub.GetAsync(Path)).Status);
        string token = await hub.AddUserAsync("eve");
        Reply refused = await hub.GetAsync(Path, token);
        Assert.Equal(403, refused.Status);
        Assert.StartsWith("The relay is for people who have a device here.", refused.Detail, StringComparison.Ordinal);
        TestDevice device = await TestDevice.RegisteredAsync(hub, "mumu-1");
        await device.PairAsync(token);
        Assert.Equal(200, (await hub.GetAsync(Path, token)).Status);
        device.Dispose();
    }

    [Fact]
    public async Task They_are_limited_by_user()
    {
        await using Scene scene = await Scene.StartAsync(o => WithTurn(o) with { Limits = new HubLimits { TurnCredentialsPerMinute = 2 } });
        Assert.Equal(200, (await scene.Hub.GetAsync(Path, scene.Token)).Status);
        Assert.Equal(200, (await scene.Hub.GetAsync(Path, scene.Token)).Status);
        Assert.Equal(429, (await scene.Hub.GetAsync(Path, scene.Token)).Status);
        scene.Hub.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await scene.Hub.GetAsync(Path, scene.Token)).Status);
    }
}
