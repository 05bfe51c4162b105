// The SQL of devices and of who may see them.
using System.Data.Common;
using Dapper;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Devices;

/// <summary>Reads and writes the tables <c>devices</c> and <c>device_ownership</c>.</summary>
internal sealed class DeviceStore(HubDatabase database, TimeProvider time)
{
    private const string Columns =
        "d.id, d.device_id, d.device_name, d.device_type, d.public_key, d.allow_unverified, d.room, d.presence, d.is_online, d.last_seen";

    public async Task<Device?> FindAsync(string deviceId)
    {
        await using DbConnection connection = await database.OpenAsync();
        return await connection.QuerySingleOrDefaultAsync<Device>(
            $"SELECT {Columns} FROM devices d WHERE d.device_id = @deviceId",
            new { deviceId }
        );
    }

    /// <summary>The device if the user may see it, else null.</summary>
    public async Task<VisibleDevice?> FindAsync(string deviceId, long userId)
    {
        await using DbConnection connection = await database.OpenAsync();
        return await connection.QuerySingleOrDefaultAsync<VisibleDevice>(
            $"""
            SELECT {Columns}, o.role FROM devices d JOIN device_ownership o ON o.device_id = d.id
            WHERE d.device_id = @deviceId AND o.user_id = @userId
            """,
            new { deviceId, userId }
        );
    }

    public async Task<IReadOnlyList<VisibleDevice>> ListAsync(long userId)
    {
        await using DbConnection connection = await database.OpenAsync();
        return
        [
            .. await connection.QueryAsync<VisibleDevice>(
                $"""
                SELECT {Columns}, o.role FROM devices d JOIN device_ownership o ON o.device_id = d.id
                WHERE o.user_id = @userId ORDER BY d.id
                """,
                new { userId }
            ),
        ];
    }

    /// <summary>True if the user owns a device or one is shared with the user.</summary>
    public async Task<bool> HasAnyAsync(long userId)
    {
        await using DbConnection connection = await database.OpenAsync();
        return await connection.ExecuteScalarAsync<long>(
                "SELECT EXISTS (SELECT 1 FROM device_ownership WHERE user_id = @userId)",
                new { userId }
            ) != 0;
    }

    /// <summary>Users who may see a device.</summary>
    public async Task<IReadOnlyList<long>> UsersOfAsync(long id)
    {
        await using DbConnection connection = await database.OpenAsync();
        return [.. await connection.QueryAsync<long>("SELECT user_id FROM device_ownership WHERE device_id = @id", new { id })];
    }

    /// <summary>The user name of the device's owner, or null.</summary>
    public async Task<string?> OwnerOfAsync(long id)
    {
        await using DbConnection connection = await database.OpenAsync();
        return await connection.QueryFirstOrDefaultAsync<string?>(
            "SELECT u.username FROM device_ownership o JOIN users u ON u.id = o.user_id WHERE o.device_id = @id AND o.role = 'owner' ORDER BY o.id",
            new { id }
        );
    }

    /// <summary>Adds a device; false if the id is known already.</summary>
    public async Task<bool> AddAsync(string deviceId, string deviceName, string deviceType, string? publicKey)
    {
        await using DbConnection connection = await database.OpenAsync();
        return await connection.ExecuteAsync(
                """
                INSERT INTO devices (device_id, device_name, device_type, public_key, created_at, updated_at)
                VALUES (@deviceId, @deviceName, @deviceType, @publicKey, @now, @now)
                ON CONFLICT (device_id) DO NOTHING
                """,
                new
                {
                    deviceId,
                    deviceName,
                    deviceType,
                    publicKey,
                    now = time.Now(),
                }
            ) == 1;
    }

    /// <summary>Binds a key to a device that has neither a key nor an owner; false if it has either.</summary>
    public async Task<bool> BindKeyAsync(long id, string publicKey)
    {
        await using DbConnection connection = await database.OpenAsync();
        return await connection.ExecuteAsync(
                """
                UPDATE devices SET public_key = @publicKey, allow_unverified = 0, updated_at = @now
                WHERE id = @id AND public_key IS NULL AND NOT EXISTS (SELECT 1 FROM device_ownership o WHERE o.device_id = @id)
                """,
                new
                {
                    id,
                    publicKey,
                    now = time.Now(),
                }
            ) == 1;
    }

    /// <summary>Changes what is not null; an empty room removes it.</summary>
    public async Task UpdateAsync(long id, string? deviceName, string? room, bool? allowUnverified)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            """
            UPDATE devices SET
                device_name = COALESCE(@deviceName, device_name),
                room = NULLIF(COALESCE(@room, room), ''),
                allow_unverified = COALESCE(@allow, allow_unverified),
                updated_at = @now
            WHERE id = @id
            """,
            new
            {
                id,
                deviceName,
                room,
                allow = allowUnverified is { } flag ? (flag ? 1L : 0L) : (long?)null,
                now = time.Now(),
            }
        );
    }

    /// <summary>Takes a device from one user; from everybody when that user owns it, who may have sold it.</summary>
    /// <returns>The users who lost it.</returns>
    public async Task<IReadOnlyList<long>> RemoveAsync(long id, long userId, bool isOwner)
    {
        await using DbConnection connection = await database.OpenAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        long[] users =
        [
            .. await connection.QueryAsync<long>(
                isOwner
                    ? "DELETE FROM device_ownership WHERE device_id = @id RETURNING user_id"
                    : "DELETE FROM device_ownership WHERE device_id = @id AND user_id = @userId RETURNING user_id",
                new { id, userId },
                transaction
            ),
        ];
        if (isOwner)
        {
            await connection.ExecuteAsync("UPDATE devices SET allow_unverified = 0, room = NULL WHERE id = @id", new { id }, transaction);
        }

        await transaction.CommitAsync();
        return users;
    }
}
