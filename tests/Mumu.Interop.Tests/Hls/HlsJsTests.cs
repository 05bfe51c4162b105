// Chromium plays by hls.js, close to the live edge.
using System.Globalization;
using Microsoft.Playwright;
using Mumu.Agent.Tests.Hls;
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Interop.Tests.RtspServer;
using Mumu.Media.Streams;
using Mumu.Tests.Shared;

namespace Mumu.Interop.Tests.Hls;

public sealed class HlsJsTests(Browser browser) : IClassFixture<Browser>
{
    private const string Script = """
        (index) => {
          const video = document.createElement('video');
          video.muted = true;
          document.body.append(video);
          const hls = new Hls({ lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.5 });
          window.seen = { errors: [], parts: 0, gaps: 0, hls, video };
          hls.on(Hls.Events.ERROR, (_, e) => window.seen.errors.push((e.fatal ? 'FATAL ' : '') + e.details + ' ' + (e.error?.message ?? '')));
          hls.on(Hls.Events.FRAG_LOADED, (_, e) => { if (e.part) window.seen.parts++; });
          hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
          hls.loadSource(index);
          hls.attachMedia(video);
        }
        """;

    private const string State = """
        () => ({ time: window.seen.video.currentTime, parts: window.seen.parts, frames: window.seen.video.getVideoPlaybackQuality().totalVideoFrames,
          behind: window.seen.hls.playingDate ? Date.now() - window.seen.hls.playingDate.getTime() : -1, latency: window.seen.hls.latency,
          audio: window.seen.video.webkitAudioDecodedByteCount, errors: window.seen.errors.join('; ') })
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_plays_with_low_latency(bool hasSound)
    {
        await using var agent = await HlsAgent.StartAsync(rtsp: FreePort.Take());
        await using var publisher = hasSound ? await PublishAsync(agent) : null;
        var path = hasSound ? "tv" : "sim";
        await using var context = await browser.NewContextAsync(agent.Address.ToString());
        var page = await context.NewPageAsync();
        await page.RouteAsync(
            "**/blank",
            r => r.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = "<body></body>" })
        );
        await page.GotoAsync("/blank");
        await page.AddScriptTagAsync(
            new PageAddScriptTagOptions { Path = Path.Combine(Repository.Root, "web", "node_modules", "hls.js", "dist", "hls.min.js") }
        );
        await page.EvaluateAsync(Script, $"/{path}/index.m3u8?user=any&pass={agent.Key}");
        var seen = default(Dictionary<string, object>);
        await WaitAsync(
            async () =>
            {
                seen = await page.EvaluateAsync<Dictionary<string, object>>(State);
                // It takes hls.js a while to move to the live edge; what counts is that it gets there and stays with parts.
                return Number(seen, "frames") > 60 && Number(seen, "parts") > 10 && Number(seen, "behind") is > 0 and < 1_500;
            },
            () => Describe(seen)
        );
        Assert.DoesNotContain("FATAL", $"{seen!["errors"]}", StringComparison.Ordinal);
        Assert.True(!hasSound || Number(seen, "audio") > 0, Describe(seen));
        TestContext.Current.TestOutputHelper?.WriteLine(Describe(seen));
    }

    private static async Task<MediaProgram> PublishAsync(HlsAgent agent)
    {
        var ffmpeg = MediaProgram.Ffmpeg([
            "-re",
            "-f",
            "lavfi",
            "-i",
            "testsrc=s=320x240:r=25",
            "-f",
            "lavfi",
            "-i",
            "sine=sample_rate=48000",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-tune",
            "zerolatency",
            "-g",
            "25",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-f",
            "rtsp",
            "-rtsp_transport",
            "tcp",
            agent.Publishing("tv"),
        ]);
        await Mumu.Agent.Tests.Harness.Eventually.HoldsAsync(
            () => agent.Cameras.Find("tv")?.Stream.State == StreamState.Ready,
            "the published path plays"
        );
        return ffmpeg;
    }

    private static double Number(Dictionary<string, object>? seen, string name) =>
        seen is not null && seen.TryGetValue(name, out var value) ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : 0;

    private static string Describe(Dictionary<string, object>? seen) =>
        seen is null ? "nothing" : string.Join(", ", seen.Select(p => $"{p.Key} {p.Value}"));

    private static async Task WaitAsync(Func<Task<bool>> condition, Func<string> seen)
    {
        for (var limit = DateTime.UtcNow.AddSeconds(40); !await condition(); )
        {
            Assert.True(DateTime.UtcNow < limit, $"In 40 s it did not play at the live edge: {seen()}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
