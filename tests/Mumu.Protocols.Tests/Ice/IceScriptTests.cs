// The agent against a scripted peer: roles, nominations, and forgeries that must change nothing.
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Ice;

public sealed class IceScriptTests
{
    [Fact]
    public void A_check_is_answered_and_checked_back()
    {
        var script = new IceScript(IceRole.Controlled);
        Assert.True(script.Check());
        var said = script.Listen();
        Assert.Equal([StunClass.Success, StunClass.Request], said.Select(s => s.Class));
        Assert.All(said, s => Assert.True(s.IsSigned && s.Flow == IceScript.Flow));
        Assert.Equal(IceState.Checking, script.Agent.State);
        Assert.True(script.Agent.IsValidated(IceScript.Flow)); // Its next datagram may overtake its answer,
        Assert.Null(script.Agent.Selected); // but nothing may be sent there yet.
        Assert.True(script.Answer(said[1]));
        Assert.Equal(IceState.Connected, script.Agent.State);
        Assert.True(script.Agent.IsValidated(IceScript.Flow));
        Assert.Equal(IceScript.Flow, script.Agent.Selected);
    }

    // Behind a NAT or relay that opens with the peer's own check, ours from just before it is lost.
    [Theory]
    [InlineData(0.3, 0.001)]
    [InlineData(0.05, 0.06)]
    public void A_check_that_was_lost_goes_out_again_soon_after_the_peers(double after, double within)
    {
        var script = new IceScript(IceRole.Controlled);
        script.Agent.AddRemoteCandidate(Candidate("10.0.0.2", 2000), script.Now);
        var lost = script.ListenForCheck(after);
        for (var i = 0; i < 5; i++)
        {
            Assert.True(script.Check());
        }
        var again = Assert.Single(script.Listen(within), said => said.Class == StunClass.Request);
        Assert.Equal(lost.Transaction, again.Transaction);
    }

    [Theory]
    [InlineData("ours:theirs", "a wrong password of 22 signs!")]
    [InlineData("ours:other", null)]
    [InlineData("other:theirs", null)]
    [InlineData("ours", null)]
    [InlineData("ourstheirs", null)]
    [InlineData("", null)]
    public void A_forged_check_changes_nothing_and_gets_no_answer(string username, string? password)
    {
        var script = new IceScript(IceRole.Controlled);
        var deadline = script.Agent.NextDeadline;
        Assert.False(
            script.Check(username: username, password: password, tieBreaker: ulong.MaxValue, role: IceRole.Controlled, useCandidate: true)
        );
        Assert.Empty(script.Listen());
        Assert.Equal((IceRole.Controlled, IceState.Checking, deadline), (script.Agent.Role, script.Agent.State, script.Agent.NextDeadline));
        Assert.Equal(1, script.Agent.Rejected);
        Assert.False(script.Agent.IsValidated(IceScript.Flow));
    }

    [Fact]
    public void A_forged_answer_changes_nothing()
    {
        var script = new IceScript(IceRole.Controlled);
        script.Check();
        var check = script.ListenForCheck(0);
        Assert.False(script.Answer(check, password: "a wrong password of 22 signs!"));
        Assert.False(script.Answer(check, flow: IceScript.OtherFlow));
        Assert.False(script.Answer(check, transaction: new StunTransactionId(1, 2)));
        Assert.False(script.Answer(check, password: "a wrong password of 22 signs!", error: StunError.RoleConflict));
        Assert.False(script.Answer(check, flow: IceScript.OtherFlow, error: StunError.RoleConflict));
        Assert.Equal((IceRole.Controlled, IceState.Checking), (script.Agent.Role, script.Agent.State));
        Assert.Null(script.Agent.Selected);
        Assert.True(script.Answer(check)); // Still open for the right one.
        Assert.False(script.Answer(check)); // A replay is not consent.
    }

    [Fact]
    public void A_replayed_answer_does_not_prolong_consent()
    {
        var script = new IceScript(IceRole.Controlled);
        script.Check();
        var check = script.ListenForCheck(0);
        script.Answer(check);
        for (var i = 0; i < 40; i++)
        {
            script.Listen(1);
            script.Answer(check);
        }
        Assert.Equal(IceState.Failed, script.Agent.State);
    }

    // The most an attacker on the path of unsigned answers can do is lie about an address; without transaction and place not even that.
    [Fact]
    public void An_answer_from_another_place_than_the_stun_server_is_refused()
    {
        var script = new IceScript(IceRole.Controlled, knowsRemote: false);
        script.Agent.AddStunServer(IceScript.OtherFlow.Remote);
        var asked = script.ListenForCheck(0);
        Assert.False(script.Answer(asked, flow: IceScript.Flow));
        Assert.False(script.Answer(asked, transaction: new StunTransactionId(1, 2)));
        Assert.True(script.Answer(asked));
    }

    [Fact]
    public void An_unknown_required_attribute_is_answered_420()
    {
        var script = new IceScript(IceRole.Controlled);
        Assert.True(script.Check(extra: (StunAttribute)0x7FFF));
        var said = Assert.Single(script.Listen());
        Assert.Equal((StunClass.Error, 420, true), (said.Class, said.Error, said.IsSigned));
        Assert.True(script.Check(extra: (StunAttribute)0xC001)); // Comprehension-optional, such as Chrome's.
        Assert.Equal(StunClass.Success, script.Listen()[0].Class);
    }

    [Fact]
    public void In_a_conflict_the_greater_tie_breaker_stays_controlling()
    {
        var greater = new IceScript(IceRole.Controlling, tieBreaker: 1000);
        Assert.True(greater.Check(role: IceRole.Controlling, tieBreaker: 999));
        Assert.Equal(487, Assert.Single(greater.Listen()).Error);
        Assert.Equal(IceRole.Controlling, greater.Agent.Role);

        var smaller = new IceScript(IceRole.Controlling, tieBreaker: 1000);
        Assert.True(smaller.Check(role: IceRole.Controlling, tieBreaker: 1001));
        Assert.Equal(StunClass.Success, smaller.Listen()[0].Class);
        Assert.Equal(IceRole.Controlled, smaller.Agent.Role);

        var controlled = new IceScript(IceRole.Controlled, tieBreaker: 1000);
        Assert.True(controlled.Check(role: IceRole.Controlled, tieBreaker: 999));
        Assert.Equal(IceRole.Controlling, controlled.Agent.Role);
    }

    [Fact]
    public void A_487_turns_the_role_and_the_check_is_made_again()
    {
        var script = new IceScript(IceRole.Controlling);
        script.Agent.AddRemoteCandidate(Candidate("10.0.0.2", 2000), script.Now);
        var check = script.ListenForCheck(0);
        Assert.True(check.IsControlling);
        Assert.True(script.Answer(check, error: StunError.RoleConflict));
        Assert.Equal(IceRole.Controlled, script.Agent.Role);
        var again = script.ListenForCheck(0.1);
        Assert.False(again.IsControlling);
        Assert.NotEqual(check.Transaction, again.Transaction);
    }

    [Theory]
    [InlineData(IceRole.Controlling)]
    [InlineData(IceRole.Controlled)]
    public void Two_agents_of_one_role_settle_it(IceRole role)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var lab = new IceLab(seed, new IceWeather(Loss: 0.1));
            var (a, b) = IceConnectTests.Pair(lab, role, role);
            Assert.True(lab.RunUntil(() => IceConnectTests.AreConnected(a, b) && a.Agent.Role != b.Agent.Role, seconds: 10));
        }
    }

    [Fact]
    public void A_controlling_agent_nominates_once_and_keeps_to_it()
    {
        var script = new IceScript(IceRole.Controlling);
        script.Agent.AddRemoteCandidate(Candidate("10.0.0.2", 2000), script.Now);
        var check = script.ListenForCheck(0);
        Assert.False(check.UseCandidate);
        script.Answer(check);
        var nomination = script.ListenForCheck(0);
        Assert.True(nomination.UseCandidate);
        script.Answer(nomination);
        Assert.True(script.ListenForCheck(6.1).UseCandidate);
    }

    [Fact]
    public void A_controlling_agent_waits_a_little_for_a_better_pair()
    {
        var script = new IceScript(IceRole.Controlling);
        script.Agent.AddRemoteCandidate(Candidate("10.0.0.3", 3000, priority: 2_000_000_000), script.Now);
        script.Agent.AddRemoteCandidate(Candidate("10.0.0.2", 2000, priority: 1_000_000_000), script.Now);
        var said = script.Listen(0.06);
        Assert.Equal([IceScript.OtherFlow, IceScript.Flow], said.Select(s => s.Flow));
        script.Answer(said[1]);
        Assert.Equal(IceScript.Flow, script.Agent.Selected);
        Assert.DoesNotContain(script.Listen(0.3), s => s.UseCandidate);
        Assert.Contains(script.Listen(0.4), s => s.UseCandidate && s.Flow == IceScript.Flow);
    }

    [Fact]
    public void Of_aggressive_nominations_the_best_counts()
    {
        var script = new IceScript(IceRole.Controlled);
        script.Check(IceScript.OtherFlow, useCandidate: true, priority: 2000);
        script.Check(IceScript.Flow, useCandidate: true, priority: 1000);
        var checks = script.Listen(0.1).Where(s => s.Class == StunClass.Request).ToList();
        script.Answer(checks.Single(c => c.Flow == IceScript.Flow));
        Assert.Equal(IceScript.Flow, script.Agent.Selected);
        script.Answer(checks.Single(c => c.Flow == IceScript.OtherFlow));
        Assert.Equal(IceScript.OtherFlow, script.Agent.Selected);
        script.Check(IceScript.Flow, useCandidate: true); // A late one of the first volley.
        Assert.Equal(IceScript.OtherFlow, script.Agent.Selected);
    }

    [Fact]
    public void A_peer_that_turns_to_a_lesser_pair_is_followed()
    {
        var script = new IceScript(IceRole.Controlled);
        script.Check(IceScript.OtherFlow, useCandidate: true, priority: 2000);
        script.Check(IceScript.Flow, priority: 1000);
        script.Listen(0.1).Where(s => s.Class == StunClass.Request).ToList().ForEach(check => script.Answer(check));
        Assert.Equal(IceScript.OtherFlow, script.Agent.Selected);
        for (var i = 0; i < 3; i++)
        {
            script.Check(IceScript.Flow, useCandidate: true);
            foreach (var check in script.Listen(2.5).Where(s => s.Class == StunClass.Request))
            {
                script.Answer(check); // Both still work: the peer's wish alone decides.
            }
        }
        Assert.Equal(IceScript.Flow, script.Agent.Selected);
    }

    internal static IceCandidate Candidate(string host, int port, uint priority = 1_000_000_000) =>
        new("1", 1, IceTransport.Udp, priority, host, port, IceCandidateType.Host, null);
}
