// Two agents find each other under virtual time: in all weathers, through NATs, with and without candidates.
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Ice;

public sealed class IceConnectTests
{
    public static TheoryData<double, int> Weathers()
    {
        var data = new TheoryData<double, int>();
        foreach (var loss in new[] { 0, 0.05, 0.1, 0.2 })
        {
            for (var seed = 0; seed < 25; seed++)
            {
                data.Add(loss, seed);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Weathers))]
    public void Two_agents_connect_and_stay_connected_in_all_weathers(double loss, int seed)
    {
        var lab = new IceLab(seed, new IceWeather(loss, Duplicates: 0.05, Reordered: 0.2));
        var (offerer, answerer) = Pair(lab);
        Assert.True(lab.RunUntil(() => AreConnected(offerer, answerer), seconds: 10));
        lab.Run(120);
        Assert.DoesNotContain(IceState.Failed, offerer.States.Concat(answerer.States));
        Assert.True(lab.RunUntil(() => AreConnected(offerer, answerer), seconds: 20));
        Assert.Equal(offerer.Agent.Selected!.Value.Remote, IceLab.At("10.0.0.2:2000"));
        Assert.Equal(answerer.Agent.Selected!.Value.Remote, IceLab.At("10.0.0.1:1000"));
        if (loss == 0)
        {
            Assert.DoesNotContain(IceState.Disconnected, offerer.States.Concat(answerer.States));
            Assert.InRange(offerer.Agent.RoundTrip!.Value.TotalMilliseconds, 40, 90);
        }
    }

    [Fact]
    public void Without_loss_a_connection_takes_one_round_trip_each()
    {
        var lab = new IceLab(1, new IceWeather());
        var (offerer, answerer) = Pair(lab);
        var start = lab.Now;
        Assert.True(lab.RunUntil(() => AreConnected(offerer, answerer), seconds: 1));
        Assert.InRange((lab.Now - start).TotalMilliseconds, 40, 100);
    }

    [Fact]
    public void Behind_nats_the_stun_server_shows_the_way()
    {
        var lab = new IceLab(2, new IceWeather(Loss: 0.1));
        lab.AddStunServer("203.0.113.1:3478");
        lab.Nat("192.168.1.5:1000", "198.51.100.1:5555");
        lab.Nat("192.168.2.5:2000", "198.51.100.2:6666");
        var offerer = lab.Add(IceRole.Controlling).Bind(0, "192.168.1.5:1000");
        var answerer = lab.Add(IceRole.Controlled).Bind(0, "192.168.2.5:2000");
        offerer.Agent.AddStunServer(IceLab.At("203.0.113.1:3478"));
        answerer.Agent.AddStunServer(IceLab.At("203.0.113.1:3478"));
        offerer.Signal(answerer);
        answerer.Signal(offerer);
        Assert.True(lab.RunUntil(() => AreConnected(offerer, answerer), seconds: 10));
        Assert.Equal(IceLab.At("198.51.100.2:6666"), offerer.Agent.Selected!.Value.Remote);
        var reflexive = Assert.Single(offerer.Agent.LocalCandidates, c => c.Type == IceCandidateType.ServerReflexive);
        Assert.Equal(("198.51.100.1", 5555, IceLab.At("192.168.1.5:1000")), (reflexive.Host, reflexive.Port, reflexive.Related!.Value));
        Assert.True(lab.RunUntil(() => offerer.Events.OfType<IceEvent.GatheringCompleted>().Any(), seconds: 15));
    }

    [Fact]
    public void A_stun_server_that_never_answers_ends_the_gathering_all_the_same()
    {
        var lab = new IceLab(3, new IceWeather());
        var peer = lab.Add(IceRole.Controlling).Bind(0, "10.0.0.1:1000");
        peer.Agent.AddStunServer(IceLab.At("203.0.113.1:3478"));
        Assert.True(lab.RunUntil(() => peer.Events.OfType<IceEvent.GatheringCompleted>().Any(), seconds: 15));
        Assert.Equal(7, peer.Sent);
        lab.Run(60);
        Assert.Equal(7, peer.Sent);
    }

    [Fact]
    public void An_address_seen_by_the_stun_server_that_is_the_hosts_own_is_no_candidate()
    {
        var lab = new IceLab(3, new IceWeather());
        lab.AddStunServer("203.0.113.1:3478");
        var peer = lab.Add(IceRole.Controlling).Bind(0, "10.0.0.1:1000");
        peer.Agent.AddStunServer(IceLab.At("203.0.113.1:3478"));
        Assert.True(lab.RunUntil(() => peer.Events.OfType<IceEvent.GatheringCompleted>().Any(), seconds: 5));
        Assert.Single(peer.Agent.LocalCandidates);
    }

    // The usual media server: one host base, checks arrive before (or without) candidates of the browser, which sits behind a NAT.
    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void An_answerer_without_any_remote_candidate_follows_the_checks(double loss)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var lab = new IceLab(seed, new IceWeather(loss));
            lab.Nat("192.168.1.5:1000", "198.51.100.1:5555");
            var browser = lab.Add(IceRole.Controlling).Bind(0, "192.168.1.5:1000");
            var server = lab.Add(IceRole.Controlled).Bind(0, "10.0.0.2:8189");
            browser.Signal(server, withCandidates: false);
            server.Signal(browser);
            Assert.True(lab.RunUntil(() => AreConnected(browser, server), seconds: 10));
            Assert.Equal(new FlowId(0, IceLab.At("198.51.100.1:5555")), server.Agent.Selected);
            Assert.Equal((IceCandidateType.Host, IceCandidateType.PeerReflexive), server.Agent.SelectedTypes);
        }
    }

    [Fact]
    public void Checks_that_come_before_the_answer_are_answered_and_checked_back_later()
    {
        var lab = new IceLab(5, new IceWeather());
        var (offerer, answerer) = (
            lab.Add(IceRole.Controlling).Bind(0, "10.0.0.1:1000"),
            lab.Add(IceRole.Controlled).Bind(0, "10.0.0.2:2000")
        );
        offerer.Signal(answerer);
        Assert.True(lab.RunUntil(() => answerer.Agent.State == IceState.Connected, seconds: 2));
        Assert.Equal(IceState.New, offerer.Agent.State);
        Assert.Null(offerer.Agent.Selected);
        answerer.Signal(offerer, withCandidates: false);
        Assert.True(lab.RunUntil(() => AreConnected(offerer, answerer), seconds: 2));
    }

    [Fact]
    public void Several_bases_settle_on_the_best_pair_that_works()
    {
        var lab = new IceLab(6, new IceWeather());
        var offerer = lab.Add(IceRole.Controlling).Bind(0, "10.0.0.1:1000").Bind(1, "[2001:db8::1]:1001");
        var answerer = lab.Add(IceRole.Controlled).Bind(0, "10.0.0.2:2000").Bind(1, "[2001:db8::2]:2001");
        offerer.Signal(answerer);
        answerer.Signal(offerer);
        lab.Run(5);
        Assert.Equal(new FlowId(1, IceLab.At("[2001:db8::2]:2001")), offerer.Agent.Selected);
        Assert.Equal(new FlowId(1, IceLab.At("[2001:db8::1]:1001")), answerer.Agent.Selected);
    }

    [Fact]
    public void A_lite_peer_makes_us_controlling()
    {
        var lab = new IceLab(7, new IceWeather());
        var peer = lab.Add(IceRole.Controlled).Bind(0, "10.0.0.1:1000");
        var lite = lab.Add(IceRole.Controlled).Bind(0, "10.0.0.2:2000");
        peer.Agent.SetRemote(lite.Agent.Local, remoteIsLite: true);
        peer.Take(lite.Agent.LocalCandidates[0]);
        lite.Agent.SetRemote(peer.Agent.Local, remoteIsLite: false);
        Assert.True(lab.RunUntil(() => AreConnected(peer, lite), seconds: 2));
        Assert.Equal(IceRole.Controlling, peer.Agent.Role);
        Assert.Equal(IceRole.Controlled, lite.Agent.Role);
    }

    [Fact]
    public void When_nothing_works_it_fails_with_a_reason()
    {
        var lab = new IceLab(8, new IceWeather(Loss: 1));
        var (offerer, answerer) = Pair(lab);
        var start = lab.Now;
        Assert.True(lab.RunUntil(() => offerer.Agent.State == IceState.Failed, seconds: 60));
        Assert.InRange((lab.Now - start).TotalSeconds, 29, 31);
        Assert.Contains("30 seconds", offerer.Events.OfType<IceEvent.StateChanged>().Last().Reason, StringComparison.Ordinal);
        Assert.Null(offerer.Agent.NextDeadline);
        answerer.Agent.Close();
        Assert.Equal(IceState.Closed, answerer.Agent.State);
    }

    [Fact]
    public void With_all_candidates_known_failure_comes_sooner()
    {
        var lab = new IceLab(9, new IceWeather(Loss: 1));
        var (offerer, _) = Pair(lab);
        offerer.Agent.EndOfRemoteCandidates();
        var start = lab.Now;
        Assert.True(lab.RunUntil(() => offerer.Agent.State == IceState.Failed, seconds: 60));
        Assert.InRange((lab.Now - start).TotalSeconds, 10, 14);
    }

    internal static bool AreConnected(IcePeer a, IcePeer b) => a.Agent.State == IceState.Connected && b.Agent.State == IceState.Connected;

    internal static (IcePeer Offerer, IcePeer Answerer) Pair(
        IceLab lab,
        IceRole offerer = IceRole.Controlling,
        IceRole answerer = IceRole.Controlled
    )
    {
        var pair = (lab.Add(offerer).Bind(0, "10.0.0.1:1000"), lab.Add(answerer).Bind(0, "10.0.0.2:2000"));
        pair.Item1.Signal(pair.Item2);
        pair.Item2.Signal(pair.Item1);
        return pair;
    }
}
