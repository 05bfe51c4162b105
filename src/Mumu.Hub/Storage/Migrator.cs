// Applies the numbered migrations that a database has not seen yet.
using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace Mumu.Hub.Storage;

/// <summary>One step of the schema.</summary>
internal sealed record Migration(long Version, string Name, string Sql);

/// <summary>All missing steps are applied in one transaction that holds the write lock from its start, so that two processes never apply the same step.</summary>
internal static class Migrator
{
    private const string Identity = "INTEGER PRIMARY KEY AUTOINCREMENT";

    /// <summary>The migrations inside this assembly, in order: <c>0001_accounts.sql</c> and so on.</summary>
    public static IReadOnlyList<Migration> Embedded()
    {
        Assembly assembly = typeof(Migrator).Assembly;
        string prefix = typeof(Migrator).Namespace + ".Migrations.";
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => Read(assembly, name, name[prefix.Length..^".sql".Length])),
        ];
    }

    public static async Task ApplyAsync(DbConnection connection, IReadOnlyList<Migration> migrations)
    {
        // SQLite: BEGIN IMMEDIATE. PostgreSQL will take an advisory lock here.
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
            transaction: transaction
        );
        long present = await connection.ExecuteScalarAsync<long>(
            "SELECT COALESCE(MAX(version), 0) FROM schema_migrations",
            transaction: transaction
        );
        long newest = migrations.Count == 0 ? 0 : migrations[^1].Version;
        if (present > newest)
        {
            throw new InvalidOperationException(
                $"The hub's database has version {present} and this program knows up to {newest}: start the newer program again, or restore a backup."
            );
        }

        foreach (Migration migration in migrations.Where(migration => migration.Version > present))
        {
            await connection.ExecuteAsync(
                migration.Sql.Replace("{identity}", Identity, StringComparison.Ordinal),
                transaction: transaction
            );
            await connection.ExecuteAsync(
                "INSERT INTO schema_migrations (version, name, applied_at) VALUES (@Version, @Name, @Now)",
                new
                {
                    migration.Version,
                    migration.Name,
                    Now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
                },
                transaction
            );
        }

        await transaction.CommitAsync();
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return new Migration(long.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}
