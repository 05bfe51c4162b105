// The SQL of accounts.
using System.Data.Common;
using Dapper;
using Mumu.Hub.Storage;

namespace Mumu.Hub.Accounts;

/// <summary>Why an account could not be made.</summary>
internal enum AccountConflict
{
    None,
    Username,
    Email,
}

/// <summary>Reads and writes the table <c>users</c>.</summary>
internal sealed class AccountStore(HubDatabase database, TimeProvider time)
{
    private const string Columns = "id, username, email, hashed_password, role, is_active, failed_logins, locked_until";

    public async Task<Account?> FindAsync(string username)
    {
        await using DbConnection connection = await database.OpenAsync();
        return await connection.QuerySingleOrDefaultAsync<Account>(
            $"SELECT {Columns} FROM users WHERE username_key = @key",
            new { key = AccountRules.Key(username) }
        );
    }

    public async Task<Account?> FindAsync(long id)
    {
        await using DbConnection connection = await database.OpenAsync();
        return await connection.QuerySingleOrDefaultAsync<Account>($"SELECT {Columns} FROM users WHERE id = @id", new { id });
    }

    public async Task<IReadOnlyList<Account>> ListAsync()
    {
        await using DbConnection connection = await database.OpenAsync();
        return [.. await connection.QueryAsync<Account>($"SELECT {Columns} FROM users ORDER BY id")];
    }

    public async Task<bool> HasOwnerAsync()
    {
        await using DbConnection connection = await database.OpenAsync();
        return await HasOwnerAsync(connection);
    }

    public static async Task<bool> HasOwnerAsync(DbConnection connection, DbTransaction? transaction = null) =>
        await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM users WHERE role = 'owner'", transaction: transaction) > 0;

    public async Task<(Account? Account, AccountConflict Conflict)> AddAsync(
        string username,
        string? email,
        string hashedPassword,
        string role
    )
    {
        await using DbConnection connection = await database.OpenAsync();
        return await AddAsync(connection, null, username, email, hashedPassword, role);
    }

    public async Task<(Account? Account, AccountConflict Conflict)> AddAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string username,
        string? email,
        string hashedPassword,
        string role
    )
    {
        string? address = string.IsNullOrEmpty(email) ? null : email;
        var row = new
        {
            username,
            usernameKey = AccountRules.Key(username),
            email = address,
            emailKey = address is null ? null : AccountRules.Key(address),
            hashedPassword,
            role,
            now = time.Now(),
        };
        Account? account = await connection.QuerySingleOrDefaultAsync<Account>(
            $"""
            INSERT INTO users (username, username_key, email, email_key, hashed_password, role, created_at, updated_at)
            VALUES (@username, @usernameKey, @email, @emailKey, @hashedPassword, @role, @now, @now)
            ON CONFLICT DO NOTHING
            RETURNING {Columns}
            """,
            row,
            transaction
        );
        if (account is not null)
        {
            return (account, AccountConflict.None);
        }

        long sameName = await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM users WHERE username_key = @usernameKey",
            row,
            transaction
        );
        return (null, sameName > 0 ? AccountConflict.Username : AccountConflict.Email);
    }

    /// <summary>Counts a wrong password; at <paramref name="limit"/> the account is locked and the count starts over. True if it is locked now. A guess that was on its way when the account was locked leaves it locked.</summary>
    public async Task<bool> CountFailureAsync(long id, int limit, TimeSpan lockOut)
    {
        await using DbConnection connection = await database.OpenAsync();
        long? lockedUntil = await connection.ExecuteScalarAsync<long?>(
            """
            UPDATE users SET
                locked_until = CASE WHEN locked_until > @now THEN locked_until WHEN failed_logins + 1 >= @limit THEN @until ELSE NULL END,
                failed_logins = CASE WHEN locked_until > @now OR failed_logins + 1 >= @limit THEN 0 ELSE failed_logins + 1 END
            WHERE id = @id
            RETURNING locked_until
            """,
            new
            {
                id,
                limit,
                now = time.Now(),
                until = time.Now() + (long)lockOut.TotalMilliseconds,
            }
        );
        return lockedUntil is not null;
    }

    public async Task ForgetFailuresAsync(long id)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync("UPDATE users SET failed_logins = 0, locked_until = NULL WHERE id = @id", new { id });
    }

    public async Task SetPasswordAsync(long id, string hashedPassword)
    {
        await using DbConnection connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            "UPDATE users SET hashed_password = @hashedPassword, updated_at = @now WHERE id = @id",
            new
            {
                id,
                hashedPassword,
                now = time.Now(),
            }
        );
    }
}
