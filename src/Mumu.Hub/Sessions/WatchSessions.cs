// The open watch sessions: who may begin one, and how each ends.
using System.Collections.Concurrent;
using Mumu.Hub.Audit;
using Mumu.Hub.Devices;
using Mumu.Hub.Sockets;
using Mumu.Hub.TurnCredentials;
using Mumu.Signaling;

namespace Mumu.Hub.Sessions;

/// <summary>Every session ends exactly once, with a reason, in the table and at both ends that are still there.</summary>
internal sealed class WatchSessions(
    WatchSessionStore store,
    DeviceStore devices,
    SocketRegistry registry,
    IceServerList iceServers,
    AuditLog audit,
    HubLimits limits,
    TimeProvider time
)
{
    private readonly ConcurrentDictionary<string, WatchSession> sessions = new();

    public WatchSession? Find(string? sessionId) =>
        sessionId is not null && sessions.TryGetValue(sessionId, out WatchSession? session) ? session : null;

    /// <summary>Begins a session and tells both ends; null, or why not.</summary>
    public async Task<string?> StartAsync(SignalSocket viewer, long userId, WatchRequest request, string? requestId)
    {
        string deviceId = request.DeviceId!;
        if (!DeviceRules.IsDeviceId(deviceId) || await devices.FindAsync(deviceId, userId) is not { } device)
        {
            string? named = DeviceRules.IsDeviceId(deviceId) ? deviceId : null;
            await audit.RefuseAsync(AuditActions.WatchRefused, userId, named, viewer.Address, DevicesApi.NotFound);
            return DevicesApi.NotFound;
        }

        if (registry.Device(deviceId) is not { IsOver: false } socket || !device.IsAllowed)
        {
            return "Device is offline";
        }

        if (sessions.Values.Count(session => session.UserId == userId) >= limits.SessionsPerUser)
        {
            return "Too many cameras are open. Close some and try again";
        }

        if (sessions.Values.Count(session => session.Device == socket) >= limits.SessionsPerDevice)
        {
            return "Too many people are watching this device. Try again later";
        }

        var session = new WatchSession(Guid.NewGuid().ToString(), viewer, userId, socket, deviceId, time.GetTimestamp());
        await store.AddAsync(session.Id, userId, device.Id, request.Camera);
        await audit.WriteAsync(AuditActions.WatchStarted, userId, deviceId, viewer.Address, request.Camera);
        sessions[session.Id] = session;

        // The viewer first: the device may refuse at once, and an end must not come before its beginning.
        viewer.Send(MessageTypes.WatchReady, new WatchReady(session.Id, iceServers.ForViewer(userId, session.Id, viewer.Host)), requestId);
        var toDevice = new DeviceWatchRequest(
            session.Id,
            userId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            iceServers.ForDevice(deviceId, session.Id, socket.Host),
            request.Camera
        );
        socket.Send(MessageTypes.WatchRequest, toDevice);

        // An end may have ended before it could see this session.
        if (socket.IsOver)
        {
            await EndAsync(session, WatchEndReasons.DeviceDisconnected, null);
        }
        else if (viewer.IsOver)
        {
            await EndAsync(session, WatchEndReasons.ViewerDisconnected, null);
        }
        else if (await devices.FindAsync(deviceId, userId) is null)
        {
            await EndAsync(session, WatchEndReasons.Error, "You can no longer see this device: it was removed.");
        }

        return null;
    }

    /// <summary>The device answered.</summary>
    public Task ActivateAsync(WatchSession session) => session.TryActivate() ? store.ActivateAsync(session.Id) : Task.CompletedTask;

    public async Task EndAsync(WatchSession session, string reason, string? message)
    {
        if (!session.TryEnd())
        {
            return;
        }

        sessions.TryRemove(session.Id, out _);
        var ended = new WatchEnded(session.Id, reason, message);
        foreach (SignalSocket socket in new[] { session.Viewer, session.Device })
        {
            if (!socket.IsOver && !registry.IsClosing)
            {
                socket.Send(MessageTypes.WatchEnded, ended);
            }
        }

        await store.EndAsync(session.Id, reason);
    }

    public async Task EndWhereAsync(Func<WatchSession, bool> which, string reason, string? message)
    {
        foreach (WatchSession session in sessions.Values.Where(which))
        {
            await EndAsync(session, reason, message);
        }
    }

    /// <summary>Ends sessions whose device did not answer in time.</summary>
    public Task EndUnansweredAsync() =>
        EndWhereAsync(
            session => session.IsPending && time.GetElapsedTime(session.Opened) >= limits.Answer,
            WatchEndReasons.Timeout,
            "The device did not answer in time."
        );
}
