// The SQL of watch sessions.
using System.Data.Common;
using Dapper;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Sessions;

/// <summary>Writes the table <c>watch_sessions</c>: pending, then active, then ended with its reason.</summary>
internal sealed class WatchSessionStore(HubDatabase database, TimeProvider time)
{
    /// <summary>Ends what a crash of the hub left open.</summary>
    public async Task ResetAsync()
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            "UPDATE watch_sessions SET status = 'ended', ended_at = @now, ended_reason = 'error' WHERE status <> 'ended'",
            new { now = time.Now() }
        );
    }

    public async Task AddAsync(string sessionId, long userId, long device, string? camera)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO watch_sessions (session_id, user_id, device_id, camera, status, created_at)
            VALUES (@sessionId, @userId, @device, @camera, 'pending', @now)
            """,
            new
            {
                sessionId,
                userId,
                device,
                camera,
                now = time.Now(),
            }
        );
    }

    public async Task ActivateAsync(string sessionId)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            "UPDATE watch_sessions SET status = 'active', started_at = @now WHERE session_id = @sessionId AND status = 'pending'",
            new { sessionId, now = time.Now() }
        );
    }

    public async Task EndAsync(string sessionId, string reason)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            "UPDATE watch_sessions SET status = 'ended', ended_at = @now, ended_reason = @reason WHERE session_id = @sessionId",
            new
            {
                sessionId,
                reason,
                now = time.Now(),
            }
        );
    }

    /// <summary>Removes sessions that ended before <paramref name="age"/>.</summary>
    public async Task PruneAsync(TimeSpan age)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            "DELETE FROM watch_sessions WHERE ended_at < @limit",
            new { limit = time.Now() - (long)age.TotalMilliseconds }
        );
    }
}
