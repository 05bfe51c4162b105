// A path is sent on to other servers: ours, ffmpeg's; away, slow to come, or ourselves.
using Mumu.Agent.Forwarding;
using Mumu.Agent.Tests.Harness;
using Mumu.Interop.Tests.Rtmp;
using Mumu.Interop.Tests.RtspServer;
using Mumu.Media.Streams;
using Mumu.Tests.Shared;

namespace Mumu.Interop.Tests.Forwarding;

public sealed class ForwardTests : IDisposable
{
    private const int Frames = 90;
    private readonly string _folder = Directory.CreateTempSubdirectory("mumu-forward-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string To(params string[] urls) =>
        $", \"forward\": [{string.Join(',', urls.Select(url => $"{{ \"url\": \"{url}\" }}"))}]";

    private static IReadOnlyList<ForwardStatus> Of(ServedAgent agent) => agent.Paths.Find("sim")!.Forwards;

    private static Task IsAsync(ServedAgent agent, ForwardState state) =>
        Eventually.HoldsAsync(
            () => Of(agent) is { Count: > 0 } all && all.All(f => f.State == state),
            () => $"all forwards are {state}: {string.Join(' ', Of(agent))}"
        );

    [Fact]
    public async Task Every_picture_arrives_at_another_of_ours_over_every_protocol()
    {
        await using var target = await ServedAgent.StartAsync();
        var urls = new[]
        {
            target.RtmpAddress("from/rtmp"),
            target.Address("from/rtsp"),
            $"whip://:{target.Key}@{target.Http.BaseAddress!.Authority}/from/webrtc/whip",
        };
        await using var source = await ServedAgent.StartAsync(simulator: To(urls));
        await IsAsync(source, ForwardState.Running);
        foreach (var path in (string[])["from/rtmp", "from/rtsp", "from/webrtc"])
        {
            await Eventually.HoldsAsync(() => target.Cameras.Find(path)?.Stream.State == StreamState.Ready, $"{path} plays");
            var file = Path.Combine(_folder, "out.h264");
            await using var reader = RtmpPrograms.ReadByFfmpeg(target.RtmpAddress(path), Frames, file);
            await reader.DoneAsync();
            Ledger.AssertIsSimulator(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), Frames - 1);
        }
        Assert.All(Of(source), f => Assert.True(f.Bytes > 10_000 && f.Message is null && f.Dropped == 0, f.ToString()));
        Assert.DoesNotContain(target.Key, string.Join(' ', Of(source)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtmp")]
    [InlineData("rtsp")]
    public async Task A_target_that_was_away_gets_the_stream_once_it_is_there(string protocol)
    {
        var port = FreePort.Take();
        var url = $"{protocol}://127.0.0.1:{port}/live/cam";
        await using var source = await ServedAgent.StartAsync(simulator: To(url));
        await IsAsync(source, ForwardState.Waiting);
        Assert.NotNull(Of(source)[0].Message);
        var file = Path.Combine(_folder, "out.h264");
        string[] listen = protocol == "rtmp" ? ["-listen", "1", "-f", "flv"] : ["-rtsp_flags", "listen"];
        await using var ffmpeg = MediaProgram.Ffmpeg([
            .. listen,
            "-i",
            url,
            "-map",
            "0:v",
            "-c",
            "copy",
            "-frames:v",
            $"{Frames}",
            "-f",
            "h264",
            file,
        ]);
        await ffmpeg.DoneAsync();
        Ledger.AssertIsSimulator(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), Frames - 1);
        await IsAsync(source, ForwardState.Waiting); // it has left again
        Assert.Equal(StreamState.Ready, source.Cameras.Find("sim")!.Stream.State);
    }

    [Fact]
    public async Task A_path_is_not_forwarded_to_itself()
    {
        var port = FreePort.Take();
        await using var source = await ServedAgent.StartAsync(simulator: To($"rtmp://localhost:{port}/sim"), rtmp: port);
        await IsAsync(source, ForwardState.Refused);
    }
}
