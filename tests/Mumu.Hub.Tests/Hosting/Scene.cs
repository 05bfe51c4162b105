// A hub with a user and a connected device of hers.
namespace Mumu.Hub.Tests.Hosting;

/// <summary>A hub, its user ada, and her connected device mumu-1.</summary>
public sealed class Scene(HubHost hub, string token, TestDevice device, SocketClient socket) : IAsyncDisposable
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
        // Told to a viewer of its own: tests that look at the next change of presence see only theirs.
        await using SocketClient witness = await SocketClient.ViewerAsync(hub, token);
        SocketClient socket = await device.ConnectAsync();
        await witness.ExpectAsync("device_presence");
        return new Scene(hub, token, device, socket);
    }

    public Task<SocketClient> ViewerAsync(string? named = null) => SocketClient.ViewerAsync(Hub, Token, named);

    public async ValueTask DisposeAsync()
    {
        await Socket.DisposeAsync();
        device.Dispose();
        await Hub.DisposeAsync();
    }

    /// <summary>Begins a session on <see cref="Socket"/>.</summary>
    public async Task<string> WatchAsync(SocketClient viewer)
    {
        await viewer.SendAsync("watch_request", new { device_id = "mumu-1" });
        string id = (string)(await viewer.ExpectPayloadAsync("watch_ready"))["session_id"]!;
        Assert.Equal(id, (string?)(await Socket.ExpectPayloadAsync("watch_request"))["session_id"]);
        return id;
    }

    /// <summary>Status and reason of the newest session in the database.</summary>
    public Task<string> EndAsync() =>
        Hub.QueryAsync<string>("SELECT status || ' ' || COALESCE(ended_reason, '') FROM watch_sessions ORDER BY id DESC LIMIT 1");
}
