// One row for every security-relevant action.
using System.Data.Common;
using Dapper;
using Mumu.Hub.Http;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Audit;

/// <summary>Writes the table <c>audit_log</c>. Details are words, never secrets.</summary>
internal sealed class AuditLog(HubDatabase database, AttemptLimiter attempts, HubLimits limits, TimeProvider time)
{
    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    /// <param name="userId">Who did it, where known.</param>
    /// <param name="deviceId">The device's id on the wire, where one is meant.</param>
    /// <param name="address">The client's address.</param>
    /// <param name="detail">At most 200 characters are kept.</param>
    public async Task WriteAsync(string action, long? userId = null, string? deviceId = null, string? address = null, string? detail = null)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            "INSERT INTO audit_log (at, action, user_id, device_id, address, detail) VALUES (@at, @action, @userId, @deviceId, @address, @detail)",
            new
            {
                at = time.Now(),
                action,
                userId,
                deviceId,
                address,
                detail = detail is { Length: > 200 } ? detail[..200] : detail,
            }
        );
    }

    /// <summary>As <see cref="WriteAsync"/>, for what strangers can cause: a flood of it must not fill the disk, so rows beyond a rate are left out.</summary>
    public Task RefuseAsync(string action, long? userId = null, string? deviceId = null, string? address = null, string? detail = null) =>
        attempts.TryTake($"audit:{action}:{address}", limits.AuditedRefusalsPerMinute, TimeSpan.FromMinutes(1), out _)
            ? WriteAsync(action, userId, deviceId, address, detail)
            : Task.CompletedTask;

    /// <summary>Removes rows older than <paramref name="age"/>.</summary>
    public async Task PruneAsync(TimeSpan age)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync("DELETE FROM audit_log WHERE at < @limit", new { limit = time.Now() - (long)age.TotalMilliseconds });
    }
}

/// <summary>Values of <c>audit_log.action</c>.</summary>
internal static class AuditActions
{
    public const string OwnerMade = "owner_made";
    public const string SetupRefused = "setup_refused";
    public const string Registered = "user_registered";
    public const string UserAdded = "user_added";
    public const string LoggedIn = "logged_in";
    public const string LoginRefused = "login_refused";
    public const string AccountLocked = "account_locked";
    public const string LoggedOut = "logged_out";
    public const string RefreshReused = "refresh_token_reused";
    public const string PasswordChanged = "password_changed";
    public const string TokenIssued = "token_issued";
    public const string DeviceRegistered = "device_registered";
    public const string DeviceRefused = "device_refused";
    public const string DeviceUpdated = "device_updated";
    public const string DeviceRemoved = "device_removed";
    public const string PairingCodeMade = "pairing_code_made";
    public const string Paired = "device_paired";
    public const string PairingRefused = "pairing_refused";
    public const string WatchStarted = "watch_started";
    public const string WatchRefused = "watch_refused";
}
