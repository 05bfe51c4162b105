// ffmpeg and GStreamer read the simulator from our server: every frame, in order, bit for bit.

namespace Mumu.Interop.Tests.RtspServer;

public sealed class ReaderTests : IAsyncLifetime
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

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task Ffmpeg_gets_every_frame(string transport)
    {
        await using var ffmpeg = MediaProgram.Ffmpeg(
            "-rtsp_transport",
            transport,
            "-i",
            _agent.Address("sim"),
            "-c",
            "copy",
            "-frames:v",
            $"{Frames}",
            "-f",
            "h264",
            _file
        );
        await ffmpeg.DoneAsync();
        Assert.DoesNotContain("missed", ffmpeg.Log, StringComparison.Ordinal);
        Ledger.AssertIsSimulator(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames - 1);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task GStreamer_gets_every_frame(string transport)
    {
        await using var gstreamer = MediaProgram.GStreamer(
            $"rtspsrc location={_agent.Address("sim")} protocols={transport} latency=200 ! rtph264depay ! h264parse ! "
                + $"video/x-h264,stream-format=byte-stream,alignment=au ! identity eos-after={Frames} ! filesink location={_file}"
        );
        await gstreamer.DoneAsync();
        Ledger.AssertIsSimulator(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames - 2);
    }
}
