// Allocations with an address of each family.
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Protocols.Tests.Turn;

public sealed class TurnDualTests
{
    private static readonly TransportAddress s_peerIPv6 = TurnLab.At("2606:2800:220:1::9", 5000);
    private readonly TurnLab _lab = new(o => o with { RelaysIPv6 = true });

    [Fact]
    public void Both_families_are_relayed_each_by_its_own_address()
    {
        Assert.Equal(0, Allocate(_lab));
        Assert.Equal(["93.184.216.1:49152", "[2606:2800:220:1::1]:49153"], Relayed(_lab));
        Assert.Equal(0, _lab.Permit(TurnLab.Peer));
        Assert.Equal(0, _lab.Bind(0x4000, s_peerIPv6));
        _lab.Receive(TurnLab.SendIndication(TurnLab.Peer, "four"u8));
        Assert.Equal(new TurnRoute(true, 1, TurnLab.Peer), Assert.Single(_lab.Sent).Route);
        _lab.Receive(TurnLab.ChannelData(0x4000, "six"u8));
        Assert.Equal(new TurnRoute(true, 2, s_peerIPv6), Assert.Single(_lab.Sent).Route);
        _lab.ReceiveFromPeer(2, "back"u8, s_peerIPv6);
        Assert.Equal(TurnLab.ChannelData(0x4000, "back"u8), Assert.Single(_lab.Sent).Bytes);
        Assert.Equal(1, _lab.Server.AllocationCount);
        Assert.Equal(1, _lab.Server.Counters.Allocated);
    }

    [Fact]
    public void One_family_can_be_given_back_and_the_end_closes_what_is_left()
    {
        Allocate(_lab);
        Assert.Equal(0, GiveBack(2));
        Assert.Equal(new TurnCommand(TurnCommandKind.CloseRelay, 2, true), _lab.Commands[^1]);
        Assert.Equal(443, _lab.Permit(s_peerIPv6));
        Assert.Equal(0, _lab.Permit(TurnLab.Peer));
        Assert.Equal(443, GiveBack(2));
        Assert.Equal(0, GiveBack(1));
        Assert.Equal(0, _lab.Server.AllocationCount);
        Assert.Equal(4, _lab.Commands.Count);
    }

    [Fact]
    public void Where_one_of_two_can_not_be_had_the_answer_says_so()
    {
        _lab.HasSocketsIPv6 = false;
        Assert.Equal(0, Allocate(_lab));
        Assert.Equal(["93.184.216.1:49152"], Relayed(_lab));
        Assert.Equal(0x02000508u, Missing(_lab));
        Assert.Equal(443, _lab.Permit(s_peerIPv6));

        var without = new TurnLab();
        Assert.Equal(0, Allocate(without));
        Assert.Equal(0x02000428u, Missing(without)); // class 4, number 40
        _lab.HasSockets = false;
        Assert.Equal(508, Allocate(_lab, TurnLab.Client(7)));
        Assert.Equal(1, _lab.Server.AllocationCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Only_IPv6_can_be_had_besides(int family) => Assert.Equal(400, Allocate(_lab, family: family));

    [Fact]
    public void A_repeated_request_gets_the_same_answer()
    {
        var request = _lab.Request(StunMethod.Allocate, Dual(2), TurnLab.User());
        _lab.Receive(request);
        var first = Relayed(_lab);
        _lab.Receive(request);
        Assert.Equal(first, Relayed(_lab));
    }

    private static TurnLab.Attributes Dual(int family) =>
        (ref StunWriter w) =>
        {
            w.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
            w.WriteUInt32(StunAttribute.AdditionalAddressFamily, (uint)family << 24);
        };

    private static int Allocate(TurnLab lab, FlowId? client = null, int family = 2) =>
        lab.Ask(StunMethod.Allocate, Dual(family), client: client);

    private int GiveBack(int family) =>
        _lab.Ask(
            StunMethod.Refresh,
            (ref StunWriter w) =>
            {
                w.WriteUInt32(StunAttribute.Lifetime, 0);
                w.WriteUInt32(StunAttribute.RequestedAddressFamily, (uint)family << 24);
            }
        );

    private static string[] Relayed(TurnLab lab)
    {
        Assert.True(StunMessage.TryParse(lab.Sent[^1].Bytes, out var answer));
        var (found, at) = (new List<string>(), 0);
        while (answer.TryGetNext(StunAttribute.XorRelayedAddress, ref at, out var value))
        {
            Assert.True(answer.TryReadXorAddress(value, out var address));
            found.Add(address.ToString());
        }
        return [.. found];
    }

    private static uint Missing(TurnLab lab)
    {
        Assert.True(StunMessage.TryParse(lab.Sent[^1].Bytes, out var answer));
        Assert.True(answer.TryGetUInt32(StunAttribute.AddressErrorCode, out var missing));
        return missing;
    }
}
