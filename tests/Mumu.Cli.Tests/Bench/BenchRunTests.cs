// The load generator against our own program.
using System.Net;
using System.Text.Json;
using Mumu.Cli.Bench;
using Mumu.Cli.Verbs;
using Mumu.EndToEnd.Tests.Harness;

namespace Mumu.Cli.Tests.Bench;

public sealed class BenchRunTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly BenchOptions s_options = new()
    {
        Bind = IPAddress.Loopback,
        Window = TimeSpan.FromSeconds(1),
        Ramp = TimeSpan.FromMilliseconds(10),
        Viewers = 4,
    };

    [Fact]
    public async Task Viewers_by_whep_all_see_pictures_and_leave_nothing_behind()
    {
        await using var host = await RunningHost.StartAsync();
        await using var signaling = new WhepSignaling(host.Whep, host.Key, user: null);
        var options = s_options with { Pid = Environment.ProcessId, Baseline = TimeSpan.FromMilliseconds(500), Threads = 2 };
        var report = await RunAsync(options, signaling);
        Assert.Equal((4, 4, 0, 0), (report.Viewers.Asked, report.Viewers.Connected, report.Viewers.Failed, report.Viewers.EndedEarly));
        Assert.InRange(report.Traffic.Packets, 60, 100_000);
        Assert.InRange(report.Traffic.Frames, 40, 200);
        Assert.Equal((0, 0), (report.Traffic.Duplicates, report.Traffic.Refused));
        Assert.Equal(3, report.Milliseconds.FirstPicture?.Samples);
        Assert.True(report.Milliseconds.FirstPicture!.P50 >= report.Milliseconds.FirstPacket!.P50);
        Assert.NotNull(report.Server?.Baseline);
        Assert.Contains("\"cpu_percent\"", JsonSerializer.Serialize(report, BenchJson.Plain.BenchReport), StringComparison.Ordinal);
        await UntilNobodyWatchesAsync(host);
    }

    [Fact]
    public async Task Viewers_through_the_hub_all_see_pictures_and_measure_its_round_trips()
    {
        await using var host = await RunningHost.StartAsync();
        await Eventually.IsTrueAsync(() => IsOnlineAsync(host), s_limit, "the device to come online");
        await using var signaling = new HubSignaling(host.Hub, host.Token, host.Device, "simulator", TimeProvider.System);
        var report = await RunAsync(s_options, signaling);
        Assert.Equal((4, 0), (report.Viewers.Connected, report.Viewers.Failed));
        Assert.Equal((4, 4), (report.Signaling?.WatchReady?.Samples, report.Signaling?.Answer?.Samples));
        Assert.InRange(report.Signaling!.Heartbeat!.Samples, 1, 100);
        await UntilNobodyWatchesAsync(host);
    }

    [Fact]
    public async Task The_hubs_refusals_are_sentences()
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Contains("Invalid token", await FailureAsync("no-token", host.Device), StringComparison.Ordinal);
        Assert.Contains("Device not found", await FailureAsync(host.Token, "nobody"), StringComparison.Ordinal);

        async Task<string> FailureAsync(string token, string device)
        {
            await using var signaling = new HubSignaling(host.Hub, token, device, null, TimeProvider.System);
            return (await Assert.ThrowsAsync<VerbException>(() => RunAsync(s_options, signaling))).Message;
        }
    }

    [Fact]
    public async Task A_stopped_run_says_good_bye_and_reports_what_it_has()
    {
        await using var host = await RunningHost.StartAsync();
        await using var signaling = new WhepSignaling(host.Whep, host.Key, user: null);
        using var stop = new CancellationTokenSource();
        var running = new BenchRun(s_options with { Window = TimeSpan.FromMinutes(5) }, signaling, TimeProvider.System).RunAsync(
            stop.Token
        );
        await UntilWatchedByAsync(host, 4);
        await stop.CancelAsync();
        var report = await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.InRange(report.Traffic.WindowSeconds, 0, 60);
        await UntilNobodyWatchesAsync(host);
    }

    private static Task<BenchReport> RunAsync(BenchOptions options, ISignaling signaling) =>
        new BenchRun(options, signaling, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);

    private static async Task<bool> IsOnlineAsync(RunningHost host)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", host.Token);
        using var devices = JsonDocument.Parse(await http.GetStringAsync(new Uri(host.Hub, "/api/devices")));
        return devices.RootElement.EnumerateArray().Any(device => device.GetProperty("is_online").GetBoolean());
    }

    private static Task UntilNobodyWatchesAsync(RunningHost host) => UntilWatchedByAsync(host, 0);

    private static Task UntilWatchedByAsync(RunningHost host, int viewers) =>
        Eventually.IsTrueAsync(() => Task.FromResult(host.Viewers == viewers), s_limit, $"{viewers} viewers of the engine");
}
