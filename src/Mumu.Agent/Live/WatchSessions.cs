// All viewers behind the hub: makes sessions, finds them, ends them.
using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Agent.Identity;
using Mumu.Agent.Uplink;
using Mumu.Media.WebRtc;
using Mumu.Signaling;

namespace Mumu.Agent.Live;

/// <summary>Serves the hub's messages about watching.</summary>
internal sealed partial class WatchSessions(
    HubUplink uplink,
    CameraRegistry cameras,
    WebRtcEngine engine,
    DeviceIdentity identity,
    AgentOptions options,
    TimeProvider time,
    ILogger<WatchSessions> logger
) : IHostedService
{
    private const int MaxStunServers = 4;
    private const int MaxRelays = 4;
    private const int MaxUrl = 512;
    private readonly ConcurrentDictionary<string, (WatchSession Session, Task Run)> _sessions = [];

    /// <summary>Sessions now.</summary>
    public int Count => _sessions.Count;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        uplink.Signal += OnSignal;
        uplink.Lost += OnLost;
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        uplink.Signal -= OnSignal;
        uplink.Lost -= OnLost;
        var running = _sessions.Values.ToArray();
        foreach (var (session, _) in running)
        {
            session.Post(new WatchCommand.End("The device is being switched off or restarted."));
        }
        await Task.WhenAll(running.Select(r => r.Run)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void OnSignal(Envelope message)
    {
        switch (message.Type)
        {
            case MessageTypes.WatchRequest when HubConnection.Read(message, SignalingJson.Default.DeviceWatchRequest) is { } request:
                Begin(request);
                break;
            case MessageTypes.SignalOffer when HubConnection.Read(message, SignalingJson.Default.SignalSdp) is { Sdp.Text: { } sdp } offer:
                Find(offer.SessionId)?.Post(new WatchCommand.Offer(sdp));
                break;
            case MessageTypes.SignalIce when HubConnection.Read(message, SignalingJson.Default.SignalIce) is { } ice:
                Find(ice.SessionId)?.Post(new WatchCommand.Candidate(ice.Candidate));
                break;
            case MessageTypes.WatchEnded when HubConnection.Read(message, SignalingJson.Default.WatchEnded) is { } ended:
                Find(ended.SessionId)?.Stop();
                break;
            default:
                break;
        }
    }

    // Without the hub no answer and no candidate gets through; where media flows already, none is needed.
    private void OnLost()
    {
        foreach (var (session, _) in _sessions.Values)
        {
            if (!session.IsConnected)
            {
                session.Stop();
            }
        }
    }

    private WatchSession? Find(string? id) => id is not null && _sessions.TryGetValue(id, out var found) ? found.Session : null;

    private void Begin(DeviceWatchRequest request)
    {
        if (request.SessionId is not { Length: >= 1 and <= 64 } id || _sessions.ContainsKey(id))
        {
            return;
        }
        if (cameras.Find(request.Camera) is not { } camera)
        {
            Refuse(id, request.Camera is null ? "This device has no camera yet." : "This device has no camera of that name (any more).");
            return;
        }
        if (_sessions.Count >= options.Settings.Current.WebRtc.MaxViewers)
        {
            Refuse(id, "This device serves as many viewers as it may. Try again when one has left.");
            return;
        }
        var local = uplink.Hub?.IsLoopback == true;
        var session = new WatchSession(
            id,
            User(request),
            camera,
            StunUrls(request),
            Relays(request),
            local,
            engine,
            uplink,
            identity,
            time
        );
        var start = new TaskCompletionSource();
        _sessions[id] = (session, RunAsync(session, start.Task));
        start.SetResult();
        LogBegun(id, camera.Id);
    }

    private async Task RunAsync(WatchSession session, Task start)
    {
        await start.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await session.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A defect of one session may not take the process with it; the log has its trace.
            LogDefect(e, session.Id);
            Refuse(session.Id, "The device met an unexpected error.");
        }
        finally
        {
            _sessions.TryRemove(session.Id, out _);
            session.Dispose();
            LogEnded(session.Id);
        }
    }

    private static string User(DeviceWatchRequest request) => request.UserId is { Length: > 0 and <= 100 } user ? $"hub:{user}" : "hub";

    private void Refuse(string id, string sentence) =>
        uplink.TrySend(MessageTypes.EndWatch, new EndWatch(id, sentence), SignalingJson.Wire.EndWatch);

    private IReadOnlyList<string> StunUrls(DeviceWatchRequest request) =>
        [
            .. options
                .Settings.Current.WebRtc.Stun.Concat((request.IceServers ?? []).SelectMany(s => s?.Urls ?? []))
                .Where(u => u is { Length: <= MaxUrl } && u.StartsWith("stun:", StringComparison.Ordinal))
                .Distinct()
                .Take(MaxStunServers),
        ];

    private static IReadOnlyList<RelayServer> Relays(DeviceWatchRequest request) =>
        [
            .. (request.IceServers ?? [])
                .Where(s => s is { Username.Length: > 0, Credential: not null })
                .SelectMany(s => (s.Urls ?? []).Where(IsTurn).Select(u => new RelayServer(u, s.Username!, s.Credential!)))
                .DistinctBy(r => r.Url)
                .Take(MaxRelays),
        ];

    private static bool IsTurn(string? url) =>
        url is { Length: <= MaxUrl }
        && (url.StartsWith("turn:", StringComparison.OrdinalIgnoreCase) || url.StartsWith("turns:", StringComparison.OrdinalIgnoreCase));

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session}: a viewer wants to watch {Camera}.")]
    private partial void LogBegun(string session, string camera);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} ended.")]
    private partial void LogEnded(string session);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session} threw what it should not.")]
    private partial void LogDefect(Exception error, string session);
}
