// An IP camera: GStreamer's RTSP server playing real footage, with a password.
using System.IO.Compression;

namespace Mumu.EndToEnd.Tests.Harness;

internal sealed class RtspCamera : IAsyncDisposable
{
    public const string User = "viewer";
    public const string Password = "open sesame";
    private const string Street = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
    private const string Footage = "/usr/share/doc/opencv-doc/opencv4/html/box.mp4.gz";
    private readonly TemporaryFolder _folder = new();
    private ClientProgram? _server;

    /// <summary>The address without user and password.</summary>
    public string Address => $"rtsp://127.0.0.1:{Port}/live";

    /// <summary>The address with both, as a command line has it.</summary>
    public string AddressWithPassword => $"rtsp://{User}:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/live";

    private string Port { get; set; } = "0";

    /// <summary>Starts it; further arguments go to the script: formats of picture and sound.</summary>
    public static async Task<RtspCamera> StartAsync(params string[] formats)
    {
        var camera = new RtspCamera();
        var footage = Path.Combine(camera._folder.Path, "box.mp4");
        await using (var packed = new GZipStream(File.OpenRead(Footage), CompressionMode.Decompress))
        {
            await using var file = File.Create(footage);
            await packed.CopyToAsync(file);
        }
        var script = Path.Combine(Repository.Root, "tests", "Mumu.Interop.Tests", "Rtsp", "servers", "gstreamer_camera.py");
        // What is encoded anew takes the street, which any of the server's encoders accepts.
        camera._server = ClientProgram.StartScript(
            script,
            [formats.Contains("--video") ? Street : footage, "--user", User, "--password", Password, .. formats]
        );
        var ready = await camera._server.WaitForLineAsync("READY ", TimeSpan.FromSeconds(30));
        camera.Port = ready.Split(' ')[1];
        return camera;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        _folder.Dispose();
    }
}
