// One viewer watching one camera of one device.
using Mumu.Hub.Sockets;

namespace Mumu.Hub.Sessions;

/// <summary>Bound to the two sockets it began on: no other socket, not even of the same user, has a say in it.</summary>
internal sealed class WatchSession(string id, SignalSocket viewer, long userId, SignalSocket device, string deviceId, long opened)
{
    private int isActive;
    private int isEnded;

    /// <summary>A UUID.</summary>
    public string Id { get; } = id;

    public SignalSocket Viewer { get; } = viewer;
    public long UserId { get; } = userId;
    public SignalSocket Device { get; } = device;
    public string DeviceId { get; } = deviceId;

    /// <summary>When it was asked for, in the clock's timestamps.</summary>
    public long Opened { get; } = opened;

    public bool IsPending => Volatile.Read(ref isActive) == 0;

    /// <summary>True for the first answer only.</summary>
    public bool TryActivate() => Interlocked.Exchange(ref isActive, 1) == 0;

    /// <summary>True for the first end only.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref isEnded, 1) == 0;
}
