// Which sockets are open, and whose they are.
using System.Collections.Concurrent;
using System.Net.WebSockets;

namespace Mumu.Hub.Sockets;

/// <summary>In this process; the one place that will talk to Redis when several hubs run.</summary>
internal sealed class SocketRegistry(HubLimits limits)
{
    private readonly ConcurrentDictionary<SignalSocket, byte> all = new();
    private readonly Lock gate = new();
    private volatile bool isClosing;
    private readonly Dictionary<string, SignalSocket> devices = [];
    private readonly Dictionary<long, List<(SignalSocket Socket, string SignIn)>> viewers = [];

    /// <summary>Every open socket, greeted or not.</summary>
    public ICollection<SignalSocket> All => all.Keys;

    /// <summary>The hub holds as many sockets as it may.</summary>
    public bool IsFull => all.Count >= limits.Sockets;

    public void Open(SignalSocket socket) => all.TryAdd(socket, 0);

    public void Closed(SignalSocket socket) => all.TryRemove(socket, out _);

    public SignalSocket? Device(string deviceId)
    {
        lock (gate)
        {
            return devices.GetValueOrDefault(deviceId);
        }
    }

    /// <summary>Makes a socket the device's. A proven one replaces what is there; an unproven one only what has been silent for long.</summary>
    /// <param name="deviceId">Which device.</param>
    /// <param name="socket">The new socket.</param>
    /// <param name="isProven">Whether the device proved its key on it.</param>
    /// <param name="greet">Queues the acknowledgement, so that nothing can come before it.</param>
    public bool BindDevice(string deviceId, SignalSocket socket, bool isProven, Action greet)
    {
        SignalSocket? old;
        lock (gate)
        {
            old = devices.GetValueOrDefault(deviceId);
            if (!isProven && old is { IsOver: false } && old.Silence < limits.Silence / 2)
            {
                return false;
            }

            greet();
            devices[deviceId] = socket;
        }

        old?.Close(WebSocketCloseStatus.NormalClosure, "replaced");
        return true;
    }

    /// <summary>True if the socket was still the device's.</summary>
    public bool UnbindDevice(string deviceId, SignalSocket socket)
    {
        lock (gate)
        {
            return devices.GetValueOrDefault(deviceId) == socket && devices.Remove(deviceId);
        }
    }

    /// <summary>False if the user has too many sockets.</summary>
    public bool BindViewer(long userId, SignalSocket socket, string signIn, Action greet)
    {
        lock (gate)
        {
            if (!viewers.TryGetValue(userId, out var sockets))
            {
                viewers[userId] = sockets = [];
            }

            if (sockets.Count >= limits.SocketsPerUser)
            {
                return false;
            }

            greet();
            sockets.Add((socket, signIn));
            return true;
        }
    }

    public void UnbindViewer(long userId, SignalSocket socket)
    {
        lock (gate)
        {
            if (viewers.TryGetValue(userId, out var sockets))
            {
                sockets.RemoveAll(entry => entry.Socket == socket);
                if (sockets.Count == 0)
                {
                    viewers.Remove(userId);
                }
            }
        }
    }

    /// <summary>The sockets of some users.</summary>
    public IReadOnlyList<SignalSocket> ViewersOf(IReadOnlyList<long> userIds)
    {
        lock (gate)
        {
            return [.. userIds.SelectMany(id => viewers.TryGetValue(id, out var sockets) ? sockets : []).Select(entry => entry.Socket)];
        }
    }

    /// <summary>Closes what lives by a sign-in that ended.</summary>
    public void CloseSignIn(string signIn)
    {
        SignalSocket[] closing;
        lock (gate)
        {
            closing =
            [
                .. viewers.Values.SelectMany(sockets => sockets).Where(entry => entry.SignIn == signIn).Select(entry => entry.Socket),
            ];
        }

        foreach (SignalSocket socket in closing)
        {
            socket.Close(WebSocketCloseStatus.PolicyViolation, "Invalid token");
        }
    }

    /// <summary>The hub is stopping. Its clients are told that alone: what plays between them goes on without a hub.</summary>
    public bool IsClosing => isClosing;

    /// <summary>Closes every socket, for a stop.</summary>
    public void CloseAll()
    {
        isClosing = true;
        foreach (SignalSocket socket in All)
        {
            socket.Close(WebSocketCloseStatus.EndpointUnavailable, "The hub is stopping");
        }
    }

    /// <summary>Closes sockets that never said hello or have been silent for too long.</summary>
    public void CloseSilent(TimeProvider time)
    {
        foreach (SignalSocket socket in All)
        {
            if (!socket.IsGreeted && time.GetElapsedTime(socket.Opened) >= limits.Hello)
            {
                socket.Close(WebSocketCloseStatus.PolicyViolation, "Expected hello message");
            }
            else if (socket.Silence >= limits.Silence)
            {
                socket.Close(WebSocketCloseStatus.EndpointUnavailable, "Heartbeat timeout");
            }
        }
    }
}
