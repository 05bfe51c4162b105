// What happens to HLS when readers and sources come and go.
using System.Net;
using Mumu.Agent.Paths;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Publishing;
using Mumu.Media.Sources.Simulator;

namespace Mumu.Agent.Tests.Hls;

public sealed class HlsLifeTests : IAsyncLifetime
{
    private HlsAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await HlsAgent.StartAsync(hls: "\"idleSeconds\": 5");

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task Readers_share_a_muxer_that_ends_after_the_last()
    {
        var index = $"/sim/index.m3u8?user=any&pass={_agent.Key}";
        var (first, _) = await LowLatencyClient.OpenAsync(_agent.Http, index);
        var (second, _) = await LowLatencyClient.OpenAsync(_agent.Http, index);
        Assert.NotEqual(first, second);
        Assert.Single(_agent.Sessions.Muxers);
        var camera = _agent.Cameras.Find("sim")!;
        await _agent.Http.GetStringAsync($"{second}video.m3u8", TestContext.Current.CancellationToken);
        Assert.Equal(["hls", "hls"], camera.Readers.All.Select(r => r.Protocol));
        Assert.All(camera.Readers.All, r => Assert.True(r.Bytes() > 100 && r.Key == "test"));
        var muxer = _agent.Sessions.Muxers[0].Muxer;
        Assert.InRange(muxer.Program!.Bytes, 1_000, 20_000_000);
        Assert.True(camera.Readers.Kick(camera.Readers.All.First().Id));
        // One is kicked, the other asks no more.
        await Eventually.HoldsAsync(() => _agent.Sessions is { Count: 0, Muxers.Count: 0 }, "the muxer ends");
        Assert.Empty(camera.Readers.All);
        Assert.Equal(0, muxer.Program?.Bytes);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await _agent.Http.GetAsync($"{second}video.m3u8", TestContext.Current.CancellationToken)).StatusCode
        );
    }

    [Fact]
    public async Task A_source_that_starts_anew_makes_a_discontinuity()
    {
        Assert.True(PathName.TryParse("tv", out var name));
        await PublishAsync(name, 320, seconds: 5, "first");
        var (folder, _) = await LowLatencyClient.OpenAsync(_agent.Http, $"/tv/index.m3u8?user=any&pass={_agent.Key}");
        var client = new LowLatencyClient(_agent.Http, folder, "video");
        await client.ReadAsync(30);
        var before = client.Samples.Count;
        await PublishAsync(name, 640, seconds: 60, "second"); // takes over
        await client.ReadAsync(before + 60, () => client.Discontinuities > 0 && client.Maps.Count == 2);
        var restart = client.Samples.FindLastIndex(s => SimulatorStamp.TryRead(s.Data, out var stamp) && stamp.Frame == 0);
        Assert.True(restart > 0);
        client.AssertLedger(0, restart);
        client.AssertLedger(restart, client.Samples.Count);
        Assert.True(client.Samples[restart].IsKey);
    }

    private async Task PublishAsync(PathName name, int width, int seconds, string remote)
    {
        var paths = _agent.Service<PathRegistry>();
        var publication = await paths.PublishAsync(name, new Publisher("test", remote, "test"), TestContext.Current.CancellationToken);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromSeconds(seconds));
        _ = publication.Ended.ContinueWith(_ => stop.CancelAsync(), TaskScheduler.Default);
        var options = new SimulatorOptions
        {
            Width = width,
            Height = 180,
            GroupSeconds = 1,
            Kbps = 300,
        };
        _ = new SimulatorSource(options).RunAsync(publication, stop.Token);
    }
}
