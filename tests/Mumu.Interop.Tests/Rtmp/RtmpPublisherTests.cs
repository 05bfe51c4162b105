// ffmpeg and GStreamer publish real footage over RTMP; readers get it untouched over RTMP, RTSP and WHEP.
using System.Text;
using Mumu.Agent.Tests.Harness;
using Mumu.Interop.Tests.Rtsp;
using Mumu.Interop.Tests.RtspServer;
using Mumu.Media.Outputs.Rtmp;
using Mumu.Media.Sources.Rtmp;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.Rtmp;

public sealed class RtmpPublisherTests(Footage footage) : IClassFixture<Footage>, IAsyncLifetime
{
    private static readonly string[] s_click =
    [
        "-re",
        "-f",
        "lavfi",
        "-i",
        "color=black:s=320x240:r=25,drawbox=color=white:t=fill:enable='lt(mod(t,1),0.04)'",
        "-f",
        "lavfi",
        "-i",
        "aevalsrc='if(lt(mod(t,1),0.04),sin(2*PI*1000*t),0)':s=8000",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-tune",
        "zerolatency",
        "-g",
        "25",
        "-qp",
        "20",
        "-c:a",
        "pcm_alaw",
    ];

    private ServedAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await ServedAgent.StartAsync();

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private ISource Rtmp(string path) => new RtmpSource(new RtmpOptions { Uri = new Uri(_agent.RtmpAddress(path)) }, TimeProvider.System);

    private ISource Rtsp(string path) => new RtspSource(_agent.Reading(path), TimeProvider.System);

    private static async Task<CollectingSink> ReadAsync(ISource source, int pictures, int sounds = 0)
    {
        var sink = new CollectingSink(pictures, sounds);
        using var stop = new CancellationTokenSource();
        var run = source.RunAsync(sink, stop.Token);
        await Task.WhenAny(run, sink.IsDone, Task.Delay(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(sink.IsDone.IsCompleted);
        return sink;
    }

    private Task PlaysAsync(MediaProgram publisher, string path) =>
        Eventually.HoldsAsync(
            () =>
            {
                Assert.False(publisher.HasExited, publisher.Log);
                return _agent.Cameras.Find(path)?.Stream.State == StreamState.Ready;
            },
            "the published path plays"
        );

    [Fact]
    public async Task Ffmpeg_publishes_and_everybody_reads_every_picture()
    {
        string[] input = ["-re", "-stream_loop", "-1", "-i", footage.Box, "-an", "-c", "copy"];
        await using var ffmpeg = RtmpPrograms.PublishByFfmpeg(_agent.RtmpAddress("obs/box"), input);
        await PlaysAsync(ffmpeg, "obs/box");
        Assert.True(_agent.Cameras.Find("obs/box")!.IsTemporary);
        var reads = await Task.WhenAll(ReadAsync(Rtmp("obs/box"), 120), ReadAsync(Rtsp("obs/box"), 120));
        foreach (var sink in reads)
        {
            Ledger.AssertIsBox(footage, sink.Of(MediaKind.Video));
        }
        await using var viewer = new TestViewer();
        using var offer = new StringContent(viewer.Offer, Encoding.UTF8, "application/sdp");
        using var answer = await _agent.Http.PostAsync("/obs/box/whep", offer, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        viewer.Accept(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await viewer.PlaysAsync();
    }

    [Fact]
    public async Task GStreamer_publishes()
    {
        var pipeline = $"filesrc location={footage.Box} ! qtdemux ! h264parse ! identity sync=true";
        await using var gstreamer = RtmpPrograms.PublishByGStreamer(_agent.RtmpAddress("box/cam"), pipeline);
        await PlaysAsync(gstreamer, "box/cam");
        Ledger.AssertIsBox(footage, (await ReadAsync(Rtmp("box/cam"), 100)).Of(MediaKind.Video));
    }

    [Fact]
    public async Task Sound_stays_with_its_picture()
    {
        await using var ffmpeg = RtmpPrograms.PublishByFfmpeg(_agent.RtmpAddress("click"), s_click);
        await PlaysAsync(ffmpeg, "click");
        foreach (var sink in await Task.WhenAll(ReadAsync(Rtmp("click"), 125, 20), ReadAsync(Rtsp("click"), 125, 20)))
        {
            Ledger.AssertSoundIsWithPicture(sink);
            foreach (var kind in (MediaKind[])[MediaKind.Audio, MediaKind.Video])
            {
                var times = sink.Of(kind).Select(u => u.Timestamp).ToArray();
                Assert.Equal(times.Order(), times);
            }
        }
    }

    [Fact]
    public async Task Aac_is_read_again_by_ffmpeg_without_a_complaint()
    {
        string[] source = ["-re", "-f", "lavfi", "-i", "testsrc=s=320x240:r=25", "-f", "lavfi", "-i", "sine=sample_rate=48000"];
        string[] encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac"];
        await using var publisher = RtmpPrograms.PublishByFfmpeg(_agent.RtmpAddress("any"), [.. source, .. encoding]);
        await PlaysAsync(publisher, "any");
        foreach (var address in (string[])[_agent.RtmpAddress("any"), _agent.Address("any")])
        {
            await using var reader = MediaProgram.Ffmpeg("-xerror", "-i", address, "-t", "2", "-f", "null", "-");
            await reader.DoneAsync();
            Assert.Equal("", reader.Log.Trim());
        }
        Assert.Equal([Codec.H264, Codec.Aac], _agent.Cameras.Find("any")!.Stream.Tracks.Select(t => t.Codec));
    }

    // ffmpeg 5.1 and GStreamer 1.22 know no enhanced RTMP: our own client carries what ffmpeg made, and ffmpeg looks at what came out.
    [Fact]
    public async Task H265_and_opus_go_through_enhanced_rtmp()
    {
        string[] source = ["-re", "-f", "lavfi", "-i", "testsrc=s=320x240:r=25", "-f", "lavfi", "-i", "sine=sample_rate=48000"];
        string[] encoding =
        [
            "-c:v",
            "libx265",
            "-preset",
            "ultrafast",
            "-x265-params",
            "log-level=error:bframes=2",
            "-g",
            "25",
            "-pix_fmt",
            "yuv420p",
        ];
        string[] target = ["-c:a", "libopus", "-f", "rtsp", "-rtsp_transport", "tcp", _agent.Address("hevc")];
        await using var publisher = MediaProgram.Ffmpeg([.. source, .. encoding, .. target]);
        await PlaysAsync(publisher, "hevc");
        using var stop = new CancellationTokenSource();
        var push = new RtmpPush(new RtmpOptions { Uri = new Uri(_agent.RtmpAddress("copy")) }, TimeProvider.System);
        var run = push.RunAsync(_agent.Cameras.Find("hevc")!.Stream, () => { }, stop.Token);
        await PlaysAsync(publisher, "copy");
        var sent = ReadAsync(Rtsp("hevc"), 60);
        var came = await ReadAsync(Rtmp("copy"), 75);
        Assert.Equal([Codec.H265, Codec.Opus], came.Tracks.Select(t => t.Codec));
        var slices = came.Of(MediaKind.Video).Select(u => Convert.ToHexString(u.Data)).ToList();
        var expected = (await sent).Of(MediaKind.Video).Select(u => Convert.ToHexString(u.Data)).ToList();
        var first = slices.FindIndex(s => s == expected[0]);
        var (skip, start) = first >= 0 ? (0, first) : (expected.FindIndex(s => s == slices[0]), 0);
        Assert.True(skip >= 0, "both have seen the same pictures");
        var common = Math.Min(expected.Count - skip, slices.Count - start);
        Assert.True(common > 20, $"{common} pictures in common");
        Assert.Equal(expected.Skip(skip).Take(common), slices.Skip(start).Take(common));
        await using var reader = MediaProgram.Ffmpeg(
            "-xerror",
            "-rtsp_transport",
            "tcp",
            "-i",
            _agent.Address("copy"),
            "-t",
            "2",
            "-f",
            "null",
            "-"
        );
        await reader.DoneAsync();
        Assert.Equal("", reader.Log.Trim());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }
}
