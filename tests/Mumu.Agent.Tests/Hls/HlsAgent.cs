// The whole agent on loopback with HLS, and RTSP for who publishes.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Agent.Hls;
using Mumu.Agent.Keys;
using Mumu.Agent.Pages;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Tests.Hls;

internal sealed class HlsAgent : IAsyncDisposable
{
    public const string Simulator = "\"sim\": { \"source\": \"simulator\", \"width\": 320, \"height\": 180, \"fps\": 30, \"kbps\": 300 }";
    private readonly string _folder;
    private readonly WebApplication _app;
    private readonly int _rtsp;

    private HlsAgent(string folder, WebApplication app, int rtsp)
    {
        (_folder, _app, _rtsp) = (folder, app, rtsp);
        Key = Keys.Create("test", ApiKeyRole.Admin);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public string Key { get; }

    public HttpClient Http { get; }

    public Uri Address => Http.BaseAddress!;

    public KeyStore Keys => Service<KeyStore>();

    public CameraRegistry Cameras => Service<CameraRegistry>();

    public HlsSessions Sessions => Service<HlsSessions>();

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<HlsAgent> StartAsync(
        string cameras = Simulator,
        int rtsp = 0,
        string hls = "",
        Action<WebApplication>? map = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("mumu-hls-").FullName;
        var server = rtsp == 0 ? "\"rtsp\": { \"enabled\": false }" : $"\"ports\": {{ \"rtsp\": {rtsp} }}, \"rtsp\": {{ \"udpPort\": 0 }}";
        await File.WriteAllTextAsync(
            Path.Combine(folder, SettingsStore.FileName),
            $$"""
            { "cameras": { {{cameras}} }, "webrtc": { "bind": "127.0.0.1", "port": 0, "loops": 1 }, {{server}}, "rtmp": { "enabled": false }, "hls": { {{hls}} } }
            """
        );
        var settings = SettingsStore.Open(folder, new SettingsOverrides(), new Dictionary<string, string>());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddMumuAgent(new AgentOptions(folder, settings) { Bind = IPAddress.Loopback });
        var app = builder.Build();
        map?.Invoke(app);
        app.MapHls();
        app.MapHlsPage();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new HlsAgent(folder, app, rtsp);
    }

    /// <summary>The address of a path's playlist with the key in it, as programs want it on their command line.</summary>
    public string Index(string path) => $"{Address}{path}/index.m3u8?user=any&pass={Key}";

    /// <summary>Where a program publishes a path over RTSP.</summary>
    public string Publishing(string path) => $"rtsp://any:{Key}@127.0.0.1:{_rtsp}/{path}";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
