// ffmpeg and GStreamer read HLS: every picture of the simulator bit for bit, and sound with pictures of every format.
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Tests.Hls;
using Mumu.Interop.Tests.RtspServer;
using Mumu.Media.Streams;
using Mumu.Tests.Shared;

namespace Mumu.Interop.Tests.Hls;

public sealed class ReaderTests : IAsyncLifetime
{
    private const int Frames = 90;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"mumu-{Guid.NewGuid():N}.h264");
    private HlsAgent _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await HlsAgent.StartAsync(rtsp: FreePort.Take());

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task Ffmpeg_gets_every_picture()
    {
        string[] output = ["-c", "copy", "-frames:v", $"{Frames}", "-f", "h264", _file];
        await using var ffmpeg = MediaProgram.Ffmpeg(["-i", _agent.Index("sim"), .. output]);
        await ffmpeg.DoneAsync();
        Ledger.AssertIsSimulator(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames);
    }

    [Fact]
    public async Task GStreamer_gets_every_picture()
    {
        await using var gstreamer = MediaProgram.GStreamer(
            $"urisourcebin uri={_agent.Index("sim")} ! parsebin ! h264parse ! "
                + $"video/x-h264,stream-format=byte-stream,alignment=au ! identity eos-after={Frames} ! filesink location={_file}"
        );
        await gstreamer.DoneAsync();
        Ledger.AssertIsSimulator(await File.ReadAllBytesAsync(_file, TestContext.Current.CancellationToken), Frames - 2);
    }

    [Theory]
    [InlineData("h264+aac", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:a", "aac")]
    [InlineData("h264+opus", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-c:a", "libopus")]
    [InlineData("h264+pcmu", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1")]
    [InlineData("hevc+aac", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-c:a", "aac")]
    public async Task Pictures_and_sound_stay_together(string formats, params string[] encoding)
    {
        string[] source = ["-re", "-f", "lavfi", "-i", "testsrc=s=320x240:r=25", "-f", "lavfi", "-i", "sine=sample_rate=48000"];
        string[] target = ["-g", "25", "-pix_fmt", "yuv420p", "-f", "rtsp", "-rtsp_transport", "tcp", _agent.Publishing("any")];
        await using var publisher = MediaProgram.Ffmpeg([.. source, .. encoding, .. target]);
        await Eventually.HoldsAsync(
            () =>
            {
                Assert.False(publisher.HasExited, publisher.Log);
                return _agent.Cameras.Find("any")?.Stream.State == StreamState.Ready;
            },
            "the published path plays"
        );
        var (folder, _) = await LowLatencyClient.OpenAsync(_agent.Http, $"/any/index.m3u8?pass={_agent.Key}");
        var client = new LowLatencyClient(_agent.Http, folder, "video");
        await client.ReadAsync(60, () => client.Samples.Count(s => s.IsVideo) > 60);
        var (video, audio) = (client.Samples.Where(s => s.IsVideo).ToList(), client.Samples.Where(s => !s.IsVideo).ToList());
        var isTranscoded = formats == "h264+pcmu"; // sound comes later by what ffmpeg takes
        Assert.InRange(Math.Abs(video.Max(s => s.Time) - audio.Max(s => s.Time)), 0, isTranscoded ? 2 : 0.25);
        Assert.Equal(audio.Select(s => s.Time).Order().Distinct(), audio.Select(s => s.Time));
        Assert.All(audio.Zip(audio.Skip(1)), p => Assert.InRange(p.Second.Time - p.First.Time, 0.019, 0.0225));
        string[] read = ["-xerror", "-i", _agent.Index("any"), "-t", "2", "-f", "null", "-"];
        await using var reader = MediaProgram.Ffmpeg(read);
        await reader.DoneAsync();
        Assert.True(reader.Log.Trim().Length == 0, $"{formats}: {reader.Log}");
    }
}
