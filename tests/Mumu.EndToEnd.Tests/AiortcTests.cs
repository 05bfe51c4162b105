// Clients of the first generation on aiortc, written against the documented protocol only: a viewer, and a camera without a key.
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class AiortcTests(Browser browser, SharedInstallation shared, ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_viewer_on_aiortc_plays_the_simulator_through_the_hub()
    {
        var installation = shared.Installation;
        var agent = await installation.GetAsync("/api/agent", SharedInstallation.Owner);
        await using var viewer = ClientProgram.Start(
            "viewer.py",
            [$"{installation.WebSocketUrl}/ws/viewer", agent.GetProperty("device_id").GetString()!, "3"],
            await installation.TokenAsync(SharedInstallation.Owner)
        );
        var answered = await viewer.WaitForAsync("answered", Limit);
        Assert.True(answered.GetProperty("identity").GetBoolean());
        var first = await viewer.WaitForAsync("first_frame", Limit);
        Assert.Equal((1280, 720), (first.GetProperty("width").GetInt32(), first.GetProperty("height").GetInt32()));
        var watched = await viewer.WaitForAsync("watched", Limit);
        output.WriteLine(watched.ToString());
        Assert.Equal(0, watched.GetProperty("backwards").GetInt32());
        // aiortc decodes in Python, slower than the source on a small machine; what it shows must be in order and not stand still.
        Assert.True(watched.GetProperty("frames").GetInt32() > 20);
        Assert.True(watched.GetProperty("last").GetInt64() > watched.GetProperty("first").GetInt64() + 20);
        Assert.Equal(0, await viewer.WaitForEndAsync(Limit));
    }

    [Fact]
    public async Task A_device_without_a_key_plays_only_once_its_owner_allowed_it_and_is_marked()
    {
        const string device = "old-camera-1";
        var installation = shared.Installation;
        var (status, _) = await installation.SendAsync(HttpMethod.Post, "/api/devices/register", new { device_id = device });
        Assert.Equal(200, status);
        string[] arguments = [$"{installation.WebSocketUrl}/ws/device", device];
        await using (var refused = ClientProgram.Start("device.py", arguments))
        {
            var closed = await refused.WaitForAsync("closed", Limit);
            output.WriteLine(closed.ToString());
            Assert.Equal(1008, closed.GetProperty("code").GetInt32());
            Assert.NotEmpty(closed.GetProperty("reason").GetString()!);
        }

        await using var app = await CameraPage.SignInAsync(browser, installation.Url, SharedInstallation.Owner);
        await AllowAsync(app, installation, device);
        await using var camera = ClientProgram.Start("device.py", arguments);
        await camera.WaitForAsync("hello_ack", Limit);
        var tile = app.DeviceTile(device);
        await app.WaitForPictureAsync(tile, Limit);
        Assert.Equal("unverified device", (await tile.GetByTestId("tile-unverified").TextContentAsync())!.Trim());
        await Shots.TakeAsync(app.Page, "grid-unverified");
        (status, _) = await installation.SendAsync(HttpMethod.Delete, $"/api/devices/{device}", user: SharedInstallation.Owner);
        Assert.Equal(204, status);
    }

    private static async Task AllowAsync(CameraPage app, Installation installation, string device)
    {
        var (status, code) = await installation.SendAsync(HttpMethod.Post, $"/api/pairing/generate?device_id={device}");
        Assert.Equal(200, status);
        await app.By("nav-devices").ClickAsync();
        await app.By("pair-device").ClickAsync();
        await app.By("pairing-code").PressSequentiallyAsync(code.GetProperty("code").GetString()!);
        await app.By("keyless-allow").ClickAsync();
        await app.By("device-name").FillAsync("Old camera");
        await app.By("name-save").ClickAsync();
        await app.By("nav-live").ClickAsync();
    }
}
