// Who may do what.
using System.Net;
using Mumu.Agent.Keys;
using Mumu.Agent.Tests.Harness;

namespace Mumu.Agent.Tests.Keys;

public sealed class AccessTests : IDisposable
{
    private static readonly IPAddress Here = IPAddress.Loopback;
    private readonly DataDirectory _data = new();
    private readonly ManualTime _time = new();
    private readonly KeyStore _keys;
    private readonly Access _access;

    public AccessTests()
    {
        _keys = new KeyStore(_data.Path, _time);
        _access = new Access(_keys, _data.Open("{ }"), _time);
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_role_allows_its_actions_on_its_paths()
    {
        var reader = _keys.Create("r", ApiKeyRole.Reader, ["garden/*", "gate"]);
        var publisher = _keys.Create("p", ApiKeyRole.Publisher, ["gate"]);
        var admin = _keys.Create("a", ApiKeyRole.Admin);
        (string Key, AccessAction Action, string? Path, bool Allowed)[] all =
        [
            (reader, AccessAction.Read, "garden/north", true),
            (reader, AccessAction.Playback, "gate", true),
            (reader, AccessAction.Read, "garden", false),
            (reader, AccessAction.Read, "gates", false),
            (reader, AccessAction.Publish, "gate", false),
            (reader, AccessAction.Api, null, false),
            (publisher, AccessAction.Publish, "gate", true),
            (publisher, AccessAction.Publish, "front", false),
            (publisher, AccessAction.Read, "gate", false),
            (admin, AccessAction.Publish, "front", true),
            (admin, AccessAction.Read, "front", true),
            (admin, AccessAction.Api, null, true),
            (admin, AccessAction.Metrics, null, true),
        ];
        foreach (var (key, action, path, allowed) in all)
        {
            var expected = allowed ? AccessOutcome.Granted : AccessOutcome.NotAllowed;
            Assert.Equal((expected, action, path), (_access.Decide(key, Here, action, path).Outcome, action, path));
        }
    }

    [Fact]
    public void Nobody_gets_in_without_a_key_from_anywhere()
    {
        for (var i = 0; i < 100; i++)
        {
            var decision = _access.Decide(null, Here, AccessAction.Read, "front");
            Assert.Equal((AccessOutcome.NoKey, TimeSpan.Zero), (decision.Outcome, decision.Delay));
        }
    }

    [Fact]
    public void Wrong_keys_are_slow_then_locked_by_address_and_cost_nobody_else()
    {
        var good = _keys.Create("r", ApiKeyRole.Reader);
        for (var i = 0; i < 10; i++)
        {
            var wrong = _access.Decide($"{KeyStore.Prefix}{i}", Here, AccessAction.Read, "front");
            Assert.Equal((AccessOutcome.WrongKey, Access.WrongKeyDelay), (wrong.Outcome, wrong.Delay));
        }
        Assert.Equal(AccessOutcome.Locked, _access.Decide("x", Here, AccessAction.Read, "front").Outcome);
        Assert.Equal(AccessOutcome.Locked, _access.Decide("x", Here.MapToIPv6(), AccessAction.Read, "front").Outcome);
        Assert.True(_access.Decide(good, Here, AccessAction.Read, "front").IsGranted);
        Assert.Equal(AccessOutcome.WrongKey, _access.Decide("x", IPAddress.Parse("127.0.0.2"), AccessAction.Read, "front").Outcome);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(AccessOutcome.WrongKey, _access.Decide("x", Here, AccessAction.Read, "front").Outcome);
    }

    [Fact]
    public void One_network_of_very_many_addresses_counts_once()
    {
        var outcome = AccessOutcome.Granted;
        for (var i = 0; i < 11; i++)
        {
            outcome = _access.Decide("x", IPAddress.Parse($"2001:db8::{i:x}"), AccessAction.Read, "front").Outcome;
        }
        Assert.Equal(AccessOutcome.Locked, outcome);
        for (var i = 0; i < 10_000; i++)
        {
            _access.Decide("x", new IPAddress(i + 1), AccessAction.Read, "front"); // room stays bounded
        }
    }

    [Theory]
    [InlineData("*", "a/b", true)]
    [InlineData("a*c", "abbc", true)]
    [InlineData("a*c", "abb", false)]
    [InlineData("*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("", "", true)]
    [InlineData("ab", "abc", false)]
    public void Patterns_match_any_run(string pattern, string path, bool matches)
    {
        Assert.Equal(matches, PathPattern.Matches(pattern, path));
    }
}
