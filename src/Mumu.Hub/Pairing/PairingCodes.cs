// Six-digit codes: made for a device, typed once by its user.
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Mumu.Hub.Devices;
using Mumu.Hub.Storage;
using Mumu.Signaling;

namespace Mumu.Hub.Pairing;

/// <summary>The outcome of typing a code.</summary>
internal enum PairingOutcome
{
    Paired,
    Unknown,
    Expired,
    Used,
}

/// <summary>Codes stay in the table for a day after their end, so that a wrong, an expired and a used one are told apart.</summary>
internal sealed class PairingCodes(HubDatabase database, HubLimits limits, TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>A fresh code; earlier ones of the device that were not typed yet no longer hold.</summary>
    /// <param name="device">The row of the device.</param>
    public async Task<PairingCode> MakeAsync(long device)
    {
        await using DbConnection connection = await database.OpenAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        long now = time.Now();
        long expires = now + (long)limits.PairingCodeLifetime.TotalMilliseconds;
        await connection.ExecuteAsync(
            "DELETE FROM pairing_codes WHERE expires_at < @forgotten",
            new { forgotten = now - (long)Memory.TotalMilliseconds },
            transaction
        );
        await connection.ExecuteAsync(
            "UPDATE pairing_codes SET expires_at = @now WHERE device_id = @device AND is_used = 0 AND expires_at > @now",
            new { device, now },
            transaction
        );
        string code;
        int added;
        do
        {
            code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
            added = await connection.ExecuteAsync(
                """
                INSERT INTO pairing_codes (device_id, code, created_at, expires_at) VALUES (@device, @code, @now, @expires)
                ON CONFLICT (code) DO NOTHING
                """,
                new
                {
                    device,
                    code,
                    now,
                    expires,
                },
                transaction
            );
        } while (added == 0);

        await transaction.CommitAsync();
        return new PairingCode(code, Times.Text(expires), (int)limits.PairingCodeLifetime.TotalSeconds);
    }

    /// <summary>Uses a code up: the first user of a device becomes its owner, later ones see it.</summary>
    public async Task<(PairingOutcome Outcome, string? DeviceId)> UseAsync(string code, long userId, bool allowUnverified)
    {
        await using DbConnection connection = await database.OpenAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        long now = time.Now();
        CodeRow? row = await connection.QuerySingleOrDefaultAsync<CodeRow>(
            """
            SELECT p.id, p.device_id AS device, p.is_used, p.expires_at, d.device_id, d.public_key
            FROM pairing_codes p JOIN devices d ON d.id = p.device_id WHERE p.code = @code
            """,
            new { code },
            transaction
        );
        if (row is null)
        {
            return (PairingOutcome.Unknown, null);
        }

        if (row.IsUsed || row.ExpiresAt <= now)
        {
            return (row.IsUsed ? PairingOutcome.Used : PairingOutcome.Expired, row.DeviceId);
        }

        await connection.ExecuteAsync("UPDATE pairing_codes SET is_used = 1 WHERE id = @Id", new { row.Id }, transaction);
        long owners = await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM device_ownership WHERE device_id = @Device AND role = 'owner'",
            new { row.Device },
            transaction
        );
        await connection.ExecuteAsync(
            """
            INSERT INTO device_ownership (user_id, device_id, role, created_at) VALUES (@userId, @Device, @role, @now)
            ON CONFLICT (user_id, device_id) DO NOTHING
            """,
            new
            {
                userId,
                row.Device,
                role = owners == 0 ? DeviceRoles.Owner : DeviceRoles.Viewer,
                now,
            },
            transaction
        );
        if (owners == 0 && allowUnverified && row.PublicKey is null)
        {
            await connection.ExecuteAsync("UPDATE devices SET allow_unverified = 1 WHERE id = @Device", new { row.Device }, transaction);
        }

        await transaction.CommitAsync();
        return (PairingOutcome.Paired, row.DeviceId);
    }

    private sealed record CodeRow
    {
        public long Id { get; init; }
        public long Device { get; init; }
        public bool IsUsed { get; init; }
        public long ExpiresAt { get; init; }
        public string DeviceId { get; init; } = "";
        public string? PublicKey { get; init; }
    }
}
