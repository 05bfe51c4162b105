// Those who publish in the matrix, each a clip of known frames.
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Interop.Tests.Rtmp;
using Mumu.Interop.Tests.RtspServer;

namespace Mumu.Interop.Tests.Matrix;

/// <summary>How a clip gets to the agent.</summary>
public enum PublishedBy
{
    RtspTcp,
    RtspUdp,
    Rtmp,
    Whip,

    /// <summary>The agent plays it from its own folder.</summary>
    File,
}

internal static class Publishers
{
    /// <summary>Begins to publish at the speed of life; dispose to end it. Null where nobody has to.</summary>
    internal static IAsyncDisposable? Start(PublishedBy way, ServedAgent agent, string path, Clip clip) =>
        way switch
        {
            PublishedBy.RtspTcp => Rtsp("tcp", agent, path, clip),
            PublishedBy.RtspUdp => Rtsp("udp", agent, path, clip),
            PublishedBy.Rtmp => RtmpPrograms.PublishByFfmpeg(agent.RtmpAddress(path), ["-re", "-i", clip.Path, "-c", "copy"]),
            PublishedBy.Whip => Whip(agent, path, clip),
            _ => null,
        };

    private static MediaProgram Rtsp(string transport, ServedAgent agent, string path, Clip clip) =>
        MediaProgram.Ffmpeg([
            "-re",
            "-i",
            clip.Path,
            .. $"-c copy -f rtsp -rtsp_transport {transport} -pkt_size 1316".Split(' '),
            agent.Address(path),
        ]);

    private static ClientProgram Whip(ServedAgent agent, string path, Clip clip) =>
        ClientProgram.StartScript(
            Path.Combine(Repository.Root, "tests", "Mumu.Interop.Tests", "WebRtc", "Clients", "gstreamer_publish.py"),
            [
                $"{agent.Http.BaseAddress}{path}/whip",
                agent.Key,
                "100",
                $"filesrc location={clip.Path} ! qtdemux name=d "
                    + "d.video_0 ! queue ! h264parse config-interval=-1 ! identity sync=true ! rtph264pay aggregate-mode=zero-latency ! application/x-rtp,media=video,encoding-name=H264,payload=96 ! rtc. "
                    + "d.audio_0 ! queue ! identity sync=true ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111,encoding-params=(string)2 ! rtc.",
            ]
        );
}
