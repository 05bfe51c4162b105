// The server's own addresses as peers: its relays and the ports that were named, and nothing else of the machine.
using System.Net;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Protocols.Tests.Turn;

public sealed class TurnOwnAddressTests
{
    private static readonly IPAddress s_own = IPAddress.Parse("10.0.0.1");
    private static readonly TransportAddress s_media = TurnLab.At("10.0.0.1", 8189);
    private readonly TurnLab _lab = new(o => o with { Peers = new TurnPeerRules([], [s_own], [new IPEndPoint(s_own, 8189)]) });

    [Fact]
    public void A_named_port_is_reached_by_indication_and_by_channel_and_answers()
    {
        _lab.Allocate();
        Assert.Equal(0, _lab.Permit(s_media));
        _lab.Receive(TurnLab.SendIndication(s_media, "check"u8));
        Assert.Equal(new TurnRoute(true, 1, s_media), Assert.Single(_lab.Sent).Route);
        Assert.Equal(0, _lab.Bind(0x4000, s_media));
        _lab.Receive(TurnLab.ChannelData(0x4000, "check"u8));
        Assert.Equal(new TurnRoute(true, 1, s_media), Assert.Single(_lab.Sent).Route);
        _lab.ReceiveFromPeer(1, "answer"u8, s_media);
        Assert.Equal(TurnLab.ChannelData(0x4000, "answer"u8), Assert.Single(_lab.Sent).Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(53)]
    [InlineData(5432)]
    [InlineData(6379)]
    [InlineData(8080)]
    [InlineData(8188)]
    [InlineData(8190)]
    public void The_permission_of_a_named_port_opens_no_other(int port)
    {
        _lab.Allocate();
        Assert.Equal(0, _lab.Permit(s_media));
        _lab.Receive(TurnLab.SendIndication(s_media.WithPort(port), "database"u8));
        Assert.Empty(_lab.Sent);
        _lab.Bind(0x4000, s_media.WithPort(port));
        _lab.Receive(TurnLab.ChannelData(0x4000, "database"u8));
        Assert.Empty(_lab.Sent);
        _lab.ReceiveFromPeer(1, "from a socket there"u8, s_media.WithPort(port));
        Assert.Empty(_lab.Sent);
        Assert.Equal(3, _lab.Server.Counters.NotPermitted);
        Assert.Equal(0, _lab.Server.Counters.RelayedDatagrams);
    }

    [Fact]
    public void A_network_that_is_allowed_does_not_open_the_servers_own_address_in_it_and_its_exact_address_does()
    {
        var rules = new TurnPeerRules([IPNetwork.Parse("10.0.0.0/8")], [s_own]);
        Assert.True(rules.Allows(TurnLab.At("10.0.0.2", 1)));
        Assert.False(rules.Allows(TurnLab.At("10.0.0.1", 1)));
        Assert.True(new TurnPeerRules([IPNetwork.Parse("10.0.0.1/32")], [s_own]).Allows(TurnLab.At("10.0.0.1", 1)));
        Assert.False(new TurnPeerRules([IPNetwork.Parse("::/0")], [IPAddress.IPv6Loopback]).Allows(TurnLab.At("::1", 1)));
    }

    [Fact]
    public void An_address_that_becomes_the_servers_own_is_shut_out_at_once()
    {
        var lab = new TurnLab();
        lab.Allocate();
        lab.Permit(TurnLab.Peer);
        lab.Bind(0x4000, TurnLab.Peer.WithPort(5432));
        lab.Server.SetPeers(new TurnPeerRules([], [TurnLab.Peer.ToIPAddress()], [TurnLab.Peer.ToIPEndPoint()]));
        lab.Receive(TurnLab.SendIndication(TurnLab.Peer, "still"u8));
        Assert.Single(lab.Sent);
        lab.Receive(TurnLab.ChannelData(0x4000, "no more"u8));
        Assert.Empty(lab.Sent);
        lab.Server.SetPeers(new TurnPeerRules([], [TurnLab.Peer.ToIPAddress()]));
        lab.Receive(TurnLab.SendIndication(TurnLab.Peer, "no more"u8));
        Assert.Empty(lab.Sent);
        Assert.Equal(403, lab.Permit(TurnLab.Peer));
    }

    [Fact]
    public void Sessions_of_one_user_share_quota_and_bandwidth()
    {
        var lab = new TurnLab(o => o with { MaxAllocationsPerUser = 2, BytesPerSecondPerUser = 1500 });
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i == 3 ? 486 : 0, lab.Allocate(TurnLab.User($"viewer_7_session{i}"), TurnLab.Client(i)));
            Assert.Equal(0, lab.Allocate(TurnLab.User($"viewer_{10 + i}_session"), TurnLab.Client(10 + i)));
        }
        foreach (var client in (int[])[1, 2, 11])
        {
            var user = client > 10 ? $"viewer_{client}_session" : $"viewer_7_session{client}";
            TurnLab.Attributes peer = (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorPeerAddress, TurnLab.Peer);
            Assert.Equal(0, lab.Ask(StunMethod.CreatePermission, peer, TurnLab.User(user), TurnLab.Client(client)));
            lab.Receive(TurnLab.SendIndication(TurnLab.Peer, new byte[1000]), TurnLab.Client(client));
            Assert.Equal(client == 2 ? 0 : 1, lab.Sent.Count);
        }
    }
}
