// Chromium, aiortc and GStreamer publish over WHIP; what they send is read over RTSP and WHEP.
using System.Text.Json;
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Interop.Tests.Rtsp;
using Mumu.Interop.Tests.RtspServer;
using Mumu.Interop.Tests.WebRtc;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.Whip;

[Collection(OpenBrowser.Alone)]
public sealed class WhipPublisherTests(Footage footage, ITestOutputHelper output) : IClassFixture<Footage>, IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly string s_clients = Path.Combine(Repository.Root, "tests", "Mumu.Interop.Tests", "WebRtc", "Clients");
    private ServedAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await ServedAgent.StartAsync();

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private string Url => _agent.Http.BaseAddress!.ToString().TrimEnd('/');

    private MediaStream? StreamOf(string path) => _agent.Cameras.Find(path)?.Stream;

    private Task PlaysAsync(string path) =>
        Mumu.EndToEnd.Tests.Harness.Eventually.IsTrueAsync(
            () => Task.FromResult(StreamOf(path)?.State == StreamState.Ready),
            s_limit,
            $"a published stream; it says {StreamOf(path)?.State} {StreamOf(path)?.Message}"
        );

    private async Task<CollectingSink> ReadAsync(string path, int pictures, int sounds = 0)
    {
        var sink = new CollectingSink(pictures, sounds);
        using var stop = new CancellationTokenSource();
        var run = new RtspSource(_agent.Reading(path), TimeProvider.System).RunAsync(sink, stop.Token);
        await Task.WhenAny(run, sink.IsDone, Task.Delay(s_limit, TestContext.Current.CancellationToken));
        var isDone = sink.IsDone.IsCompleted;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(isDone, $"Only {sink.Of(MediaKind.Video).Count} pictures came.");
        return sink;
    }

    private ClientProgram Aiortc(string path) =>
        ClientProgram.StartScript(Path.Combine(s_clients, "publish.py"), [$"{Url}/{path}/whip", "VP8", "120", _agent.Key]);

    private ClientProgram GStreamer(string path, string pipeline) =>
        ClientProgram.StartScript(Path.Combine(s_clients, "gstreamer_publish.py"), [$"{Url}/{path}/whip", _agent.Key, "100", pipeline]);

    [Fact]
    public async Task Chromium_publishes_and_ffmpeg_and_another_page_read()
    {
        await using var browser = await OpenBrowser.StartAsync();
        var page = await browser.OpenEmptyAsync(Url);
        await page.EvaluateAsync(PageScripts.Publish, new[] { $"{Url}/web/whip", _agent.Key });
        await PlaysAsync("web");
        Assert.Equal([Codec.Vp8, Codec.Opus], StreamOf("web")!.Tracks.Select(track => track.Codec));
        var viewer = await browser.OpenEmptyAsync(Url);
        await viewer.EvaluateAsync(PageScripts.Watch, new[] { $"{Url}/web/whep", _agent.Key });
        await using var ffmpeg = MediaProgram.Ffmpeg(
            "-xerror",
            "-rtsp_transport",
            "tcp",
            "-i",
            _agent.Address("web"),
            "-t",
            "2",
            "-f",
            "null",
            "-"
        );
        await ffmpeg.DoneAsync();
        Assert.Equal("", ffmpeg.Log.Trim());
        await DecodesAsync(viewer, 30);
        await page.EvaluateAsync("leave()");
        await Mumu.EndToEnd.Tests.Harness.Eventually.IsTrueAsync(
            () => Task.FromResult(_agent.Cameras.Find("web")?.Slot?.Current is null),
            s_limit,
            "the end of the publication"
        );
    }

    [Fact]
    public async Task Aiortc_publishes_and_comes_back_to_readers_that_stay()
    {
        await using var browser = await OpenBrowser.StartAsync();
        var first = Aiortc("py");
        await first.WaitForAsync("published", s_limit);
        await PlaysAsync("py");
        Assert.Equal([Codec.Vp8, Codec.Opus], StreamOf("py")!.Tracks.Select(track => track.Codec));
        var viewer = await browser.OpenEmptyAsync(Url);
        await viewer.EvaluateAsync(PageScripts.Watch, new[] { $"{Url}/py/whep", _agent.Key });
        var before = await DecodesAsync(viewer, 30);
        var reading = ReadAsync("py", 160);
        await first.KillAsync(); // without a good-bye: the next one takes over
        await using var second = Aiortc("py");
        await second.WaitForAsync("published", s_limit);
        await DecodesAsync(viewer, before + 30);
        var times = (await reading).Of(MediaKind.Video).Select(unit => unit.Timestamp).ToList();
        Assert.Equal(times.Order(), times);
        Assert.Equal(1, _agent.Cameras.Find("py")!.Readers.All.Count(reader => reader.Protocol == "webrtc"));
        await first.DisposeAsync();
    }

    [Fact]
    public async Task GStreamer_publishes_footage_and_every_slice_is_read_untouched()
    {
        await using var publisher = GStreamer(
            "box",
            $"filesrc location={footage.Box} ! qtdemux ! h264parse config-interval=-1 ! identity sync=true ! rtph264pay aggregate-mode=zero-latency ! "
                + "application/x-rtp,media=video,encoding-name=H264,payload=96 ! rtc."
        );
        await publisher.WaitForAsync("connected", s_limit);
        await PlaysAsync("box");
        var sink = await ReadAsync("box", 100);
        Ledger.AssertIsBox(footage, sink.Of(MediaKind.Video));
    }

    [Fact]
    public async Task Sound_of_a_publisher_stays_with_its_picture()
    {
        var clip = Path.Combine(Path.GetTempPath(), $"mumu-{Guid.NewGuid():N}.mkv");
        try
        {
            await using var maker = MediaProgram.Ffmpeg(PageScripts.ClickClip(clip));
            await maker.DoneAsync();
            await using var publisher = GStreamer(
                "click",
                $"filesrc location={clip} ! matroskademux name=d "
                    + "d.video_0 ! queue ! h264parse config-interval=-1 ! identity sync=true ! rtph264pay aggregate-mode=zero-latency ! application/x-rtp,media=video,encoding-name=H264,payload=96 ! rtc. "
                    + "d.audio_0 ! queue ! identity sync=true ! rtppcmapay ! application/x-rtp,media=audio,encoding-name=PCMA,payload=8 ! rtc."
            );
            await publisher.WaitForAsync("connected", s_limit);
            await PlaysAsync("click");
            var sink = await ReadAsync("click", 130, 40);
            output.WriteLine("ms: " + string.Join(' ', Ledger.AssertSoundIsWithPicture(sink).Select(off => $"{off:F1}")));
        }
        finally
        {
            File.Delete(clip);
        }
    }

    private async Task<int> DecodesAsync(Microsoft.Playwright.IPage page, int pictures)
    {
        JsonElement seen = default;
        await Mumu.EndToEnd.Tests.Harness.Eventually.IsTrueAsync(
            async () => (seen = await page.EvaluateAsync<JsonElement>(PageScripts.Look)).GetProperty("decoded").GetInt32() >= pictures,
            s_limit,
            $"{pictures} decoded pictures; the last look: {seen}"
        );
        output.WriteLine(seen.ToString());
        return seen.GetProperty("decoded").GetInt32();
    }
}
