// The one place that opens connections to the hub's database.
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Mumu.Hub.Storage;

/// <summary>SQLite in WAL mode under the data directory. The first connection applies what migrations are missing.</summary>
internal sealed class HubDatabase
{
    private readonly string connectionString;
    private readonly Lazy<Task> migrated;

    static HubDatabase()
    {
        SQLitePCL.Batteries_V2.Init();
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    public HubDatabase(string directory)
    {
        PrivateDirectory.Create(directory);
        File = Path.Combine(directory, "hub.db");
        connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = File,
            ForeignKeys = true,
            DefaultTimeout = 30,
        }.ToString();
        migrated = new Lazy<Task>(MigrateAsync);
    }

    /// <summary>The database's file.</summary>
    public string File { get; }

    /// <summary>An open connection to a database of the current version; the caller disposes it.</summary>
    public async Task<DbConnection> OpenAsync()
    {
        await migrated.Value;
        return await ConnectAsync();
    }

    private async Task MigrateAsync()
    {
        await using DbConnection connection = await ConnectAsync();
        await connection.ExecuteAsync("PRAGMA journal_mode = WAL");
        await Migrator.ApplyAsync(connection, Migrator.Embedded());
    }

    private async Task<DbConnection> ConnectAsync()
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync();
        // SQLite's own busy handler waits in small steps; the driver's sleeps 150 ms a try.
        await connection.ExecuteAsync("PRAGMA busy_timeout = 10000; PRAGMA synchronous = NORMAL");
        return connection;
    }
}
