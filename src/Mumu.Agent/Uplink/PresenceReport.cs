// What the device tells the hub of its cameras.
using Mumu.Agent.Cameras;
using Mumu.Signaling;

namespace Mumu.Agent.Uplink;

/// <summary>Builds presence and knows whether it differs from what was told last.</summary>
internal sealed class PresenceReport(CameraRegistry cameras, AgentOptions options)
{
    private IReadOnlyList<CameraPresence>? _told;

    /// <summary>A new connection knows nothing yet.</summary>
    public void Forget() => _told = null;

    /// <summary>Gives presence if there is news.</summary>
    public DevicePresence? TakeNews()
    {
        CameraPresence[] now = [.. cameras.Main.Select(c => c.Presence())];
        if (_told is not null && _told.SequenceEqual(now))
        {
            return null;
        }
        _told = now;
        return new DevicePresence(now, options.Version);
    }
}
