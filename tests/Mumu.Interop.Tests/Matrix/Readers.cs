// Those who read in the matrix; each gives back what it got.
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Interop.Tests.RtspServer;

namespace Mumu.Interop.Tests.Matrix;

/// <summary>Readers of one path of an agent, for one clip's formats.</summary>
internal sealed class Readers(ServedAgent agent, string path, Formats formats, string folder)
{
    internal const int Pictures = 60;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    internal Task<Recording> RtspTcpAsync() => FfmpegAsync("-rtsp_transport", "tcp", "-i", agent.Address(path));

    internal Task<Recording> RtspUdpAsync() => FfmpegAsync("-rtsp_transport", "udp", "-i", agent.Address(path));

    internal Task<Recording> RtmpAsync() => FfmpegAsync("-i", agent.RtmpAddress(path));

    internal Task<Recording> HlsAsync() => FfmpegAsync("-i", agent.HlsAddress(path));

    /// <summary>GStreamer's WebRTC tells the frames in ffmpeg's words.</summary>
    internal async Task<Recording> WhepAsync()
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.txt");
        var script = Path.Combine(Repository.Root, "tests", "Mumu.Interop.Tests", "Matrix", "clients", "whep_frames.py");
        await using var reader = ClientProgram.StartScript(
            script,
            [$"{agent.Http.BaseAddress}{path}/whep", agent.Key, file, $"{Pictures}", formats == Formats.H264Opus ? "sound" : "silent"]
        );
        await reader.WaitForAsync("recorded", s_limit);
        return Recording.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    private async Task<Recording> FfmpegAsync(params string[] input)
    {
        var hashing = Recording.Hashing(formats);
        await using var ffmpeg = MediaProgram.Ffmpeg([.. input, .. hashing[..^1], "-frames:v", $"{Pictures}", hashing[^1]]);
        await ffmpeg.DoneAsync();
        return Recording.Parse(ffmpeg.Log);
    }
}
