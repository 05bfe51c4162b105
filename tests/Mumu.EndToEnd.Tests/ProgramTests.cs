// The program by itself: verbs, scripts without a browser, stopping, starting again, and words when something is wrong.
using System.Text.RegularExpressions;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.EndToEnd.Tests;

public sealed class ProgramTests(Browser browser, SharedInstallation shared, ITestOutputHelper output)
{
    private static readonly string[] Loopback = ["--bind", "127.0.0.1"];

    [Fact]
    public async Task The_version_is_told()
    {
        var (code, text) = await RunningProgram.EndAsync(["--version"]);
        Assert.Equal(0, code);
        Assert.Matches(@"^\d+\.\d+\.\d+", text);
    }

    [Fact]
    public async Task Doctor_finds_free_ports_good_and_taken_ports_bad()
    {
        using var data = new TemporaryFolder();
        var (free, _) = await RunningProgram.EndAsync([
            "doctor",
            .. Loopback,
            "--port-offset",
            $"{PortOffsets.Take()}",
            "--data",
            data.Path,
        ]);
        Assert.Equal(0, free);
        var (taken, text) = await RunningProgram.EndAsync([
            "doctor",
            .. Loopback,
            "--port-offset",
            $"{shared.Installation.Offset}",
            "--data",
            data.Path,
        ]);
        Assert.Equal(1, taken);
        Assert.Contains($"port {8080 + shared.Installation.Offset}/tcp: taken by another program", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_adds_a_user_gets_a_token_and_asks_the_api()
    {
        await using var installation = await Installation.StartAsync("up");
        Assert.Equal(200, (await installation.SendAsync(HttpMethod.Get, "/health")).Status);
        await installation.AddUserAsync("ada", "owner");
        var me = await installation.GetAsync("/api/auth/me", "ada");
        Assert.Equal(("ada", "owner"), (me.GetProperty("username").GetString(), me.GetProperty("role").GetString()));
        var device = Assert.Single((await installation.GetAsync("/api/devices", "ada")).EnumerateArray());
        Assert.Equal("owner", device.GetProperty("role").GetString());
        Assert.Equal(401, (await installation.SendAsync(HttpMethod.Get, "/api/devices")).Status);
    }

    [Fact]
    public async Task It_stops_within_two_seconds_of_a_signal_and_a_second_start_keeps_accounts_and_devices()
    {
        await using var installation = await Installation.StartAsync("up");
        await installation.AddUserAsync("ada", "owner");
        var before = await installation.GetAsync("/api/agent", "ada");
        await using var app = await CameraPage.SignInAsync(browser, installation.Url, "ada");
        await app.WaitForPictureAsync(app.Tile("simulator"));

        var took = await installation.StopAsync();
        output.WriteLine($"Stopped in {took.TotalMilliseconds:0} ms with a viewer connected.");
        Assert.InRange(took.TotalSeconds, 0, 2);
        Assert.Equal(0, installation.Program.ExitCode);
        Assert.DoesNotMatch("(fail|crit|dbug|trce): ", installation.Program.Output);

        await installation.StartAsync();
        Assert.DoesNotContain("/setup#", installation.Program.Output, StringComparison.Ordinal);
        var after = await installation.GetAsync("/api/agent", "ada");
        Assert.Equal(before.GetProperty("fingerprint").GetString(), after.GetProperty("fingerprint").GetString());
        // The page that stayed open finds its way back by itself.
        await app.WaitForPictureAsync(app.Tile("simulator"), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_taken_port_is_told_in_one_sentence()
    {
        using var data = new TemporaryFolder();
        var (code, text) = await RunningProgram.EndAsync([
            "up",
            .. Loopback,
            "--port-offset",
            $"{shared.Installation.Offset}",
            "--data",
            data.Path,
        ]);
        Assert.Equal(1, code);
        Assert.Matches($"port {8080 + shared.Installation.Offset}|port {8189 + shared.Installation.Offset}", text);
        Assert.Contains("--port-offset", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_settings_file_is_told_with_its_line()
    {
        using var data = new TemporaryFolder();
        var file = Path.Combine(data.Path, "mumu.json");
        await File.WriteAllTextAsync(
            file,
            "{\n  \"cameras\": {\n    \"front\": { \"url\": }\n  }\n}\n",
            TestContext.Current.CancellationToken
        );
        var (code, text) = await RunningProgram.EndAsync([
            "up",
            .. Loopback,
            "--port-offset",
            $"{PortOffsets.Take()}",
            "--data",
            data.Path,
        ]);
        Assert.Equal(1, code);
        Assert.Matches($"{Regex.Escape(file)}, line 3: ", text);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }
}
