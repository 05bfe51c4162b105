// Watching through a hub: hello, watch_request, offer, answer, candidates; and the round trips of it.
using System.Collections.Concurrent;
using System.Text.Json;
using Mumu.Cli.Verbs;
using Mumu.Protocols.Ice;
using Mumu.Signaling;

namespace Mumu.Cli.Bench;

/// <summary>Speaks the viewer's half of the signaling protocol. The media path is not its business.</summary>
internal sealed class HubSignaling(Uri hub, string token, string device, string? camera, TimeProvider time) : ISignaling
{
    private const int SessionsPerSocket = 10;
    private const int MostSockets = 16; // a hub may bound the sockets of one user
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromMilliseconds(200);

    private readonly List<HubViewerSocket> _sockets = [];
    private readonly ConcurrentBag<double> _heartbeats = [];
    private readonly ConcurrentBag<double> _watches = [];
    private readonly ConcurrentBag<double> _answers = [];
    private int _next;

    public string Target => camera is null ? $"watch {device} at {hub}" : $"watch {device}/{camera} at {hub}";

    public Uri Server => hub;

    public SignalingReport Report => new(Percentiles.Of(_heartbeats), Percentiles.Of(_watches), Percentiles.Of(_answers));

    public async Task PrepareAsync(int viewers, CancellationToken cancellation)
    {
        var address = new UriBuilder(new Uri(new Uri(hub.ToString().TrimEnd('/') + "/"), "ws/viewer"))
        {
            Scheme = hub.Scheme == Uri.UriSchemeHttps ? "wss" : "ws",
        };
        var count = Math.Clamp((viewers + SessionsPerSocket - 1) / SessionsPerSocket, 1, MostSockets);
        while (_sockets.Count < count)
        {
            _sockets.Add(await HubViewerSocket.ConnectAsync(address.Uri, token, cancellation).ConfigureAwait(false));
        }
    }

    public async Task<OpenedSession> OpenAsync(string offer, Action<IceCandidate> onCandidate, CancellationToken cancellation)
    {
        var socket = _sockets[(Interlocked.Increment(ref _next) - 1) % _sockets.Count];
        var asked = time.GetTimestamp();
        var reply = await socket
            .AskAsync(MessageTypes.WatchRequest, new WatchRequest(device, camera), SignalingJson.Wire.WatchRequest, cancellation)
            .ConfigureAwait(false);
        _watches.Add(time.GetElapsedTime(asked).TotalMilliseconds);
        if (reply.Type != MessageTypes.WatchReady || reply.Payload.Deserialize(SignalingJson.Wire.WatchReady) is not { } ready)
        {
            throw new VerbException($"The hub answered watch_request with {reply.Type}.");
        }
        var session = new HubSession(ready.SessionId, onCandidate);
        var offered = time.GetTimestamp();
        var answer = await socket.OfferAsync(session, offer, cancellation).ConfigureAwait(false);
        _answers.Add(time.GetElapsedTime(offered).TotalMilliseconds);
        return new OpenedSession(answer, () => socket.LeaveAsync(session));
    }

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                foreach (var socket in _sockets)
                {
                    var sent = time.GetTimestamp();
                    await socket
                        .AskAsync(MessageTypes.Heartbeat, new Heartbeat(), SignalingJson.Wire.Heartbeat, cancellation)
                        .ConfigureAwait(false);
                    _heartbeats.Add(time.GetElapsedTime(sent).TotalMilliseconds);
                }
                await Task.Delay(s_heartbeat, time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The window is over.
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets)
        {
            await socket.DisposeAsync().ConfigureAwait(false);
        }
    }
}
