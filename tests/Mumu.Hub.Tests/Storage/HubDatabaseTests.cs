// Migrations, files, and what a restart keeps.
using System.Data.Common;
using Dapper;
using Mumu.Hub.Storage;
using Mumu.Hub.Tests.Hosting;

namespace Mumu.Hub.Tests.Storage;

public sealed class HubDatabaseTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("mumu-hub-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task An_empty_directory_becomes_a_database_of_the_newest_version()
    {
        var database = new HubDatabase(directory);
        await using DbConnection connection = await database.OpenAsync();
        Assert.Equal(
            Migrator.Embedded().Select(migration => migration.Version),
            await connection.QueryAsync<long>("SELECT version FROM schema_migrations ORDER BY version")
        );
        Assert.Equal("wal", await connection.ExecuteScalarAsync<string>("PRAGMA journal_mode"));
        Assert.Equal(1L, await connection.ExecuteScalarAsync<long>("PRAGMA foreign_keys"));
    }

    [Fact]
    public async Task Many_that_start_at_once_apply_each_migration_once()
    {
        DbConnection[] connections = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => new HubDatabase(directory).OpenAsync()))
        );
        Assert.Equal(Migrator.Embedded().Count, await connections[0].ExecuteScalarAsync<int>("SELECT COUNT(*) FROM schema_migrations"));
        foreach (DbConnection connection in connections)
        {
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task Only_missing_migrations_are_applied_and_a_failing_one_leaves_nothing()
    {
        await using DbConnection connection = await new HubDatabase(directory).OpenAsync();
        List<Migration> migrations = [.. Migrator.Embedded(), new Migration(9000, "good", "CREATE TABLE good (id {identity})")];
        await Migrator.ApplyAsync(connection, migrations);
        migrations.Add(new Migration(9001, "bad", "CREATE TABLE half (id {identity}); CREATE TABLE good (id {identity})"));
        await Assert.ThrowsAnyAsync<DbException>(() => Migrator.ApplyAsync(connection, migrations));
        Assert.Equal(0, await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM sqlite_master WHERE name = 'half'"));
        Assert.Equal(9000, await connection.ExecuteScalarAsync<int>("SELECT MAX(version) FROM schema_migrations"));
    }

    [Fact]
    public async Task Data_of_a_newer_program_are_left_alone()
    {
        await using DbConnection connection = await new HubDatabase(directory).OpenAsync();
        await connection.ExecuteAsync("INSERT INTO schema_migrations (version, name, applied_at) VALUES (9999, 'future', 0)");
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => new HubDatabase(directory).OpenAsync());
        Assert.Contains("9999", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrations_are_numbered_without_gaps()
    {
        long[] versions = [.. Migrator.Embedded().Select(migration => migration.Version)];
        Assert.Equal(Enumerable.Range(1, versions.Length).Select(i => (long)i), versions);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task The_key_is_for_its_user_alone_and_two_processes_agree_on_it()
    {
        byte[][] keys = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => new Mumu.Hub.Accounts.SigningKey(directory).Bytes.ToArray()))
        );
        Assert.All(keys, key => Assert.Equal(keys[0], key));
        Assert.Equal(32, keys[0].Length);
        Assert.Single(Directory.GetFiles(directory));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory, "jwt.key")));
        }
    }

    [Fact]
    public async Task A_damaged_key_is_not_used()
    {
        await File.WriteAllBytesAsync(Path.Combine(directory, "jwt.key"), [1, 2, 3], TestContext.Current.CancellationToken);
        Assert.Throws<HubAdministrationException>(() => new Mumu.Hub.Accounts.SigningKey(directory).Bytes.Length);
    }

    [Fact]
    public async Task A_restart_keeps_accounts_sign_ins_locks_and_devices_and_nobody_is_online()
    {
        await using HubHost first = await HubHost.StartAsync();
        string ada = await first.AddUserAsync("ada");
        await first.AddUserAsync("bob");
        using TestDevice device = await TestDevice.RegisteredAsync(first, "mumu-1");
        await device.PairAsync(ada);
        SocketClient socket = await device.ConnectAsync();
        await using SocketClient viewer = await SocketClient.ViewerAsync(first, ada);
        await viewer.SendAsync("watch_request", new { device_id = "mumu-1" });
        await viewer.WaitForAsync("watch_ready");
        for (int i = 0; i < 10; i++)
        {
            await first.PostAsync("/api/auth/login", new { username = "bob", password = "wrong horse" });
        }

        // A crash leaves such rows.
        await first.StopAsync();
        var database = new HubDatabase(Path.Combine(first.Directory, "hub"));
        await using (DbConnection connection = await database.OpenAsync())
        {
            Assert.Equal("ended", await connection.ExecuteScalarAsync<string>("SELECT status FROM watch_sessions"));
            await connection.ExecuteAsync(
                "UPDATE devices SET is_online = 1; UPDATE watch_sessions SET status = 'active', ended_reason = NULL"
            );
        }

        await using HubHost second = await HubHost.StartAsync(successorOf: first);
        Reply list = await second.GetAsync("/api/devices", ada);
        Assert.Equal(("mumu-1", false), ((string?)list.Json[0]!["device_id"], (bool)list.Json[0]!["is_online"]!));
        Assert.Equal(429, (await second.PostAsync("/api/auth/login", new { username = "bob", password = "correct horse" })).Status);
        Assert.Equal("error", await second.QueryAsync<string>("SELECT ended_reason FROM watch_sessions"));
        await socket.DisposeAsync();
    }

    [Fact]
    public async Task The_terminal_works_on_the_data_while_the_hub_runs()
    {
        await using HubHost hub = await HubHost.StartAsync();
        HubAdministration beside = HubAdministration.Open(hub.Directory, hub.Time);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => beside.AddUserAsync($"user{i}", "correct horse", "user"))));
        string token = await beside.IssueTokenAsync("user3", TimeSpan.FromHours(1));
        Assert.Equal(200, (await hub.GetAsync("/api/auth/me", token)).Status);
        hub.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(401, (await hub.GetAsync("/api/auth/me", token)).Status);
    }

    [Fact]
    public void A_damaged_key_for_access_tokens_is_told_when_the_data_are_opened()
    {
        string hub = Directory.CreateDirectory(Path.Combine(directory, "hub")).FullName;
        File.WriteAllText(Path.Combine(hub, "jwt.key"), "abc");
        var refusal = Assert.Throws<HubAdministrationException>(() => HubAdministration.Open(directory));
        Assert.Contains("jwt.key is damaged", refusal.Message, StringComparison.Ordinal);
    }
}
