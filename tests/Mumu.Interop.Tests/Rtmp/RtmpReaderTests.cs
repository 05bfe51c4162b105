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
        RtmpPrograms.AssertIsSimulator(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames - 1);
    }

    [Fact]
    public async Task GStreamer_gets_every_frame()
    {
        await using var gstreamer = RtmpPrograms.ReadByGStreamer(_agent.RtmpAddress("sim"), Frames, _file);
        await gstreamer.DoneAsync();
        RtmpPrograms.AssertIsSimulator(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames - 2);
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
