// Which devices are online and what they say of themselves; viewers who may see them are told of every change.
using System.Data.Common;
using System.Net.WebSockets;
using Dapper;
using Mumu.Hub.Devices;
using Mumu.Hub.Sockets;
using Mumu.Hub.Storage;
using Mumu.Signaling;

namespace Mumu.Hub.Presence;

/// <summary>The registry of sockets is the truth; the table follows it.</summary>
internal sealed class PresenceBoard(HubDatabase database, DeviceStore devices, SocketRegistry registry, TimeProvider time) : IDisposable
{
    // One writer at a time, each reading the registry inside: the last write always tells the last state.
    private readonly SemaphoreSlim writing = new(1, 1);

    /// <summary>At the start of the hub nobody is connected.</summary>
    public async Task ResetAsync()
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync("UPDATE devices SET is_online = 0 WHERE is_online = 1");
    }

    /// <summary>Stores whether the device is online now, and tells its viewers.</summary>
    public async Task PublishAsync(string deviceId)
    {
        await writing.WaitAsync();
        try
        {
            bool isOnline = registry.Device(deviceId) is { IsOver: false };
            await using DbConnection connection = await database.OpenAsync();
            await connection.ExecuteAsync(
                "UPDATE devices SET is_online = @online, last_seen = @now WHERE device_id = @deviceId AND (is_online = 1 OR @online = 1)",
                new
                {
                    deviceId,
                    online = isOnline ? 1L : 0L,
                    now = time.Now(),
                }
            );
        }
        finally
        {
            writing.Release();
        }

        await NotifyAsync(deviceId);
    }

    /// <summary>The device gave a sign of life.</summary>
    /// <param name="id">The row of the device.</param>
    public async Task TouchAsync(long id)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync("UPDATE devices SET last_seen = @now WHERE id = @id", new { id, now = time.Now() });
    }

    /// <summary>The device says something of itself.</summary>
    /// <param name="deviceId">Which device.</param>
    /// <param name="json">A JSON object of bounded size.</param>
    public async Task TellAsync(string deviceId, string json)
    {
        await using (DbConnection connection = await database.OpenAsync())
        {
            await connection.ExecuteAsync(
                "UPDATE devices SET presence = @json, last_seen = @now WHERE device_id = @deviceId",
                new
                {
                    deviceId,
                    json,
                    now = time.Now(),
                }
            );
        }

        await NotifyAsync(deviceId);
    }

    /// <summary>Tells the device's viewers how it is.</summary>
    public async Task NotifyAsync(string deviceId)
    {
        if (await devices.FindAsync(deviceId) is not { } device)
        {
            return;
        }

        var message = new PresenceChanged(device.DeviceId, device.IsOnline, Times.Text(device.LastSeen), device.PresenceJson());
        foreach (SignalSocket viewer in registry.ViewersOf(await devices.UsersOfAsync(device.Id)))
        {
            viewer.Send(MessageTypes.DevicePresence, message);
        }
    }

    /// <summary>Closes the device's socket because it may no longer connect.</summary>
    public void CloseDevice(string deviceId, string reason) =>
        registry.Device(deviceId)?.Close(WebSocketCloseStatus.PolicyViolation, reason);

    /// <inheritdoc/>
    public void Dispose() => writing.Dispose();
}
