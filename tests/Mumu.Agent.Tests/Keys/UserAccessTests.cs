// Users of the settings, and networks of keys and users.
using System.Net;
using Mumu.Agent.Keys;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Keys;

public sealed class UserAccessTests : IDisposable
{
    private static readonly IPAddress Home = IPAddress.Parse("192.168.1.7");
    private static readonly string Hash = PasswordHash.Create("a good password");
    private readonly DataDirectory _data = new();
    private readonly ManualTime _time = new();
    private readonly KeyStore _keys;
    private readonly Access _access;

    public UserAccessTests()
    {
        _keys = new KeyStore(_data.Path, _time);
        var settings = _data.Open(
            $$"""
            { "access": { "users": {
              "alice": { "password": "{{Hash}}", "networks": ["192.168.1.0/24"], "permissions": [
                { "action": "read", "path": "garden/*" }, { "action": "publish", "path": "gate" }, { "action": "metrics" } ] },
              "guest": { "password": "{{Hash}}" } } } }
            """
        );
        _access = new Access(_keys, settings, _time);
    }

    public void Dispose() => _data.Dispose();

    private async Task<AccessOutcome> AskAsync(Credentials? shown, AccessAction action, string? path, IPAddress? from = null) =>
        (await _access.DecideAsync(new AccessRequest(shown, from ?? Home, action, path), TestContext.Current.CancellationToken)).Outcome;

    [Fact]
    public async Task A_user_may_what_the_permissions_say_and_from_where()
    {
        var alice = new Credentials("alice", "a good password");
        Assert.Equal(AccessOutcome.Granted, await AskAsync(alice, AccessAction.Read, "garden/north"));
        Assert.Equal(AccessOutcome.Granted, await AskAsync(alice, AccessAction.Publish, "gate"));
        Assert.Equal(AccessOutcome.Granted, await AskAsync(alice, AccessAction.Metrics, null));
        Assert.Equal(AccessOutcome.Granted, await AskAsync(alice, AccessAction.Read, "garden/north", Home.MapToIPv6()));
        Assert.Equal(AccessOutcome.NotAllowed, await AskAsync(alice, AccessAction.Read, "gate"));
        Assert.Equal(AccessOutcome.NotAllowed, await AskAsync(alice, AccessAction.Api, null));
        Assert.Equal(AccessOutcome.NotAllowed, await AskAsync(alice, AccessAction.Read, "garden/north", IPAddress.Loopback));
        Assert.Equal(AccessOutcome.NotAllowed, await AskAsync(new Credentials("guest", "a good password"), AccessAction.Read, "gate"));
        Assert.Equal(
            AccessOutcome.WrongKey,
            await AskAsync(new Credentials("alice", "a good passwore"), AccessAction.Read, "garden/north")
        );
        Assert.Equal(
            AccessOutcome.WrongKey,
            await AskAsync(new Credentials("nobody", "a good password"), AccessAction.Read, "garden/north")
        );
        Assert.Equal(AccessOutcome.WrongKey, await AskAsync(new Credentials("alice", Hash), AccessAction.Read, "garden/north"));
        Assert.Equal(AccessOutcome.NoKey, await AskAsync(null, AccessAction.Read, "garden/north"));
    }

    [Fact]
    public async Task Guessing_a_password_ends_in_a_lock_that_a_right_password_does_not_open_but_a_key_does()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(AccessOutcome.WrongKey, await AskAsync(new Credentials("alice", $"guess {i}"), AccessAction.Metrics, null));
        }
        Assert.Equal(AccessOutcome.Locked, await AskAsync(new Credentials("alice", "one more"), AccessAction.Metrics, null));
        Assert.Equal(AccessOutcome.Locked, await AskAsync(new Credentials("alice", "a good password"), AccessAction.Metrics, null));
        var key = _keys.Create("k", ApiKeyRole.Metrics);
        Assert.Equal(AccessOutcome.Granted, await AskAsync(new Credentials("any", key), AccessAction.Metrics, null));
        Assert.Equal(12, _access.Wrong);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(AccessOutcome.Granted, await AskAsync(new Credentials("alice", "a good password"), AccessAction.Metrics, null));
    }

    [Fact]
    public async Task A_key_counts_from_its_networks_only()
    {
        var key = new Credentials(Token: _keys.Create("nvr", ApiKeyRole.Reader, null, ["10.0.0.0/8", "2001:db8::/32"]));
        Assert.Equal(AccessOutcome.Granted, await AskAsync(key, AccessAction.Read, "x", IPAddress.Parse("10.1.2.3")));
        Assert.Equal(AccessOutcome.Granted, await AskAsync(key, AccessAction.Read, "x", IPAddress.Parse("2001:db8::5")));
        Assert.Equal(AccessOutcome.NotAllowed, await AskAsync(key, AccessAction.Read, "x", IPAddress.Loopback));
        Assert.Equal(AccessOutcome.NotAllowed, _access.Decide(key.Token, IPAddress.Loopback, AccessAction.Read, "x").Outcome);
        Assert.Throws<InvalidOperationException>(() => _keys.Create("bad", ApiKeyRole.Reader, null, ["10.0.0.0/64"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a good password")]
    [InlineData("pbkdf2-sha512:1:AAAAAAAAAAA:AAAA")]
    [InlineData("pbkdf2-sha512:210000:!!:AAAA")]
    public void Only_a_hash_stands_in_the_settings(string password)
    {
        var text = $$"""{ "access": { "users": { "bob": { "password": "{{password}}" } } } }""";
        using var data = new DataDirectory();
        Assert.Contains(
            "mumu key hash",
            Assert.Throws<Mumu.Agent.Settings.SettingsException>(() => data.Open(text)).Message,
            StringComparison.Ordinal
        );
    }
}
