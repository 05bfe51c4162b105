// ffmpeg and GStreamer read the simulator over RTMP: every frame, in order, bit for bit.
using Mumu.Interop.Tests.RtspServer;

namespace Mumu.Interop.Tests.Rtmp;

public sealed class RtmpReaderTests : IAsyncLifetime
{
    private const int Frames = 120;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"mumu-{Guid.NewGuid():N}.h264");
    private ServedAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await ServedAgent.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task Ffmpeg_gets_every_frame()
    {
        await using var ffmpeg = RtmpPrograms.ReadByFfmpeg(_agent.RtmpAddress("sim"), Frames, _file);
        await ffmpeg.DoneAsync();
        Ledger.AssertIsSimulator(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames - 1);
    }

    [Fact]
    public async Task GStreamer_gets_every_frame()
    {
        await using var gstreamer = RtmpPrograms.ReadByGStreamer(_agent.RtmpAddress("sim"), Frames, _file);
        await gstreamer.DoneAsync();
        Ledger.AssertIsSimulator(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames - 2);
    }

    [Fact]
    public async Task Opus_is_heard_as_aac_by_players_of_old()
    {
        string[] source = ["-re", "-f", "lavfi", "-i", "testsrc=s=320x240:r=25", "-f", "lavfi", "-i", "sine=sample_rate=48000"];
        string[] encoding = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "libopus"];
        string[] target = ["-f", "rtsp", "-rtsp_transport", "tcp", _agent.Address("opus")];
        await using var publisher = MediaProgram.Ffmpeg([.. source, .. encoding, .. target]);
        await Agent.Tests.Harness.Eventually.HoldsAsync(
            () =>
            {
                Assert.False(publisher.HasExited, publisher.Log);
                return _agent.Cameras.Find("opus")?.Stream.State == Media.Streams.StreamState.Ready;
            },
            "the published path plays"
        );
        string[] output = ["-map", "0:v", "-map", "0:a", "-c:v", "copy", "-t", "2", "-f", "null", "-"];
        string[] sound = ["-map", "0:a", "-c", "copy", "-t", "2", "-f", "adts", "-y", _file]; // takes nothing but AAC
        await using var reader = MediaProgram.Ffmpeg(["-xerror", "-i", _agent.RtmpAddress("opus"), .. output, .. sound]);
        await reader.DoneAsync();
        Assert.Equal("", reader.Log.Trim());
        Assert.True(new FileInfo(_file).Length > 4_000, $"{new FileInfo(_file).Length} bytes of sound");
    }

    [Fact]
    public async Task Ffmpeg_is_told_why_it_may_not()
    {
        var address = _agent.RtmpAddress("sim");
        await using var ffmpeg = MediaProgram.Ffmpeg("-i", address[..address.IndexOf('?', StringComparison.Ordinal)], "-f", "null", "-");
        await Agent.Tests.Harness.Eventually.HoldsAsync(() => ffmpeg.HasExited, "it gives up");
        Assert.Contains("API key", ffmpeg.Log, StringComparison.Ordinal);
    }
}
