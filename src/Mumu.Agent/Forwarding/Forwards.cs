// Forwards paths to the targets that the settings name, and follows their changes.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Agent.Settings;
using Mumu.Agent.Whip;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Outputs.Rtmp;
using Mumu.Media.Outputs.Rtsp;
using Mumu.Media.Sources;
using Mumu.Media.Sources.Rtmp;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Forwarding;

/// <summary>Keeps one <see cref="Forward"/> for each target of each camera. A change of targets begins and ends forwards; cameras and readers play on.</summary>
internal sealed class Forwards(
    SettingsStore settings,
    CameraRegistry cameras,
    WebRtcEngine engine,
    TimeProvider time,
    ILogger<Forwards> logger
) : IHostedService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Camera Camera, string Url), Forward> _all = [];
    private Task _ending = Task.CompletedTask;
    private bool _isStopped;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        settings.Changed += Apply;
        Apply(settings.Current);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        settings.Changed -= Apply;
        Task ending;
        lock (_gate)
        {
            _isStopped = true;
            End([.. _all.Keys]);
            ending = _ending;
        }
        await ending.ConfigureAwait(false);
    }

    private void Apply(MumuSettings now)
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }
            var wanted = cameras
                .All.Where(c => !c.IsTemporary)
                .SelectMany(c => (c.Settings.Forward ?? []).Select(f => (Camera: c, Url: f.Url!)))
                .ToHashSet();
            End([.. _all.Keys.Where(key => !wanted.Contains(key))]);
            foreach (var key in wanted.Where(key => !_all.ContainsKey(key)))
            {
                var uri = new Uri(key.Url);
                var made = new Forward(
                    key.Camera,
                    ForwardSettings.Shown(key.Url),
                    () => PushTo(uri),
                    cancellation => ForwardLoops.FindAsync(uri, key.Camera.Id, settings.Current, cancellation),
                    time,
                    logger
                );
                _all.Add(key, made);
                Tell(key.Camera);
            }
        }
    }

    private OutboundNetworks Networks => settings.Current.Outbound.Networks();

    private IStreamPush PushTo(Uri uri) =>
        uri.Scheme switch
        {
            "rtmp" or "rtmps" => new RtmpPush(new RtmpOptions { Uri = uri, Networks = Networks }, time),
            "rtsp" or "rtsps" => new RtspPush(new RtspOptions { Uri = uri, Networks = Networks }, time),
            _ => new WhipForward(engine, SdpTarget.Of(uri.OriginalString, null, null) with { Networks = Networks }, time),
        };

    // Ending takes a moment (the target is told goodbye), and nobody waits for it but the end of the program.
    private void End((Camera Camera, string Url)[] keys)
    {
        foreach (var key in keys)
        {
            if (_all.Remove(key, out var forward))
            {
                _ending = Task.WhenAll(_ending, Task.Run(() => forward.DisposeAsync().AsTask()));
            }
            Tell(key.Camera);
        }
    }

    private void Tell(Camera camera) => camera.Forwards = [.. _all.Where(pair => pair.Key.Camera == camera).Select(pair => pair.Value)];
}
