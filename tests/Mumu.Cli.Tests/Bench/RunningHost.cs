// Hub and agent in this process, on loopback ports of their own.
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Identity;
using Mumu.Agent.Keys;
using Mumu.Agent.Settings;
using Mumu.Cli.Hosting;
using Mumu.EndToEnd.Tests.Harness;
using Mumu.Hub;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Turn;

namespace Mumu.Cli.Tests.Bench;

/// <summary>What <c>mumu up</c> composes, with a small simulator, a key and an owner.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;

    private RunningHost(TemporaryFolder folder, WebApplication app, HostPlan plan, string key, string token, string device)
    {
        (_folder, _app, Key, Token, Device, Ports) = (folder, app, key, token, device, plan.Ports);
        TurnSecret = Encoding.UTF8.GetBytes(EmbeddedTurn.Secret(plan.Settings.Current.Turn, plan.DataDirectory));
        Hub = plan.LocalWeb;
        Whep = new Uri($"http://127.0.0.1:{plan.Ports.Whep}/simulator/whep");
    }

    public Uri Hub { get; }

    public Uri Whep { get; }

    public string Key { get; }

    public string Token { get; }

    public string Device { get; }

    public Ports Ports { get; }

    public byte[] TurnSecret { get; }

    public TurnCounters TurnCounters => _app.Services.GetRequiredService<TurnService>().Counters;

    /// <summary>Viewers the engine has now.</summary>
    public int Viewers => _app.Services.GetRequiredService<WebRtcEngine>().Viewers;

    public static async Task<RunningHost> StartAsync()
    {
        var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, SettingsStore.FileName),
            """{ "cameras": { "simulator": { "source": "simulator", "width": 320, "height": 180, "fps": 30, "kbps": 400 } } }"""
        );
        var overrides = new SettingsOverrides { PortOffset = PortOffsets.Take(), Bind = "127.0.0.1" };
        var settings = SettingsStore.Open(folder.Path, overrides, SettingsEnvironment.OfProcess());
        var plan = new HostPlan(folder.Path, IPAddress.Loopback, settings, RunsHub: true, RunsAgent: true);
        var hub = HubAdministration.Open(folder.Path);
        string device;
        using (var identity = DeviceIdentity.Load(folder.Path, settings.Current.Device.Id))
        {
            device = identity.DeviceId;
        }
        await hub.SetLocalDeviceAsync(device);
        await hub.AddUserAsync("owner", "Correct-Horse-9", "owner");
        var token = await hub.IssueTokenAsync("owner", TimeSpan.FromHours(1));
        var key = new KeyStore(folder.Path, TimeProvider.System).Create("bench", ApiKeyRole.Reader);
        var app = ProgramHost.Build(plan);
        await app.StartAsync();
        return new RunningHost(folder, app, plan, key, token, device);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
