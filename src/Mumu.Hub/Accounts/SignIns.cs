// Sign-ins: each is a family of refresh tokens and all access tokens that name it.
using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Mumu.Hub.Audit;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Accounts;

/// <summary>What a client gets when it signs in or refreshes.</summary>
/// <param name="Account">Who.</param>
/// <param name="AccessToken">For the body.</param>
/// <param name="RefreshToken">For the cookie; null where none is given.</param>
/// <param name="ExpiresIn">Seconds the access token holds.</param>
internal sealed record SignIn(Account Account, string AccessToken, string? RefreshToken, int ExpiresIn);

/// <summary>Rotates refresh tokens; a used one that comes back ends its whole sign-in, except within <see cref="Grace"/>, when tabs of one browser race.</summary>
internal sealed class SignIns(
    HubDatabase database,
    AccountStore accounts,
    AccessTokens tokens,
    AuditLog audit,
    HubOptions options,
    TimeProvider time
)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>A sign-in has ended; sockets that live by it should close.</summary>
    public event Action<string>? Ended;

    public async Task<SignIn> StartAsync(Account account)
    {
        string sessionId = Guid.NewGuid().ToString("N");
        await using DbConnection connection = await database.OpenAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        await InsertAsync(connection, transaction, sessionId, account.Id, options.RefreshTokenLifetime);
        string refresh = await AddRefreshAsync(connection, transaction, sessionId);
        await transaction.CommitAsync();
        return Complete(account, sessionId, refresh);
    }

    /// <summary>An access token alone, for scripts; it can't be refreshed.</summary>
    public async Task<string> StartForScriptAsync(Account account, TimeSpan lifetime)
    {
        string sessionId = Guid.NewGuid().ToString("N");
        await using DbConnection connection = await database.OpenAsync();
        await InsertAsync(connection, null, sessionId, account.Id, lifetime);
        return tokens.Issue(account, sessionId, lifetime);
    }

    /// <summary>Trades a refresh token for a new one; null if it does not hold.</summary>
    public async Task<SignIn?> RefreshAsync(string refreshToken, string address)
    {
        string hash = Hash(refreshToken);
        long now = time.Now();
        await using DbConnection connection = await database.OpenAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        RefreshRow? row = await connection.QuerySingleOrDefaultAsync<RefreshRow>(
            """
            SELECT t.session_id, t.used_at, s.user_id, s.expires_at, s.revoked_at
            FROM refresh_tokens t JOIN auth_sessions s ON s.id = t.session_id WHERE t.hash = @hash
            """,
            new { hash },
            transaction
        );
        if (row is null || row.RevokedAt is not null || row.ExpiresAt <= now)
        {
            return null;
        }

        if (row.UsedAt is { } used && now - used > (long)Grace.TotalMilliseconds)
        {
            await transaction.DisposeAsync();
            await EndAsync(row.SessionId);
            await audit.WriteAsync(AuditActions.RefreshReused, row.UserId, address: address, detail: "The sign-in was ended.");
            return null;
        }

        await connection.ExecuteAsync(
            "UPDATE refresh_tokens SET used_at = COALESCE(used_at, @now) WHERE hash = @hash",
            new { hash, now },
            transaction
        );
        await connection.ExecuteAsync(
            "UPDATE auth_sessions SET expires_at = @expires WHERE id = @id",
            new { expires = now + (long)options.RefreshTokenLifetime.TotalMilliseconds, id = row.SessionId },
            transaction
        );
        string refresh = await AddRefreshAsync(connection, transaction, row.SessionId);
        await transaction.CommitAsync();
        return await accounts.FindAsync(row.UserId) is { IsActive: true } account ? Complete(account, row.SessionId, refresh) : null;
    }

    /// <summary>The account behind an access token, as it is now; null if token, sign-in or account no longer hold.</summary>
    public async Task<(Account Account, string SessionId)?> ValidateAsync(string? accessToken)
    {
        if (tokens.Read(accessToken) is not { } claims)
        {
            return null;
        }

        await using DbConnection connection = await database.OpenAsync();
        long holds = await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM auth_sessions WHERE id = @SessionId AND user_id = @UserId AND revoked_at IS NULL AND expires_at > @now",
            new
            {
                claims.SessionId,
                claims.UserId,
                now = time.Now(),
            }
        );
        return holds == 1 && await accounts.FindAsync(claims.UserId) is { IsActive: true } account ? (account, claims.SessionId) : null;
    }

    public async Task EndAsync(string sessionId)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            "UPDATE auth_sessions SET revoked_at = @now WHERE id = @sessionId AND revoked_at IS NULL",
            new { sessionId, now = time.Now() }
        );
        Ended?.Invoke(sessionId);
    }

    /// <summary>Ends the sign-in that a refresh token belongs to; its user's id, or null if there is none.</summary>
    public async Task<long?> EndByRefreshTokenAsync(string refreshToken)
    {
        await using DbConnection connection = await database.OpenAsync();
        RefreshRow? row = await connection.QuerySingleOrDefaultAsync<RefreshRow>(
            "SELECT t.session_id, s.user_id FROM refresh_tokens t JOIN auth_sessions s ON s.id = t.session_id WHERE t.hash = @hash",
            new { hash = Hash(refreshToken) }
        );
        if (row is not null)
        {
            await EndAsync(row.SessionId);
        }

        return row?.UserId;
    }

    /// <summary>Ends every sign-in of a user but one.</summary>
    public async Task EndOthersAsync(long userId, string keptSessionId)
    {
        await using DbConnection connection = await database.OpenAsync();
        string[] ended =
        [
            .. await connection.QueryAsync<string>(
                "UPDATE auth_sessions SET revoked_at = @now WHERE user_id = @userId AND id <> @keptSessionId AND revoked_at IS NULL RETURNING id",
                new
                {
                    userId,
                    keptSessionId,
                    now = time.Now(),
                }
            ),
        ];
        foreach (string sessionId in ended)
        {
            Ended?.Invoke(sessionId);
        }
    }

    /// <summary>Removes sign-ins that ended more than a day ago.</summary>
    public async Task PruneAsync()
    {
        await using DbConnection connection = await database.OpenAsync();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        var limit = new { limit = time.Now() - (long)TimeSpan.FromDays(1).TotalMilliseconds };
        await connection.ExecuteAsync(
            "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM auth_sessions WHERE expires_at < @limit OR revoked_at < @limit)",
            limit,
            transaction
        );
        await connection.ExecuteAsync("DELETE FROM auth_sessions WHERE expires_at < @limit OR revoked_at < @limit", limit, transaction);
        await transaction.CommitAsync();
    }

    private SignIn Complete(Account account, string sessionId, string refreshToken) =>
        new(
            account,
            tokens.Issue(account, sessionId, options.AccessTokenLifetime),
            refreshToken,
            (int)options.AccessTokenLifetime.TotalSeconds
        );

    private Task<int> InsertAsync(DbConnection connection, DbTransaction? transaction, string id, long userId, TimeSpan lifetime) =>
        connection.ExecuteAsync(
            "INSERT INTO auth_sessions (id, user_id, created_at, expires_at) VALUES (@id, @userId, @now, @expires)",
            new
            {
                id,
                userId,
                now = time.Now(),
                expires = time.Now() + (long)lifetime.TotalMilliseconds,
            },
            transaction
        );

    private async Task<string> AddRefreshAsync(DbConnection connection, DbTransaction transaction, string sessionId)
    {
        string token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await connection.ExecuteAsync(
            "INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES (@hash, @sessionId, @now)",
            new
            {
                hash = Hash(token),
                sessionId,
                now = time.Now(),
            },
            transaction
        );
        return token;
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private sealed record RefreshRow
    {
        public string SessionId { get; init; } = "";
        public long? UsedAt { get; init; }
        public long UserId { get; init; }
        public long ExpiresAt { get; init; }
        public long? RevokedAt { get; init; }
    }
}
