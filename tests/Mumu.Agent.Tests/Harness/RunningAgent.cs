// The whole agent in a web host on loopback, with its own HTTP doors.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Agent.Control;
using Mumu.Agent.Events;
using Mumu.Agent.Identity;
using Mumu.Agent.Keys;
using Mumu.Agent.Live;
using Mumu.Agent.LocalApi;
using Mumu.Agent.Metrics;
using Mumu.Agent.Pages;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;
using Mumu.Agent.Stills;
using Mumu.Agent.Uplink;
using Mumu.Agent.Whep;

namespace Mumu.Agent.Tests.Harness;

public sealed class RunningAgent : IAsyncDisposable
{
    public const string Simulator = "\"sim\": { \"source\": \"simulator\", \"width\": 320, \"height\": 180, \"fps\": 30, \"kbps\": 300 }";
    private readonly DataDirectory _data;
    private readonly WebApplication _app;

    private RunningAgent(DataDirectory data, WebApplication app)
    {
        _data = data;
        _app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public DataDirectory Data => _data;

    public KeyStore Keys => _app.Services.GetRequiredService<KeyStore>();

    public CameraRegistry Cameras => _app.Services.GetRequiredService<CameraRegistry>();

    public PathRegistry Paths => _app.Services.GetRequiredService<PathRegistry>();

    internal EventFeed Events => _app.Services.GetRequiredService<EventFeed>();

    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public SettingsStore Settings => _app.Services.GetRequiredService<SettingsStore>();

    public DeviceIdentity Identity => _app.Services.GetRequiredService<DeviceIdentity>();

    public HubUplink Uplink => _app.Services.GetRequiredService<HubUplink>();

    internal WatchSessions Sessions => _app.Services.GetRequiredService<WatchSessions>();

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    internal WhepSessions Whep => _app.Services.GetRequiredService<WhepSessions>();

    /// <param name="cameras">The members of "cameras" in the settings.</param>
    /// <param name="hubUrl">The hub, if there is one.</param>
    /// <param name="configure">Replaces services before the agent's own are added.</param>
    /// <param name="overrides">What the command line says.</param>
    /// <param name="rtspPort">Where RTSP listens; 0 leaves it off.</param>
    /// <param name="rtsp">More members of "rtsp" in the settings, each behind a comma.</param>
    /// <param name="more">More sections of the settings, each behind a comma.</param>
    public static async Task<RunningAgent> StartAsync(
        string cameras = Simulator,
        string? hubUrl = null,
        Action<IServiceCollection>? configure = null,
        SettingsOverrides? overrides = null,
        int rtspPort = 0,
        string rtsp = "",
        string more = ""
    )
    {
        var data = new DataDirectory();
        data.WriteSettings(
            $$"""{ "cameras": { {{cameras}} }, "webrtc": { "bind": "127.0.0.1", "port": 0, "loops": 1, "maxViewers": 3 }, "rtmp": { "enabled": false }, {{(
                rtspPort == 0
                    ? "\"rtsp\": { \"enabled\": false }"
                    : $"\"ports\": {{ \"rtsp\": {rtspPort} }}, \"rtsp\": {{ \"udpPort\": 0{rtsp} }}"
            )}} {{more}} }"""
        );
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        configure?.Invoke(builder.Services);
        builder.Services.AddMumuAgent(
            new AgentOptions(data.Path, data.Open(overrides)) { LocalHubUrl = hubUrl, Bind = IPAddress.Loopback }
        );
        var app = builder.Build();
        MapOwnDoor(app, control => control.UseMumuControl(), "/v3", "/openapi");
        MapOwnDoor(app, metrics => metrics.UseMumuMetrics(), "/metrics", "/health");
        app.MapAgentApi("/api/agent").RequireAuthorization(AgentPolicies.Admin);
        app.MapWhep();
        app.MapStills();
        app.MapWhepPage();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningAgent(data, app);
    }

    // In the program these have ports of their own; here the path tells, before any route is looked for.
    internal static void MapOwnDoor(WebApplication app, Action<IApplicationBuilder> door, params string[] prefixes) =>
        app.MapWhen(
            context => prefixes.Any(prefix => context.Request.Path.StartsWithSegments(prefix, StringComparison.Ordinal)),
            branch =>
            {
                branch.Use(
                    (context, next) =>
                    {
                        context.SetEndpoint(null);
                        return next(context);
                    }
                );
                door(branch);
            }
        );

    /// <summary>Sends every request with a key of that role.</summary>
    public RunningAgent As(ApiKeyRole role)
    {
        Http.DefaultRequestHeaders.Authorization = new("Bearer", Keys.Create($"test-{Guid.NewGuid():N}", role));
        return this;
    }

    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _data.Dispose();
    }
}
