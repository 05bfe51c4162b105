// The first owner owns the agent that runs beside the hub, whichever of them comes first and from whichever process.
using System.Data.Common;
using Dapper;
using Mumu.Hub.Accounts;
using Mumu.Hub.Devices;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Setup;

/// <summary>Called after each of the three things it waits for: a local device is named, it registers its key, an owner is made.</summary>
internal sealed class LocalDevice(HubDatabase database, TimeProvider time)
{
    private string? announced;

    public async Task<string?> NameAsync(string deviceId)
    {
        await using (DbConnection connection = await database.OpenAsync())
        {
            await SettingsTable.WriteAsync(connection, SettingsTable.LocalDevice, deviceId);
        }

        return await ClaimAsync();
    }

    /// <summary>Gives the local device to the first owner if both exist. Done once a device: an owner who removes it later has removed it.</summary>
    /// <returns>The device's id if it was given just now.</returns>
    public async Task<string?> ClaimAsync()
    {
        await using DbConnection connection = await database.OpenAsync();
        if (await PendingAsync(connection, null) is null)
        {
            return null;
        }

        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        if (await PendingAsync(connection, transaction) is not var (deviceId, deviceRow, ownerId))
        {
            return null;
        }

        await connection.ExecuteAsync(
            """
            INSERT INTO device_ownership (user_id, device_id, role, created_at) VALUES (@ownerId, @deviceRow, @role, @now)
            ON CONFLICT (user_id, device_id) DO UPDATE SET role = excluded.role
            """,
            new
            {
                ownerId,
                deviceRow,
                role = DeviceRoles.Owner,
                now = time.Now(),
            },
            transaction
        );
        await SettingsTable.WriteAsync(connection, SettingsTable.ClaimedLocalDevice, deviceId, transaction);
        await transaction.CommitAsync();
        announced = deviceId;
        return deviceId;
    }

    /// <summary>The device's id if another process gave it away since the last look.</summary>
    public async Task<string?> LookAsync()
    {
        await using DbConnection connection = await database.OpenAsync();
        string? claimed = await SettingsTable.ReadAsync(connection, SettingsTable.ClaimedLocalDevice);
        bool isNews = claimed is not null && claimed != announced;
        announced = claimed ?? announced;
        return isNews ? claimed : null;
    }

    private static async Task<(string DeviceId, long DeviceRow, long OwnerId)?> PendingAsync(
        DbConnection connection,
        DbTransaction? transaction
    )
    {
        string? deviceId = await SettingsTable.ReadAsync(connection, SettingsTable.LocalDevice, transaction);
        if (deviceId is null || await SettingsTable.ReadAsync(connection, SettingsTable.ClaimedLocalDevice, transaction) == deviceId)
        {
            return null;
        }

        long? device = await connection.ExecuteScalarAsync<long?>(
            """
            SELECT id FROM devices d WHERE device_id = @deviceId AND public_key IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM device_ownership o WHERE o.device_id = d.id AND o.role = 'owner')
            """,
            new { deviceId },
            transaction
        );
        long? owner = await connection.ExecuteScalarAsync<long?>(
            $"SELECT MIN(id) FROM users WHERE role = '{Roles.Owner}' AND is_active = 1",
            transaction: transaction
        );
        return device is { } deviceRow && owner is { } ownerId ? (deviceId, deviceRow, ownerId) : null;
    }
}
