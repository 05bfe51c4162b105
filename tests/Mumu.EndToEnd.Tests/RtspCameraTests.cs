// A real camera beside the simulator: from the command line, and from the web page after some mistakes.
using Microsoft.Playwright;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class RtspCameraTests(Browser browser)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Cameras_of_the_command_line_and_of_the_web_page_play_beside_the_simulator()
    {
        await using var camera = await RtspCamera.StartAsync();
        await using var installation = await Installation.StartAsync("up", "--camera", $"front={camera.AddressWithPassword}");
        await installation.AddUserAsync("ada", "owner");
        await using var app = await CameraPage.SignInAsync(browser, installation.Url, "ada");
        await app.WaitForPictureAsync(app.Tile("front"), Limit);
        await app.WaitForPictureAsync(app.Tile("simulator"), Limit);

        await app.By("add-camera").First.ClickAsync();
        await app.By("camera-name").FillAsync("Garden gate");
        await app.By("camera-user").FillAsync(RtspCamera.User);
        await ProbeAsync(app, camera.Address, "not it", "wrong_password", "assword");
        await ProbeAsync(app, "rtsp://no-such-camera.invalid/live", RtspCamera.Password, "no_such_host", "no-such-camera.invalid");
        await ProbeAsync(app, "rtsp://127.0.0.1:9/live", RtspCamera.Password, "unreachable", "127.0.0.1:9");
        await ProbeAsync(app, camera.Address + "/nowhere", RtspCamera.Password, "not_found", "");
        await Shots.TakeAsync(app.Page, "add-camera");

        await app.By("camera-url").FillAsync(camera.Address);
        await app.By("camera-save").ClickAsync();
        await app.By("add-camera-sheet").WaitForAsync(new() { State = WaitForSelectorState.Detached, Timeout = 30_000 });
        await app.WaitForPictureAsync(app.Tile("garden-gate"), Limit);
        await app.WaitForPictureAsync(app.Tile("simulator"), Limit);
        // Once it plays, its size is known and its tile takes its shape: 640 × 480.
        await Eventually.IsTrueAsync(
            async () => await app.Tile("garden-gate").BoundingBoxAsync() is { } box && Math.Abs(box.Width / box.Height - 4.0 / 3) < 0.02,
            Limit,
            "the tile to take the picture's shape"
        );
        await Shots.TakeAsync(app.Page, "grid-rtsp");
        Assert.DoesNotContain(RtspCamera.Password, installation.Program.Output, StringComparison.Ordinal);
        var listed = await installation.GetAsync("/api/agent/cameras", "ada");
        Assert.DoesNotContain(RtspCamera.Password, listed.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opus")]
    [InlineData("pcmu")]
    [InlineData("pcma")]
    public async Task The_sound_of_a_camera_is_heard(string format)
    {
        await using var camera = await RtspCamera.StartAsync("--audio", format);
        await using var installation = await Installation.StartAsync("up", "--camera", $"front={camera.AddressWithPassword}");
        await installation.AddUserAsync("ada", "owner");
        await using var app = await CameraPage.SignInAsync(browser, installation.Url, "ada");
        await app.WaitForPictureAsync(app.Tile("front"), Limit);
        await app.Tile("front").ClickAsync();
        await app.Page.GetByTestId("viewer").WaitForAsync();
        await app.Page.Keyboard.PressAsync("m");
        await Eventually.IsTrueAsync(
            async () => await app.Page.EvaluateAsync<bool>("probe.sound().then(s => s.packets > 50 && s.energy > 0.01)"),
            Limit,
            "a second of sound"
        );
    }

    [Fact]
    public async Task A_camera_whose_format_browsers_do_not_play_says_so()
    {
        await using var camera = await RtspCamera.StartAsync("--video", "h265");
        await using var installation = await Installation.StartAsync("up", "--camera", $"front={camera.AddressWithPassword}");
        await installation.AddUserAsync("ada", "owner");
        await using var app = await CameraPage.SignInAsync(browser, installation.Url, "ada");
        await app.Tile("front").GetByTestId("failure").GetByText("H265").First.WaitForAsync(new() { Timeout = 60_000 });

        await app.By("add-camera").First.ClickAsync();
        await app.By("camera-name").FillAsync("Garden gate");
        await app.By("camera-user").FillAsync(RtspCamera.User);
        await app.By("camera-url").FillAsync(camera.Address);
        await app.By("camera-password").FillAsync(RtspCamera.Password);
        await app.Page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        var result = app.By("probe-result");
        await result.WaitForAsync(new() { Timeout = 30_000 });
        Assert.Contains("H.265", await result.TextContentAsync());
        Assert.Equal("false", await result.GetAttributeAsync("data-ok"));
    }

    private static async Task ProbeAsync(CameraPage app, string address, string password, string code, string word)
    {
        await app.By("camera-url").FillAsync(address);
        await app.By("camera-password").FillAsync(password);
        // The button is called "Test" either way; after a failed try it is the form's own.
        await app.Page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        var result = app.Page.Locator($"[data-testid=probe-result][data-code='{code}']");
        await result.WaitForAsync(new() { Timeout = 30_000 });
        Assert.Equal("false", await result.GetAttributeAsync("data-ok"));
        Assert.Contains(word, await result.TextContentAsync());
    }
}
