// What a program publishes over RTSP is a camera in the browser while it lasts.
using System.Diagnostics;
using Microsoft.Playwright;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class PublishedPathTests(Browser browser)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_published_path_comes_plays_and_goes()
    {
        await using var installation = await Installation.StartAsync("up");
        await installation.AddUserAsync("ada", "owner");
        var key = await RunningProgram.RunAsync([
            "key",
            "create",
            "obs",
            "--role",
            "publisher",
            "--path",
            "obs/*",
            "--data",
            installation.DataDirectory,
        ]);
        await using var app = await CameraPage.SignInAsync(browser, installation.Url, "ada");
        await app.WaitForPictureAsync(app.Tile("simulator"), Limit);

        using var publisher = Publish($"rtsp://any:{key.Trim()}@127.0.0.1:{8554 + installation.Offset}/obs/live.main");
        try
        {
            await app.WaitForPictureAsync(app.Tile("obs/live.main"), Limit);
            await app.Tile("obs/live.main").ClickAsync();
            await app.Page.GetByTestId("viewer").WaitForAsync();
            await app.WaitForPictureAsync(app.By("viewer"), Limit);
            await app.Page.ReloadAsync(); // its address names the path, slash and dot and all
            await app.WaitForPictureAsync(app.By("viewer"), Limit);
        }
        finally
        {
            publisher.Kill(entireProcessTree: true);
        }
        await app.Page.GotoAsync("/");
        await app.WaitForPictureAsync(app.Tile("simulator"), Limit);
        await app.Tile("obs/live.main").WaitForAsync(new() { State = WaitForSelectorState.Detached, Timeout = 60_000 });
        Assert.DoesNotContain(key.Trim(), installation.Program.Output, StringComparison.Ordinal);
    }

    private static Process Publish(string address)
    {
        string[] source = ["-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=s=640x360:r=25"];
        string[] encoding =
        [
            "-c:v",
            "libx264",
            "-profile:v",
            "baseline",
            "-preset",
            "ultrafast",
            "-tune",
            "zerolatency",
            "-g",
            "50",
            "-pix_fmt",
            "yuv420p",
        ];
        var start = new ProcessStartInfo("ffmpeg", [.. source, .. encoding, "-f", "rtsp", "-rtsp_transport", "tcp", address]);
        return Process.Start(start) ?? throw new InvalidOperationException("ffmpeg did not start.");
    }
}
