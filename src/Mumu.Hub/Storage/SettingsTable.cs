// Small facts the hub must remember: name and value.
using System.Data.Common;
using Dapper;

namespace Mumu.Hub.Storage;

/// <summary>Rows of the table <c>settings</c>, on the caller's connection and transaction.</summary>
internal static class SettingsTable
{
    public const string SetupTokenHash = "setup_token_hash";
    public const string LocalDevice = "local_device";
    public const string ClaimedLocalDevice = "claimed_local_device";

    public static Task<string?> ReadAsync(DbConnection connection, string name, DbTransaction? transaction = null) =>
        connection.QuerySingleOrDefaultAsync<string?>("SELECT value FROM settings WHERE name = @name", new { name }, transaction);

    public static Task WriteAsync(DbConnection connection, string name, string value, DbTransaction? transaction = null) =>
        connection.ExecuteAsync(
            "INSERT INTO settings (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            new { name, value },
            transaction
        );

    public static Task DeleteAsync(DbConnection connection, string name, DbTransaction? transaction = null) =>
        connection.ExecuteAsync("DELETE FROM settings WHERE name = @name", new { name }, transaction);
}
