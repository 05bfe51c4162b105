// A connection's life after it is made: consent, silence, other paths, rebinding, restart.
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Ice;

public sealed class IceLifeTests
{
    [Fact]
    public void Consent_is_asked_every_four_to_six_seconds_and_keeps_an_idle_connection()
    {
        var lab = new IceLab(1, new IceWeather());
        var (a, b) = IceConnectTests.Pair(lab);
        lab.Run(5);
        var requests = new List<TimeSpan>();
        lab.Tap = (_, to, data) =>
        {
            if (to == IceLab.At("10.0.0.2:2000") && StunMessage.TryParse(data, out var message) && message.Class == StunClass.Request)
            {
                requests.Add(lab.Now);
            }
        };
        lab.Run(600);
        Assert.True(IceConnectTests.AreConnected(a, b));
        Assert.InRange(requests.Count, 110, 130);
        Assert.All(requests.Zip(requests.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 3.99, 6.1));
    }

    [Fact]
    public void A_cut_is_disconnected_soon_and_failed_after_thirty_seconds_and_nothing_is_sent_then()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var lab = new IceLab(seed, new IceWeather());
            var (a, b) = IceConnectTests.Pair(lab);
            lab.Run(20 + seed);
            var flow = a.Agent.Selected!.Value;
            Assert.True(a.Agent.IsValidated(flow));
            lab.IsCut = (_, _) => true;
            var start = lab.Now;
            Assert.True(lab.RunUntil(() => a.Agent.State == IceState.Disconnected, seconds: 30));
            Assert.InRange((lab.Now - start).TotalSeconds, 2, 9);
            Assert.Equal(flow, a.Agent.Selected);
            Assert.True(lab.RunUntil(() => a.Agent.State == IceState.Failed && b.Agent.State == IceState.Failed, seconds: 60));
            Assert.InRange((lab.Now - start).TotalSeconds, 23, 31);
            Assert.Null(a.Agent.Selected);
            Assert.False(a.Agent.IsValidated(flow));
            Assert.NotNull(a.Events.OfType<IceEvent.StateChanged>().Last().Reason);
            var sent = a.Sent;
            lab.Run(60);
            Assert.Equal(sent, a.Sent);
        }
    }

    // Traffic towards us alone is no consent to send (RFC 7675).
    [Fact]
    public void A_path_that_only_works_towards_us_fails_too()
    {
        var lab = new IceLab(1, new IceWeather());
        var (a, _) = IceConnectTests.Pair(lab);
        lab.Run(20);
        lab.IsCut = (from, _) => from == IceLab.At("10.0.0.1:1000");
        Assert.True(lab.RunUntil(() => a.Agent.State == IceState.Failed, seconds: 40));
    }

    [Fact]
    public void A_cut_of_fifteen_seconds_heals()
    {
        var lab = new IceLab(2, new IceWeather());
        var (a, b) = IceConnectTests.Pair(lab);
        lab.Run(20);
        lab.IsCut = (_, _) => true;
        lab.Run(15);
        Assert.Equal(IceState.Disconnected, a.Agent.State);
        lab.IsCut = (_, _) => false;
        Assert.True(lab.RunUntil(() => IceConnectTests.AreConnected(a, b), seconds: 3));
    }

    [Theory]
    [InlineData(0, IceRole.Controlling)]
    [InlineData(0.1, IceRole.Controlling)]
    [InlineData(0, IceRole.Controlled)]
    [InlineData(0.1, IceRole.Controlled)]
    public void When_the_selected_path_dies_both_turn_to_another_that_works(double loss, IceRole role)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var lab = new IceLab(seed, new IceWeather(loss));
            var a = lab.Add(role).Bind(0, "10.0.0.1:1000").Bind(1, "10.1.0.1:1001");
            var b = lab.Add(role == IceRole.Controlled ? IceRole.Controlling : IceRole.Controlled).Bind(0, "10.0.0.2:2000");
            a.Signal(b);
            b.Signal(a);
            lab.Run(20 + seed);
            Assert.Equal(0, a.Agent.Selected!.Value.Base);
            var start = lab.Now;
            lab.IsCut = (from, to) => from == IceLab.At("10.0.0.1:1000") || to == IceLab.At("10.0.0.1:1000");
            Assert.True(
                lab.RunUntil(
                    () => a.Agent.Selected?.Base == 1 && b.Agent.Selected?.Remote == IceLab.At("10.1.0.1:1001"),
                    seconds: loss == 0 ? 11 : 20
                )
            );
            Assert.DoesNotContain(IceState.Failed, a.States.Concat(b.States));
            lab.Run(60);
            Assert.Equal(1, a.Agent.Selected?.Base);
            Assert.Equal(IceLab.At("10.1.0.1:1001"), b.Agent.Selected?.Remote);
        }
    }

    // The peer's reports about media come every second, so a path need not wait for the next consent check to be doubted.
    [Fact]
    public void A_path_whose_traffic_stops_is_left_within_four_seconds_for_the_best_that_answers()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var lab = new IceLab(seed, new IceWeather(Loss: 0.05));
            var a = lab.Add(IceRole.Controlling).Bind(0, "10.0.0.1:1000").Bind(1, "10.1.0.1:1001").Bind(2, "10.2.0.1:1002");
            var b = lab.Add(IceRole.Controlled).Bind(0, "10.0.0.2:2000");
            a.Signal(b);
            b.Signal(a);
            lab.Run(5);
            for (var i = 0; i < 30 + seed; i++)
            {
                lab.Run(0.7);
                b.Agent.OnTraffic(b.Agent.Selected!.Value, lab.Now);
            }
            Assert.Equal(IceLab.At("10.0.0.1:1000"), b.Agent.Selected!.Value.Remote);
            bool IsDead(TransportAddress address) => address == IceLab.At("10.0.0.1:1000") || address == IceLab.At("10.1.0.1:1001");
            lab.IsCut = (from, to) => IsDead(from) || IsDead(to);
            Assert.True(lab.RunUntil(() => b.Agent.Selected?.Remote == IceLab.At("10.2.0.1:1002"), seconds: 4), $"Seed {seed}");
        }
    }

    [Fact]
    public void Traffic_that_pauses_on_a_path_that_works_changes_nothing()
    {
        var lab = new IceLab(1, new IceWeather());
        var (a, b) = IceConnectTests.Pair(lab);
        lab.Run(5);
        b.Agent.OnTraffic(b.Agent.Selected!.Value, lab.Now);
        var before = b.Sent;
        lab.Run(60);
        Assert.InRange(b.Sent - before, 20, 80); // A check every two seconds, and the answers to the peer's.
        Assert.True(IceConnectTests.AreConnected(a, b));
    }

    [Fact]
    public void A_rebinding_nat_gives_the_peer_another_address_and_the_server_follows()
    {
        var lab = new IceLab(4, new IceWeather());
        lab.Nat("192.168.1.5:1000", "198.51.100.1:5555");
        var browser = lab.Add(IceRole.Controlling).Bind(0, "192.168.1.5:1000");
        var server = lab.Add(IceRole.Controlled).Bind(0, "10.0.0.2:8189");
        browser.Signal(server, withCandidates: false);
        server.Signal(browser);
        lab.Run(30);
        lab.Nat("192.168.1.5:1000", "198.51.100.1:7777");
        Assert.True(lab.RunUntil(() => server.Agent.Selected == new FlowId(0, IceLab.At("198.51.100.1:7777")), seconds: 15));
        Assert.DoesNotContain(IceState.Failed, server.States.Concat(browser.States));
        lab.Run(120);
        Assert.True(IceConnectTests.AreConnected(browser, server));
        Assert.False(server.Agent.IsValidated(new FlowId(0, IceLab.At("198.51.100.1:5555"))));
    }

    // Browsers ping the pair in use every two and a half seconds.
    [Theory]
    [InlineData(IceRole.Controlling, true)]
    [InlineData(IceRole.Controlled, true)]
    [InlineData(IceRole.Controlling, false)]
    [InlineData(IceRole.Controlled, false)]
    public void After_a_rebinding_media_finds_the_viewer_again_within_five_seconds(IceRole viewersRole, bool isSignaled)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var lab = new IceLab(seed, new IceWeather(seed % 2 == 0 ? 0 : 0.02));
            lab.Nat("192.168.1.5:1000", "198.51.100.1:5555");
            lab.AddStunServer("203.0.113.1:3478");
            var viewer = lab.Add(viewersRole, options => options with { ConsentInterval = TimeSpan.FromSeconds(2) });
            viewer.Bind(0, "192.168.1.5:1000");
            viewer.Agent.AddStunServer(IceLab.At("203.0.113.1:3478"));
            var device = lab.Add(viewersRole == IceRole.Controlled ? IceRole.Controlling : IceRole.Controlled).Bind(0, "10.0.0.2:8189");
            viewer.Signal(device, withCandidates: isSignaled);
            device.Signal(viewer);
            lab.Run(20 + (seed * 0.37));
            lab.Nat("192.168.1.5:1000", "198.51.100.1:7777");
            var start = lab.Now;
            Assert.True(
                lab.RunUntil(() => device.Agent.Selected == new FlowId(0, IceLab.At("198.51.100.1:7777")), seconds: 15),
                $"Not at all with seed {seed}."
            );
            Assert.InRange((lab.Now - start).TotalSeconds, 0, 5);
            lab.Run(60);
            Assert.True(IceConnectTests.AreConnected(viewer, device));
            Assert.DoesNotContain(IceState.Failed, device.States.Concat(viewer.States));
        }
    }

    [Fact]
    public void Hundreds_of_rebindings_leave_a_bounded_list_and_a_living_connection()
    {
        var lab = new IceLab(5, new IceWeather());
        lab.Nat("192.168.1.5:1000", "198.51.100.1:10000");
        var browser = lab.Add(IceRole.Controlling).Bind(0, "192.168.1.5:1000");
        var server = lab.Add(IceRole.Controlled, options => options with { MaxPairs = 8 }).Bind(0, "10.0.0.2:8189");
        browser.Signal(server, withCandidates: false);
        server.Signal(browser);
        for (var port = 10001; port < 10200; port++)
        {
            lab.Run(20);
            lab.Nat("192.168.1.5:1000", $"198.51.100.1:{port}");
        }
        Assert.True(lab.RunUntil(() => server.Agent.Selected?.Remote.Port == 10199, seconds: 20));
        Assert.DoesNotContain(IceState.Failed, server.States);
    }

    [Fact]
    public void A_restart_on_both_sides_keeps_the_old_path_until_the_new_one_works()
    {
        var lab = new IceLab(6, new IceWeather());
        var (a, b) = IceConnectTests.Pair(lab);
        lab.Run(10);
        var flow = a.Agent.Selected!.Value;
        a.Agent.Restart(a.NewCredentials());
        Assert.Equal(flow, a.Agent.Selected);
        Assert.True(a.Agent.IsValidated(flow));
        lab.Run(3); // The offer travels; the other side still sends under the old credentials.
        Assert.Equal(IceState.Connected, b.Agent.State);
        b.Agent.Restart(b.NewCredentials());
        a.Signal(b);
        Assert.True(b.Agent.IsValidated(new FlowId(0, IceLab.At("10.0.0.1:1000")))); // In the new list too, but not checked yet.
        lab.Run(0.1);
        b.Signal(a);
        Assert.True(lab.RunUntil(() => IceConnectTests.AreConnected(a, b), seconds: 2));
        lab.Run(60);
        Assert.True(IceConnectTests.AreConnected(a, b));
        Assert.DoesNotContain(a.Events.Concat(b.Events), e => e is IceEvent.SelectedChanged { Flow: null });
    }

    [Fact]
    public void A_restart_that_is_never_answered_fails()
    {
        var lab = new IceLab(7, new IceWeather());
        var (a, _) = IceConnectTests.Pair(lab);
        lab.Run(10);
        a.Agent.Restart(a.NewCredentials());
        Assert.True(lab.RunUntil(() => a.Agent.State == IceState.Failed, seconds: 31));
        Assert.Null(a.Agent.Selected);
    }

    [Fact]
    public void A_restart_leads_out_of_failure()
    {
        var lab = new IceLab(10, new IceWeather());
        var (a, b) = IceConnectTests.Pair(lab);
        lab.Run(10);
        lab.IsCut = (_, _) => true;
        Assert.True(lab.RunUntil(() => a.Agent.State == IceState.Failed && b.Agent.State == IceState.Failed, seconds: 40));
        lab.IsCut = (_, _) => false;
        a.Agent.Restart(a.NewCredentials());
        b.Agent.Restart(b.NewCredentials());
        a.Signal(b);
        b.Signal(a);
        Assert.True(lab.RunUntil(() => IceConnectTests.AreConnected(a, b), seconds: 2));
    }

    [Fact]
    public void A_closed_agent_is_silent()
    {
        var lab = new IceLab(8, new IceWeather());
        var (a, b) = IceConnectTests.Pair(lab);
        lab.Run(10);
        a.Agent.Close();
        var sent = a.Sent;
        Assert.True(lab.RunUntil(() => b.Agent.State == IceState.Failed, seconds: 40));
        Assert.Equal(sent, a.Sent);
        Assert.Null(a.Agent.NextDeadline);
        Assert.Equal(IceState.Closed, a.States.Last());
    }

    [Fact]
    public void Consent_checks_allocate_nothing()
    {
        var lab = new IceLab(9, new IceWeather());
        var (a, b) = IceConnectTests.Pair(lab);
        lab.Run(30);
        var (now, toA, toB) = (lab.Now, b.Agent.Selected!.Value, a.Agent.Selected!.Value);
        Span<byte> buffer = stackalloc byte[1024];
        Exchange(20, buffer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var passed = Exchange(200, buffer);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(passed, 700, 850); // Two checks and two answers every five seconds or so, for a thousand seconds.
        Assert.True(IceConnectTests.AreConnected(a, b));

        int Exchange(int rounds, Span<byte> buffer)
        {
            var count = 0;
            for (var i = 0; i < rounds * 10; i++)
            {
                now += TimeSpan.FromMilliseconds(500);
                count += Pass(a.Agent, b.Agent, toA, buffer) + Pass(b.Agent, a.Agent, toB, buffer) + Pass(a.Agent, b.Agent, toA, buffer);
            }
            return count;
        }

        int Pass(IceAgent from, IceAgent to, in FlowId back, Span<byte> buffer)
        {
            var count = 0;
            if (from.NextDeadline <= now)
            {
                from.Tick(now);
            }
            while (from.TryTransmit(buffer, out var length, out _))
            {
                to.Receive(buffer[..length], back, now);
                count++;
            }
            return count;
        }
    }
}
