// Other people's programs that publish and read over RTMP: for these tests and the matrix of protocols.
using Mumu.Interop.Tests.RtspServer;

namespace Mumu.Interop.Tests.Rtmp;

internal static class RtmpPrograms
{
    /// <summary>ffmpeg publishes: <paramref name="input"/> names what and how it is encoded, all but the target.</summary>
    internal static MediaProgram PublishByFfmpeg(string address, params string[] input) =>
        MediaProgram.Ffmpeg([.. input, "-f", "flv", address]);

    /// <summary>GStreamer publishes what a pipeline gives as H.264.</summary>
    internal static MediaProgram PublishByGStreamer(string address, string pipeline) =>
        MediaProgram.GStreamer($"{pipeline} ! h264parse ! flvmux streamable=true ! rtmp2sink {Properties(address)}");

    /// <summary>ffmpeg reads so many pictures into an elementary stream.</summary>
    internal static MediaProgram ReadByFfmpeg(string address, int pictures, string file) =>
        MediaProgram.Ffmpeg("-i", address, "-map", "0:v", "-c", "copy", "-frames:v", $"{pictures}", "-y", "-f", "h264", file);

    /// <summary>GStreamer reads so many pictures into an elementary stream.</summary>
    internal static MediaProgram ReadByGStreamer(string address, int pictures, string file) =>
        MediaProgram.GStreamer(
            $"rtmp2src {Properties(address)} ! flvdemux ! h264parse ! video/x-h264,stream-format=byte-stream,alignment=au ! identity eos-after={pictures} ! filesink location={file}"
        );

    // GStreamer takes no address with less than two segments, so it gets the pieces of one.
    private static string Properties(string address)
    {
        var uri = new Uri(address);
        var path = uri.AbsolutePath.Trim('/');
        var cut = path.IndexOf('/', StringComparison.Ordinal);
        var (app, stream) = cut < 0 ? (path, "") : (path[..cut], path[(cut + 1)..]);
        return $"host={uri.Host} port={uri.Port} application={app} stream={stream}{uri.Query}";
    }
}
