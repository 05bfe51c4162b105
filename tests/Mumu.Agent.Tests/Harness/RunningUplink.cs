// An uplink with cameras from fake sources, under a manual clock, without a host.
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Agent.Cameras;
using Mumu.Agent.Identity;
using Mumu.Agent.Settings;
using Mumu.Agent.Uplink;

namespace Mumu.Agent.Tests.Harness;

public sealed class RunningUplink : IAsyncDisposable
{
    private readonly DataDirectory _data = new();
    private int _failures;
    private int _skipped;

    private RunningUplink(string? hubUrl)
    {
        var hub = hubUrl is null ? "" : $", \"hub\": {{ \"url\": \"{hubUrl}\" }}";
        Settings = _data.Open($$"""{ "cameras": { "a": { "url": "rtsp://a/1" } }, "device": { "name": "Attic" }{{hub}} }""");
        Identity = DeviceIdentity.Load(_data.Path);
        Cameras = new CameraRegistry(Settings, Sources.Factory, Time, NullLogger<CameraRegistry>.Instance);
        Pairing = new Pairing(Time);
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        lifetime.NotifyStarted();
        Uplink = new HubUplink(
            new AgentOptions(_data.Path, Settings),
            Identity,
            Cameras,
            Pairing,
            lifetime,
            Time,
            NullLogger<HubUplink>.Instance
        );
        Uplink.StatusChanged += status => _failures += status.State == UplinkState.Waiting ? 1 : 0;
    }

    public ManualTime Time { get; } = new();

    public FakeSources Sources { get; } = new();

    public SettingsStore Settings { get; }

    public DeviceIdentity Identity { get; }

    public CameraRegistry Cameras { get; }

    public Pairing Pairing { get; }

    public HubUplink Uplink { get; }

    public static async Task<RunningUplink> StartAsync(string? hubUrl)
    {
        var running = new RunningUplink(hubUrl);
        await running.Uplink.StartAsync(TestContext.Current.CancellationToken);
        return running;
    }

    public Task BecomesAsync(UplinkState state) =>
        Eventually.HoldsAsync(() => Uplink.Status.State == state, $"the uplink is {state}; it is {Uplink.Status}");

    /// <summary>Lets the wait for the next attempt, whose length is given, pass.</summary>
    public async Task<TimeSpan> SkipWaitAsync()
    {
        await Eventually.HoldsAsync(() => _failures > _skipped, "the attempt fails");
        await Eventually.HoldsAsync(() => Time.Pending.Count > 0, "the uplink waits");
        _skipped++;
        var wait = Time.Pending[^1];
        Time.Advance(wait);
        return wait;
    }

    public async ValueTask DisposeAsync()
    {
        await Uplink.StopAsync(CancellationToken.None);
        Uplink.Dispose();
        await Cameras.DisposeAsync();
        Identity.Dispose();
        _data.Dispose();
    }
}
