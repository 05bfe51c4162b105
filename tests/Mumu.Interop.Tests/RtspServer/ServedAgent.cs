// The whole agent on loopback, with RTSP, RTMP, WHEP and HLS, a simulated camera and an administrator's key.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mumu.Agent;
using Mumu.Agent.Cameras;
using Mumu.Agent.Hls;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;
using Mumu.Agent.Stills;
using Mumu.Agent.Whep;
using Mumu.Media.Sources.Rtsp;
using Mumu.Tests.Shared;

namespace Mumu.Interop.Tests.RtspServer;

internal sealed class ServedAgent : IAsyncDisposable
{
    private readonly string _folder;
    private readonly WebApplication _app;
    private readonly int _port;
    private readonly int _rtmpPort;

    private ServedAgent(string folder, WebApplication app, int port, int rtmpPort, string key)
    {
        (_folder, _app, _port, _rtmpPort, Key) = (folder, app, port, rtmpPort, key);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", key);
    }

    internal string Key { get; }

    internal HttpClient Http { get; }

    internal PathRegistry Paths => _app.Services.GetRequiredService<PathRegistry>();

    internal CameraRegistry Cameras => _app.Services.GetRequiredService<CameraRegistry>();

    /// <summary>Starts it; <paramref name="prepare"/> gets the data folder first, and <paramref name="cameras"/> is JSON of more cameras, each with a comma behind.</summary>
    /// <param name="prepare">Gets the data folder first.</param>
    /// <param name="cameras">More cameras.</param>
    /// <param name="simulator">More members of the simulated camera, each behind a comma.</param>
    /// <param name="rtmp">Where RTMP listens; null chooses.</param>
    internal static async Task<ServedAgent> StartAsync(
        Action<string>? prepare = null,
        string cameras = "",
        string simulator = "",
        int? rtmp = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("mumu-served-").FullName;
        var port = FreePort.Take();
        var rtmpPort = rtmp ?? FreePort.Take();
        await File.WriteAllTextAsync(
            Path.Combine(folder, SettingsStore.FileName),
            $$"""
            { "cameras": { {{cameras}} "sim": { "source": "simulator", "width": 640, "height": 360, "fps": 30, "kbps": 1500{{simulator}} } },
              "webrtc": { "bind": "127.0.0.1", "port": 0, "loops": 1 }, "ports": { "rtsp": {{port}}, "rtmp": {{rtmpPort}} }, "rtsp": { "udpPort": 0 } }
            """
        );
        prepare?.Invoke(folder);
        var settings = SettingsStore.Open(folder, new SettingsOverrides(), new Dictionary<string, string>());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddMumuAgent(new AgentOptions(folder, settings) { Bind = IPAddress.Loopback });
        var app = builder.Build();
        app.MapWhep();
        app.MapStills();
        app.MapHls();
        await app.StartAsync();
        var key = app.Services.GetRequiredService<KeyStore>().Create("test", ApiKeyRole.Admin);
        return new ServedAgent(folder, app, port, rtmpPort, key);
    }

    /// <summary>The address of a path with the key in it, as programs want it on their command line.</summary>
    internal string Address(string path) => $"rtsp://any:{Key}@127.0.0.1:{_port}/{path}";

    /// <summary>The address of a path over RTMP; programs do not send a user and password that stand in front, so the key is in the query.</summary>
    internal string RtmpAddress(string path) => $"rtmp://127.0.0.1:{_rtmpPort}/{path}?user=any&pass={Key}";

    /// <summary>The address of a path's playlist.</summary>
    internal string HlsAddress(string path) => $"{Http.BaseAddress}{path}/index.m3u8?user=any&pass={Key}";

    /// <summary>Our own client, reading a path.</summary>
    internal RtspOptions Reading(string path) => new() { Uri = new Uri(Address(path)), Transport = RtspTransportMode.Tcp };

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
