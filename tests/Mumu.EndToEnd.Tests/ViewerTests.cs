// One camera large: statistics, keys, and a session that outlives a reload but not a sign-out.
using Microsoft.Playwright;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class ViewerTests(Browser browser, SharedInstallation shared)
{
    private static readonly string[] Rows =
    [
        "delay",
        "bitrate",
        "frames",
        "loss",
        "round-trip",
        "path",
        "codec",
        "resolution",
        "encryption",
        "device",
    ];

    [Fact]
    public async Task Statistics_are_filled_and_name_the_device_that_the_agent_is()
    {
        await using var app = await PlayAsync();
        await app.Page.Keyboard.PressAsync("i");
        await app.By("stats").WaitForAsync();
        foreach (var row in Rows)
        {
            var cell = app.By($"stats-{row}");
            await Eventually.IsTrueAsync(
                async () => await cell.TextContentAsync() is { Length: > 0 } text && text != "–",
                TimeSpan.FromSeconds(15),
                $"the row {row}"
            );
        }
        await Shots.TakeAsync(app.Page, "viewer");
        var agent = await shared.Installation.GetAsync("/api/agent", SharedInstallation.Owner);
        Assert.Equal($"verified device ✓ {agent.GetProperty("fingerprint").GetString()}", await app.By("stats-device").TextContentAsync());
        Assert.Equal("H264", (await app.By("stats-codec").TextContentAsync())![..4]);
        Assert.Equal("1280 × 720", await app.By("stats-resolution").TextContentAsync());
        Assert.StartsWith("direct", await app.By("stats-path").TextContentAsync());
        await app.Page.Keyboard.PressAsync("i");
        await app.By("stats").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
    }

    [Fact]
    public async Task Space_pauses_and_plays_and_a_question_mark_shows_the_keys()
    {
        await using var app = await PlayAsync();
        var viewer = app.By("viewer");
        await app.Page.Keyboard.PressAsync(" ");
        await app.WaitForStateAsync(viewer, "paused");
        var frames = await CameraPage.FramesAsync(viewer);
        await app.Page.Keyboard.PressAsync(" ");
        await app.WaitForPictureAsync(viewer);
        Assert.True(await CameraPage.FramesAsync(viewer) > frames);

        await app.Page.Keyboard.PressAsync("?");
        var keys = app.Page.GetByRole(AriaRole.Dialog);
        await keys.GetByText("Play or pause").WaitForAsync();
        await app.Page.Keyboard.PressAsync("Escape");
        await keys.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await app.Page.Keyboard.PressAsync("Escape");
        await app.WaitForPictureAsync(app.Tile("simulator"));
    }

    [Fact]
    public async Task A_reload_keeps_the_session_and_signing_out_ends_it()
    {
        await using var app = await PlayAsync();
        await app.Page.ReloadAsync();
        await app.WaitForPictureAsync(app.By("viewer"));

        await app.By("nav-settings").ClickAsync();
        await app.By("sign-out").ClickAsync();
        await app.By("login-form").WaitForAsync();
        await app.Page.ReloadAsync();
        await app.By("login-form").WaitForAsync();
        Assert.Equal(0, await app.By("video").CountAsync());
        await app.FillSignInAsync(SharedInstallation.Owner);
        await app.WaitForPictureAsync(app.By("viewer").Or(app.Tile("simulator")));
    }

    private async Task<CameraPage> PlayAsync()
    {
        var app = await CameraPage.SignInAsync(browser, shared.Installation.Url, SharedInstallation.Owner);
        await app.Tile("simulator").GetByTestId("tile-link").ClickAsync();
        await app.WaitForPictureAsync(app.By("viewer"));
        return app;
    }
}
