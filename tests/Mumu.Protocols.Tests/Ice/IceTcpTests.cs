// ICE over TCP (RFC 6544): candidates, who connects to whom, what is not repeated, and what happens when a connection breaks.
using Mumu.Protocols.Ice;

namespace Mumu.Protocols.Tests.Ice;

public sealed class IceTcpTests
{
    private const int Passive = 5;
    private const int Active = 6;

    [Fact]
    public void Candidates_say_how_they_connect_and_stand_behind_udp_and_before_relays()
    {
        var peer = new IceLab(1, new IceWeather()).Add(IceRole.Controlled);
        peer.Agent.AddLocalBase(0, IceLab.At("10.0.0.1:8189"));
        peer.Agent.AddLocalBase(Passive, IceLab.At("10.0.0.1:8189"), transport: IceTransport.TcpPassive);
        peer.Agent.AddLocalBase(Active, IceLab.At("10.0.0.1:8189"), transport: IceTransport.TcpActive);
        peer.Agent.AddLocalBase(1, IceLab.At("198.51.100.9:50000"), IceCandidateType.Relayed, IceLab.At("198.51.100.1:6"));

        var texts = peer.Agent.LocalCandidates.Select(candidate => candidate.ToString()).ToList();
        Assert.Equal(4, texts.Count);
        Assert.EndsWith("10.0.0.1 8189 typ host", texts[0], StringComparison.Ordinal);
        Assert.EndsWith("10.0.0.1 8189 typ host tcptype passive", texts[1], StringComparison.Ordinal);
        Assert.EndsWith("10.0.0.1 9 typ host tcptype active", texts[2], StringComparison.Ordinal);
        Assert.EndsWith("198.51.100.9 50000 typ relay raddr 198.51.100.1 rport 6", texts[3], StringComparison.Ordinal);
        Assert.Contains(" 1 tcp ", texts[1], StringComparison.Ordinal);
        var priorities = peer.Agent.LocalCandidates.Select(candidate => candidate.Priority).ToList();
        Assert.True(priorities[0] > priorities[2] && priorities[2] > priorities[1] && priorities[1] > priorities[3]);
        Assert.Equal(4, peer.Agent.LocalCandidates.Select(candidate => candidate.Foundation).Distinct().Count());
    }

    [Theory]
    [InlineData(IceRole.Controlling)]
    [InlineData(IceRole.Controlled)]
    public void Who_connects_checks_and_who_listens_answers_in_either_role(IceRole listenersRole)
    {
        var lab = new IceLab(2, new IceWeather());
        var (listener, connector) = Pair(lab, listenersRole);
        Assert.True(lab.RunUntil(() => IceConnectTests.AreConnected(listener, connector), seconds: 3));
        Assert.Equal(Passive, listener.Agent.Selected!.Value.Base);
        Assert.Equal(Active, connector.Agent.Selected!.Value.Base);
        lab.Run(120);
        Assert.True(IceConnectTests.AreConnected(listener, connector));
    }

    [Fact]
    public void A_check_over_tcp_is_sent_once()
    {
        var lab = new IceLab(3, new IceWeather());
        var (_, connector) = Pair(lab, IceRole.Controlled);
        lab.IsCut = (_, _) => true;
        lab.Run(11);
        Assert.Equal(1, connector.Sent);
        Assert.True(lab.RunUntil(() => connector.Agent.State == IceState.Failed, seconds: 31));
    }

    [Fact]
    public void Udp_is_chosen_where_it_works_and_tcp_takes_over_where_it_dies()
    {
        foreach (var role in Enum.GetValues<IceRole>())
        {
            var lab = new IceLab(4, new IceWeather());
            var (listener, connector) = Pair(lab, role, withUdp: true);
            lab.Run(5);
            Assert.Equal((0, 0), (listener.Agent.Selected!.Value.Base, connector.Agent.Selected!.Value.Base));
            lab.IsCut = (from, to) => from.Port == 1000 || to.Port == 1000;
            Assert.True(
                lab.RunUntil(() => listener.Agent.Selected?.Base == Passive && connector.Agent.Selected?.Base == Active, seconds: 11)
            );
            Assert.DoesNotContain(IceState.Failed, listener.States.Concat(connector.States));
        }
    }

    [Fact]
    public void A_broken_connection_is_left_at_once_for_what_else_works_and_may_be_made_again()
    {
        var lab = new IceLab(5, new IceWeather());
        var (listener, connector) = Pair(lab, IceRole.Controlled, withUdp: true);
        lab.IsCut = (from, to) => from.Port == 1000 || to.Port == 1000;
        lab.Run(5);
        Assert.Equal(Passive, listener.Agent.Selected!.Value.Base);
        lab.IsCut = (_, _) => false;
        listener.Agent.LoseFlow(listener.Agent.Selected.Value, lab.Now);
        connector.Agent.LoseFlow(connector.Agent.Selected!.Value, lab.Now);
        Assert.Null(listener.Agent.Selected);
        Assert.Equal(IceState.Disconnected, listener.Agent.State);
        Assert.True(lab.RunUntil(() => IceConnectTests.AreConnected(listener, connector), seconds: 5));
        Assert.DoesNotContain(IceState.Failed, listener.States.Concat(connector.States));
    }

    [Fact]
    public void A_lost_connection_without_another_way_fails_after_a_moment()
    {
        var lab = new IceLab(6, new IceWeather());
        var (listener, connector) = Pair(lab, IceRole.Controlled);
        lab.Run(5);
        lab.IsCut = (_, _) => true;
        listener.Agent.LoseFlow(listener.Agent.Selected!.Value, lab.Now);
        connector.Agent.LoseFlow(connector.Agent.Selected!.Value, lab.Now);
        lab.Run(8);
        Assert.DoesNotContain(IceState.Failed, listener.States.Concat(connector.States));
        Assert.True(lab.RunUntil(() => listener.Agent.State == IceState.Failed && connector.Agent.State == IceState.Failed, seconds: 30));
    }

    [Fact]
    public void A_relay_taken_away_leads_to_the_next_path_or_fails_after_a_moment()
    {
        var lab = new IceLab(7, new IceWeather());
        var a = lab.Add(IceRole.Controlling).Bind(0, "10.0.0.1:1000").Bind(1, "10.1.0.1:1001");
        var b = lab.Add(IceRole.Controlled).Bind(0, "10.0.0.2:2000");
        a.Signal(b);
        b.Signal(a);
        lab.Run(5);
        Assert.Equal(0, a.Agent.Selected!.Value.Base);
        a.Agent.RemoveLocalBase(0, lab.Now);
        Assert.Equal(1, a.Agent.Selected!.Value.Base);
        Assert.True(lab.RunUntil(() => b.Agent.Selected?.Remote == IceLab.At("10.1.0.1:1001"), seconds: 11));
        a.Agent.RemoveLocalBase(1, lab.Now);
        Assert.Null(a.Agent.Selected);
        Assert.Empty(a.Agent.LocalCandidates);
        lab.Run(9);
        Assert.Equal(IceState.Disconnected, a.Agent.State);
        lab.Run(2);
        Assert.Equal(IceState.Failed, a.Agent.State);
    }

    private static (IcePeer Listener, IcePeer Connector) Pair(IceLab lab, IceRole listenersRole, bool withUdp = false)
    {
        var listener = lab.Add(listenersRole);
        var connector = lab.Add(listenersRole == IceRole.Controlled ? IceRole.Controlling : IceRole.Controlled);
        if (withUdp)
        {
            listener.Bind(0, "10.0.0.1:1000");
            connector.Bind(0, "10.0.0.2:1000");
        }
        listener.Bind(Passive, "10.0.0.1:8189", IceTransport.TcpPassive);
        connector.Bind(Active, "10.0.0.2:40000", IceTransport.TcpActive);
        listener.Signal(connector);
        connector.Signal(listener);
        return (listener, connector);
    }
}
