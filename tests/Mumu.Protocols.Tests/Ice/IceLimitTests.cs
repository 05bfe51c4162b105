// What an agent takes from others: which candidates, how many, and no junk.
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Ice;

public sealed class IceLimitTests
{
    [Fact]
    public void A_signaled_candidate_replaces_what_was_learnt_from_its_check()
    {
        var script = new IceScript(IceRole.Controlled);
        script.Check();
        script.Answer(script.ListenForCheck(0));
        Assert.Equal(IceCandidateType.PeerReflexive, script.Agent.SelectedTypes!.Value.Remote);
        Assert.True(script.Agent.AddRemoteCandidate(IceScriptTests.Candidate("10.0.0.2", 2000), script.Now));
        Assert.Equal(IceCandidateType.Host, script.Agent.SelectedTypes!.Value.Remote);
        Assert.DoesNotContain(script.Listen(1), s => s.Class == StunClass.Request);
    }

    [Fact]
    public void Remote_candidates_and_pairs_are_bounded()
    {
        var script = new IceScript(IceRole.Controlled);
        var taken = 0;
        for (var port = 1; port < 500; port++)
        {
            taken += script.Agent.AddRemoteCandidate(IceScriptTests.Candidate("10.0.0.9", port), script.Now) ? 1 : 0;
            script.Agent.AddRemoteCandidate(IceScriptTests.Candidate("10.0.0.9", port), script.Now);
        }
        Assert.Equal(64, taken);
        for (var port = 1000; port < 3000; port++)
        {
            script.Check(new FlowId(0, IceLab.At("10.0.0.8:1").WithPort(port)));
        }
        var said = script.Listen(60);
        Assert.InRange(said.Where(s => s.Class == StunClass.Request).Select(s => s.Flow).Distinct().Count(), 100, 128 + 64);
        Assert.InRange(said.Count, 1, 64 + (128 * 8));
    }

    [Theory]
    [InlineData("candidate:1 1 udp 1 0.0.0.0 1000 typ host")]
    [InlineData("candidate:1 1 udp 1 255.255.255.255 1000 typ host")]
    [InlineData("candidate:1 1 udp 1 239.1.1.1 1000 typ host")]
    [InlineData("candidate:1 1 udp 1 ff02::1 1000 typ host")]
    [InlineData("candidate:1 1 udp 1 :: 1000 typ host")]
    [InlineData("candidate:1 1 udp 1 10.0.0.2 0 typ host")]
    [InlineData("candidate:1 2 udp 1 10.0.0.2 1000 typ host")]
    [InlineData("candidate:1 1 tcp 1 10.0.0.2 1000 typ host tcptype active")]
    [InlineData("candidate:1 1 udp 1 abc.local 1000 typ host")]
    [InlineData("candidate:1 1 udp 1 10.0.0.2 1000 typ host ufrag older")]
    public void Useless_candidates_are_not_checked(string text)
    {
        var script = new IceScript(IceRole.Controlling);
        Assert.True(IceCandidate.TryParse(text, out var candidate));
        Assert.False(script.Agent.AddRemoteCandidate(candidate, script.Now));
        Assert.Empty(script.Listen(1));
    }

    [Fact]
    public void A_link_local_candidate_gets_the_scope_of_the_base()
    {
        var script = new IceScript(IceRole.Controlling);
        script.Agent.AddLocalBase(3, IceLab.At("[fe80::1%7]:1000"));
        Assert.DoesNotContain('%', script.Agent.LocalCandidates[1].Host);
        script.Agent.AddRemoteCandidate(IceScriptTests.Candidate("fe80::2", 2000), script.Now);
        var check = Assert.Single(script.Listen());
        Assert.Equal(new FlowId(3, IceLab.At("[fe80::2%7]:2000")), check.Flow);
    }

    [Fact]
    public void A_mapped_address_the_driver_learnt_is_signaled_but_not_checked_from()
    {
        var script = new IceScript(IceRole.Controlling);
        script.Agent.AddLocalBase(0, IceLab.At("198.51.100.1:5555"), IceCandidateType.ServerReflexive);
        Assert.Equal("srflx", script.Agent.LocalCandidates[1].ToString().Split(' ')[7]);
        Assert.Equal(IceLab.At("10.0.0.1:1000"), script.Agent.LocalCandidates[1].Related);
        script.Agent.AddRemoteCandidate(IceScriptTests.Candidate("10.0.0.2", 2000), script.Now);
        Assert.Single(script.Listen());
    }

    [Fact]
    public void Transactions_bear_the_tag()
    {
        var script = new IceScript(IceRole.Controlling, change: options => options with { TransactionTag = 42 });
        script.Agent.AddRemoteCandidate(IceScriptTests.Candidate("10.0.0.2", 2000), script.Now);
        Assert.Equal(42u, script.ListenForCheck(0).Transaction.Tag);
    }

    [Fact]
    public void Junk_never_throws_or_changes_anything()
    {
        var random = new Random(3);
        var script = new IceScript(IceRole.Controlled);
        var buffer = new byte[200];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(buffer);
            buffer[0] &= 1;
            Assert.False(script.Agent.Receive(buffer.AsSpan(0, random.Next(buffer.Length)), IceScript.Flow, script.Now));
        }
        Assert.Empty(script.Listen());
        Assert.Equal(20_000, script.Agent.Rejected);
    }

    [Fact]
    public void A_check_with_any_bit_turned_or_cut_anywhere_is_refused()
    {
        var script = new IceScript(IceRole.Controlled);
        var check = script.MakeCheck(hasFingerprint: false); // Which would catch most of it before the integrity has to.
        for (var bit = 0; bit < check.Length * 8; bit++)
        {
            check[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(script.Agent.Receive(check, IceScript.Flow, script.Now));
            check[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        for (var length = 0; length < check.Length; length++)
        {
            Assert.False(script.Agent.Receive(check.AsSpan(0, length), IceScript.Flow, script.Now));
        }
        Assert.Empty(script.Listen());
        Assert.True(script.Agent.Receive(check, IceScript.Flow, script.Now));
    }
}
