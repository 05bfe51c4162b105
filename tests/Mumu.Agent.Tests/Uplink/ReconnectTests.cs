// Coming back to the hub after losses and refusals, under a manual clock.
using System.Net.WebSockets;
using Mumu.Agent.Tests.Harness;
using Mumu.Agent.Uplink;

namespace Mumu.Agent.Tests.Uplink;

public sealed class ReconnectTests
{
    [Fact]
    public void Waits_double_to_a_minute_with_jitter_and_begin_anew()
    {
        var backoff = new Backoff(new Random(3));
        double[] ceilings = [1, 2, 4, 8, 16, 32, 60, 60, 60];
        foreach (var ceiling in ceilings)
        {
            Assert.InRange(backoff.Next().TotalSeconds, ceiling / 2, ceiling);
        }
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.5, 1);
        Assert.InRange(backoff.Next(TimeSpan.FromSeconds(30)).TotalSeconds, 15, 30);
        Assert.InRange(backoff.Next().TotalSeconds, 30, 60);
        Assert.InRange(backoff.Next(TimeSpan.FromHours(1)).TotalSeconds, 30, 60);
    }

    [Fact]
    public async Task A_hub_that_is_away_is_tried_with_growing_waits_and_found_when_it_is_back()
    {
        var hub = await FakeHub.StartAsync();
        await using var agent = await RunningUplink.StartAsync(hub.Url);
        var port = hub.Port;
        await hub.GreetAsync();
        await agent.BecomesAsync(UplinkState.Online);
        await hub.DisposeAsync();
        double[] ceilings = [1, 2, 4, 8];
        foreach (var ceiling in ceilings)
        {
            Assert.InRange((await agent.SkipWaitAsync()).TotalSeconds, ceiling / 2, ceiling);
        }
        await agent.BecomesAsync(UplinkState.Waiting);
        Assert.Contains("Is the hub running?", agent.Uplink.Status.Message, StringComparison.Ordinal);

        await using var again = await FakeHub.StartAsync(port);
        await agent.SkipWaitAsync();
        var socket = await again.GreetAsync();
        await agent.BecomesAsync(UplinkState.Online);
        Assert.Equal(0, again.Registrations.Reader.Count); // It is known there; the greeting was enough.

        // A connection that held a while makes the next wait short.
        await socket.SettleAsync();
        agent.Time.Advance(TimeSpan.FromSeconds(11));
        socket.Abort();
        Assert.InRange((await agent.SkipWaitAsync()).TotalSeconds, 0.5, 1);
    }

    [Fact]
    public async Task A_hub_that_hangs_up_at_once_is_not_hammered()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var agent = await RunningUplink.StartAsync(hub.Url);
        double[] ceilings = [1, 2, 4, 8, 16];
        foreach (var ceiling in ceilings)
        {
            var socket = await hub.GreetAsync();
            await agent.BecomesAsync(UplinkState.Online);
            socket.Abort();
            Assert.InRange((await agent.SkipWaitAsync()).TotalSeconds, ceiling / 2, ceiling);
        }
    }

    [Fact]
    public async Task A_hub_that_lost_the_device_gets_it_registered_again()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var agent = await RunningUplink.StartAsync(hub.Url);
        var socket = await hub.AcceptAsync();
        await hub.Registrations.Reader.ReadAsync(TestContext.Current.CancellationToken);
        await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "Device not found");
        await agent.SkipWaitAsync();
        await hub.Registrations.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Within("registration");
        await hub.GreetAsync();
        await agent.BecomesAsync(UplinkState.Online);
    }

    [Theory]
    [InlineData(403, "{\"detail\":\"This id belongs to another key.\"}", "This id belongs to another key.", 30, 60)]
    [InlineData(404, "<html>nginx</html>", "404 Not Found. Is the address right?", 30, 60)]
    [InlineData(302, "", "302", 30, 60)]
    [InlineData(500, "{\"detail\":5}", "500", 0.5, 1)]
    [InlineData(429, "{\"detail\":\"Too many.\"}", "Too many.", 0.5, 1)]
    public async Task A_refused_registration_is_told_and_only_tried_again_when_it_makes_sense(
        int status,
        string body,
        string words,
        double from,
        double to
    )
    {
        await using var hub = await FakeHub.StartAsync();
        hub.RefuseRegistration = (status, body);
        await using var agent = await RunningUplink.StartAsync(hub.Url);
        await agent.BecomesAsync(UplinkState.Waiting);
        Assert.Contains(words, agent.Uplink.Status.Message, StringComparison.Ordinal);
        hub.RefuseRegistration = null;
        Assert.InRange((await agent.SkipWaitAsync()).TotalSeconds, from, to);
        await hub.GreetAsync();
        await agent.BecomesAsync(UplinkState.Online);
    }

    [Fact]
    public async Task A_server_that_is_no_hub_is_told_in_words()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var agent = await RunningUplink.StartAsync(hub.Url + "/elsewhere");
        await agent.BecomesAsync(UplinkState.Waiting);
        Assert.Contains("404", agent.Uplink.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_address_in_the_settings_is_used_at_once()
    {
        await using var first = await FakeHub.StartAsync();
        await using var second = await FakeHub.StartAsync();
        await using var agent = await RunningUplink.StartAsync(first.Url);
        var socket = await first.GreetAsync();
        await agent.BecomesAsync(UplinkState.Online);
        File.WriteAllText(agent.Settings.Path, $$"""{ "hub": { "url": "{{second.Url}}" } }""");
        agent.Settings.Reload();
        await second.GreetAsync();
        await agent.BecomesAsync(UplinkState.Online);
        await socket.Gone.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(1, second.Registrations.Reader.Count);
        Assert.Equal(second.Url, agent.Uplink.Status.Hub);
    }

    [Fact]
    public async Task Without_a_hub_nothing_is_tried_until_one_is_set()
    {
        await using var hub = await FakeHub.StartAsync();
        await using var agent = await RunningUplink.StartAsync(null);
        await Eventually.HoldsAsync(() => agent.Uplink.Status.Message == "No hub is set.", "the uplink is off");
        agent.Time.Advance(TimeSpan.FromHours(1));
        File.WriteAllText(agent.Settings.Path, $$"""{ "hub": { "url": "{{hub.Url}}" } }""");
        agent.Settings.Reload();
        await hub.GreetAsync();
        await agent.BecomesAsync(UplinkState.Online);
    }
}
