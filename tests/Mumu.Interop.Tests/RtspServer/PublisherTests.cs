// ffmpeg and GStreamer publish real footage to our server; readers get it untouched over RTSP and WHEP.
using System.Text;
using Mumu.Agent.Tests.Harness;
using Mumu.Interop.Tests.Rtsp;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Interop.Tests.RtspServer;

public sealed class PublisherTests(Footage footage) : IClassFixture<Footage>, IAsyncLifetime
{
    private ServedAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await ServedAgent.StartAsync();

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    private async Task<List<Collected>> ReadAsync(string path, int pictures)
    {
        var sink = new CollectingSink(pictures);
        using var stop = new CancellationTokenSource();
        var run = new RtspSource(_agent.Reading(path), TimeProvider.System).RunAsync(sink, stop.Token);
        await Task.WhenAny(run, sink.IsDone, Task.Delay(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(sink.IsDone.IsCompleted);
        return [.. sink.Of(MediaKind.Video)];
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

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task Ffmpeg_publishes(string transport)
    {
        await using var ffmpeg = MediaProgram.Ffmpeg(
            "-re",
            "-stream_loop",
            "-1",
            "-i",
            footage.Box,
            "-an",
            "-c",
            "copy",
            "-f",
            "rtsp",
            "-rtsp_transport",
            transport,
            "-pkt_size",
            "1316",
            _agent.Address("obs/box")
        );
        await PlaysAsync(ffmpeg, "obs/box");
        Assert.True(_agent.Cameras.Find("obs/box")!.IsTemporary);
        Ledger.AssertIsBox(footage, await ReadAsync("obs/box", 150));

        await using var viewer = new TestViewer();
        using var offer = new StringContent(viewer.Offer, Encoding.UTF8, "application/sdp");
        using var answer = await _agent.Http.PostAsync("/obs/box/whep", offer, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        viewer.Accept(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await viewer.PlaysAsync();
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task GStreamer_publishes(string transport)
    {
        await using var gstreamer = MediaProgram.GStreamer(
            $"filesrc location={footage.Box} ! qtdemux ! h264parse ! identity sync=true ! rtspclientsink location={_agent.Address("box")} protocols={transport} latency=50"
        );
        await PlaysAsync(gstreamer, "box");
        Ledger.AssertIsBox(footage, await ReadAsync("box", 100));
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task Sound_stays_with_its_picture(string transport)
    {
        // A click of sound and a white picture, both at every full second.
        await using var ffmpeg = MediaProgram.Ffmpeg(
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
            "-f",
            "rtsp",
            "-rtsp_transport",
            transport,
            _agent.Address("click")
        );
        await PlaysAsync(ffmpeg, "click");
        var sink = new CollectingSink(125, 50);
        using var stop = new CancellationTokenSource();
        var run = new RtspSource(_agent.Reading("click"), TimeProvider.System).RunAsync(sink, stop.Token);
        await Task.WhenAny(run, sink.IsDone, Task.Delay(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(sink.IsDone.IsCompleted);
        Ledger.AssertSoundIsWithPicture(sink);
    }

    [Theory]
    [InlineData("hevc,aac", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-c:a", "aac")]
    [InlineData("h264,opus", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:a", "libopus")]
    [InlineData("vp8,opus", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")]
    [InlineData("h264,pcm_mulaw", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1")]
    public async Task Every_format_that_ffmpeg_can_send_is_read_again(string formats, params string[] encoding)
    {
        string[] source = ["-re", "-f", "lavfi", "-i", "testsrc=s=320x240:r=25", "-f", "lavfi", "-i", "sine=sample_rate=48000"];
        string[] target = ["-g", "25", "-pix_fmt", "yuv420p", "-f", "rtsp", "-rtsp_transport", "tcp", _agent.Address("any")];
        await using var publisher = MediaProgram.Ffmpeg([.. source, .. encoding, .. target]);
        await PlaysAsync(publisher, "any");
        foreach (var transport in new[] { "tcp", "udp" })
        {
            string[] read = ["-xerror", "-rtsp_transport", transport, "-i", _agent.Address("any"), "-t", "2", "-f", "null", "-"];
            await using var reader = MediaProgram.Ffmpeg(read);
            await reader.DoneAsync();
            Assert.Equal("", reader.Log.Trim());
        }
        var codecs = _agent.Cameras.Find("any")!.Stream.Tracks.Select(t => t.Codec.ToString());
        Assert.Equal(
            formats
                .Replace("hevc", "H265", StringComparison.Ordinal)
                .Replace("pcm_mulaw", "Pcmu", StringComparison.Ordinal)
                .ToUpperInvariant(),
            string.Join(',', codecs).ToUpperInvariant()
        );
    }
}
