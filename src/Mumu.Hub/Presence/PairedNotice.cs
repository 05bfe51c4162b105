// Tells a connected device that it was paired, and its viewers that they see it now.
using Mumu.Hub.Devices;
using Mumu.Hub.Sockets;
using Mumu.Signaling;

namespace Mumu.Hub.Presence;

/// <summary>Sent after every pairing, by code or by the first-owner rule.</summary>
internal sealed class PairedNotice(DeviceStore devices, PresenceBoard presence, SocketRegistry registry)
{
    /// <param name="deviceId">Which device.</param>
    /// <param name="username">Who paired it; its owner where null.</param>
    public async Task SendAsync(string deviceId, string? username = null)
    {
        if (
            registry.Device(deviceId) is { } socket
            && await devices.FindAsync(deviceId) is { } device
            && (username ?? await devices.OwnerOfAsync(device.Id)) is { } name
        )
        {
            socket.Send(MessageTypes.Paired, new Paired(name, device.DeviceName));
        }

        await presence.NotifyAsync(deviceId);
    }
}
