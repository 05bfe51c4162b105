// What is relayed and to whom: permissions, channels, forbidden peers, two clients of one server, damaged messages.
using System.Net;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Protocols.Tests.Turn;

public sealed class TurnRelayTests
{
    private readonly TurnLab _lab = new(o => o with { MaxPermissions = 3, RelaysIPv6 = true });

    [Fact]
    public void Data_goes_both_ways_by_indication_once_there_is_a_permission()
    {
        _lab.Allocate();
        var indication = TurnLab.SendIndication(TurnLab.Peer, "hello"u8);
        _lab.Receive(indication);
        Assert.Empty(_lab.Sent);
        Assert.Equal(0, _lab.Permit(TurnLab.Peer.WithPort(1)));
        _lab.Receive(indication);
        var (bytes, route) = Assert.Single(_lab.Sent);
        Assert.Equal("hello"u8.ToArray(), bytes);
        Assert.Equal(new TurnRoute(true, 1, TurnLab.Peer), route);

        _lab.ReceiveFromPeer(1, "back"u8, TurnLab.Peer.WithPort(77));
        Assert.True(StunMessage.TryParse(Assert.Single(_lab.Sent).Bytes, out var data));
        Assert.Equal((StunClass.Indication, StunMethod.Data), (data.Class, data.Method));
        Assert.True(data.TryGet(StunAttribute.Data, out var payload));
        Assert.Equal("back"u8, payload);
        Assert.True(data.TryGetXorAddress(StunAttribute.XorPeerAddress, out var peer));
        Assert.Equal(TurnLab.Peer.WithPort(77), peer);

        _lab.ReceiveFromPeer(1, "stranger"u8, TurnLab.At("93.184.216.35", 5000));
        Assert.Empty(_lab.Sent);
        _lab.Now += TimeSpan.FromMinutes(5);
        _lab.ReceiveFromPeer(1, "late"u8, TurnLab.Peer);
        Assert.Empty(_lab.Sent);
        Assert.Equal(2, _lab.Server.Counters.RelayedDatagrams);
        Assert.Equal(9, _lab.Server.Counters.RelayedBytes);
    }

    [Fact]
    public void Data_goes_both_ways_on_a_channel()
    {
        _lab.Allocate();
        Assert.Equal(0, _lab.Bind(0x4001, TurnLab.Peer));
        _lab.Receive([.. TurnLab.ChannelData(0x4001, "abc"u8), 0]);
        Assert.Equal("abc"u8.ToArray(), Assert.Single(_lab.Sent).Bytes);
        _lab.ReceiveFromPeer(1, "defg"u8, TurnLab.Peer);
        Assert.Equal(TurnLab.ChannelData(0x4001, "defg"u8), Assert.Single(_lab.Sent).Bytes);
        _lab.Receive(TurnLab.ChannelData(0x4002, "abc"u8));
        Assert.Empty(_lab.Sent);
        _lab.Receive(TurnLab.ChannelData(0x4001, "abc"u8), TurnLab.Client(5));
        Assert.Empty(_lab.Sent);
        _lab.Now += TimeSpan.FromMinutes(9.9);
        Assert.Equal(0, _lab.Refresh(600));
        _lab.Now += TimeSpan.FromMinutes(0.2);
        _lab.Receive(TurnLab.ChannelData(0x4001, "abc"u8));
        Assert.Empty(_lab.Sent);
    }

    [Fact]
    public void A_channel_has_one_peer_and_a_peer_one_channel()
    {
        _lab.Allocate();
        Assert.Equal(0, _lab.Bind(0x4000, TurnLab.Peer));
        Assert.Equal(0, _lab.Bind(0x4000, TurnLab.Peer));
        Assert.Equal(400, _lab.Bind(0x4000, TurnLab.Peer.WithPort(6)));
        Assert.Equal(400, _lab.Bind(0x4001, TurnLab.Peer));
        Assert.Equal(400, _lab.Bind(0x3FFF, TurnLab.Peer.WithPort(7)));
        Assert.Equal(400, _lab.Bind(0x8000, TurnLab.Peer.WithPort(7)));
        Assert.Equal(400, _lab.Bind(0x4002, TurnLab.Peer.WithPort(0)));
    }

    [Fact]
    public void Permissions_and_channels_are_bounded_and_the_lapsed_make_room()
    {
        _lab.Allocate(lifetime: 3000);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(0, _lab.Permit(TurnLab.At($"93.184.217.{i}", 1)));
            Assert.Equal(0, _lab.Bind(0x4000 + i, TurnLab.At("93.184.217.1", i)));
        }
        Assert.Equal(508, _lab.Permit(TurnLab.At("93.184.217.4", 1)));
        Assert.Equal(508, _lab.Bind(0x4009, TurnLab.At("93.184.217.1", 9)));
        _lab.Now += TimeSpan.FromMinutes(10);
        Assert.Equal(0, _lab.Permit(TurnLab.At("93.184.217.4", 1)));
        Assert.Equal(0, _lab.Bind(0x4009, TurnLab.At("93.184.217.1", 9)));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    [InlineData("93.184.216.200")] // the server's own
    public void Forbidden_peers_are_refused(string peer)
    {
        var lab = new TurnLab(o => o with { Peers = new TurnPeerRules([], [IPAddress.Parse("93.184.216.200")]) });
        lab.Allocate();
        Assert.Equal(403, lab.Permit(TurnLab.At(peer, 80)));
        Assert.Equal(403, lab.Bind(0x4000, TurnLab.At(peer, 80)));
        Assert.Equal(2, lab.Server.Counters.Forbidden);
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2001:0:1::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fc00::1")]
    [InlineData("fd12::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::fb")]
    [InlineData("100::1")]
    public void Forbidden_peers_of_IPv6_are_refused(string peer)
    {
        var rules = new TurnPeerRules([], []);
        Assert.False(rules.Allows(TurnLab.At(peer, 80)));
        Assert.True(new TurnPeerRules([new IPNetwork(IPAddress.Parse(peer), 128)], []).Allows(TurnLab.At(peer, 80)));
    }

    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:2800:220:1::1")]
    public void The_open_internet_is_allowed(string peer) => Assert.True(new TurnPeerRules([], []).Allows(TurnLab.At(peer, 80)));

    [Fact]
    public void An_IPv4_address_dressed_as_IPv6_is_refused_even_if_it_were_allowed()
    {
        _lab.Allocate();
        var code = _lab.Ask(
            StunMethod.CreatePermission,
            (ref StunWriter w) =>
            {
                Span<byte> value = stackalloc byte[20];
                value[1] = 2;
                new byte[] { 0x21, 0x12 }.CopyTo(value[2..]);
                IPAddress.Parse("::ffff:93.184.216.34").GetAddressBytes().CopyTo(value[4..]);
                byte[] mask = [0x21, 0x12, 0xA4, 0x42, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3];
                for (var i = 0; i < 16; i++)
                {
                    value[4 + i] ^= mask[i];
                }
                w.Write(StunAttribute.XorPeerAddress, value);
            }
        );
        Assert.Equal(403, code);
    }

    [Fact]
    public void A_peer_of_the_other_family_is_a_mismatch()
    {
        _lab.Allocate();
        Assert.Equal(443, _lab.Permit(TurnLab.At("2606:2800:220:1::1", 80)));
    }

    [Fact]
    public void Of_several_peers_one_forbidden_spoils_all()
    {
        _lab.Allocate();
        var code = _lab.Ask(
            StunMethod.CreatePermission,
            (ref StunWriter w) =>
            {
                w.WriteXorAddress(StunAttribute.XorPeerAddress, TurnLab.Peer);
                w.WriteXorAddress(StunAttribute.XorPeerAddress, TurnLab.At("127.0.0.1", 1));
            }
        );
        Assert.Equal(403, code);
        _lab.Receive(TurnLab.SendIndication(TurnLab.Peer, "hello"u8));
        Assert.Empty(_lab.Sent);
    }

    [Fact]
    public void Two_clients_reach_each_other_inside_the_server_and_nothing_else_at_its_address()
    {
        var own = new TurnPeerRules([], [IPAddress.Parse("10.0.0.1")]);
        var lab = new TurnLab(o => o with { Peers = own }) { RelayAddress = "10.0.0.1" };
        lab.Allocate(client: TurnLab.Client(1));
        var first = lab.LastRelayed();
        lab.Allocate(client: TurnLab.Client(2));
        var second = lab.LastRelayed();
        Assert.Equal(0, lab.Permit(second, TurnLab.Client(1)));
        Assert.Equal(0, lab.Bind(0x4000, first, TurnLab.Client(2)));
        lab.Receive(TurnLab.SendIndication(second, "across"u8), TurnLab.Client(1));
        var (bytes, route) = Assert.Single(lab.Sent);
        Assert.Equal(TurnLab.ChannelData(0x4000, "across"u8), bytes);
        Assert.Equal(new TurnRoute(false, 0, TurnLab.Client(2).Remote), route);

        lab.Receive(TurnLab.SendIndication(second.WithPort(5432), "database"u8), TurnLab.Client(1));
        Assert.Empty(lab.Sent);
        lab.ReceiveFromPeer(1, "from a socket at the server's address"u8, second);
        Assert.Empty(lab.Sent);
    }

    [Fact]
    public void Bandwidth_has_a_cap()
    {
        var lab = new TurnLab(o => o with { BytesPerSecondPerUser = 3000 });
        lab.Allocate();
        lab.Bind(0x4000, TurnLab.Peer);
        for (var i = 0; i < 10; i++)
        {
            lab.Receive(TurnLab.ChannelData(0x4000, new byte[1000]));
        }
        Assert.Equal(3, lab.Server.Counters.RelayedDatagrams);
        lab.Now += TimeSpan.FromSeconds(0.5);
        lab.Receive(TurnLab.ChannelData(0x4000, new byte[1000]));
        Assert.Single(lab.Sent);
        Assert.Equal(7, lab.Server.Counters.OverBandwidth);
    }

    [Fact]
    public void Relaying_allocates_nothing()
    {
        _lab.Allocate();
        _lab.Bind(0x4000, TurnLab.Peer);
        var outgoing = TurnLab.ChannelData(0x4000, new byte[1200]);
        var client = TurnLab.Client();
        var least = long.MaxValue; // of twenty rounds: the runtime may allocate on this thread once in a while (compiling anew), a packet would in each
        for (var round = 0; round < 20; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                _lab.Server.Receive(outgoing, client, _lab.Now);
                _lab.Server.ReceiveFromPeer(1, outgoing, TurnLab.Peer, _lab.Now);
                while (_lab.Server.TryTransmit(out _, out _)) { }
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
        Assert.Equal(40_000, _lab.Server.Counters.RelayedDatagrams);
    }

    [Fact]
    public void Cut_and_bent_messages_change_nothing_and_never_throw()
    {
        _lab.Allocate(lifetime: 3000);
        var nonce = _lab.Nonce();
        byte[][] messages =
        [
            TurnLab.SendIndication(TurnLab.Peer, "hello"u8),
            TurnLab.ChannelData(0x4000, "hello"u8),
            .. new[] { StunMethod.Allocate, StunMethod.Refresh, StunMethod.CreatePermission, StunMethod.ChannelBind }.Select(m =>
                _lab.Request(m, Everything, TurnLab.User(), nonce: nonce)[..^8] // else the fingerprint catches all
            ),
        ];
        foreach (var message in messages.Skip(2))
        {
            message[3] -= 8;
        }
        var random = new Random(8656);
        foreach (var message in messages)
        {
            for (var length = 0; length < message.Length; length++)
            {
                _lab.Server.Receive(message.AsSpan(0, length), TurnLab.Client(), _lab.Now);
            }
            for (var round = 0; round < 20_000; round++)
            {
                var bent = message.ToArray();
                for (var turns = random.Next(1, 5); turns > 0; turns--)
                {
                    bent[random.Next(bent.Length)] = random.Next(3) == 0 ? (byte)random.Next(40) : (byte)random.Next(256);
                }
                if (!bent.AsSpan().SequenceEqual(message))
                {
                    _lab.Server.Receive(bent, TurnLab.Client(), _lab.Now);
                }
                while (_lab.Server.TryTransmit(out _, out var route))
                {
                    Assert.False(route.IsRelay);
                }
            }
        }
        Assert.False(_lab.Server.TryRead(out _));
        Assert.Equal(1, _lab.Server.AllocationCount);
        Assert.Equal(0, _lab.Server.Counters.RelayedDatagrams);
    }

    private static void Everything(ref StunWriter writer)
    {
        writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
        writer.WriteUInt32(StunAttribute.ChannelNumber, 0x4000u << 16);
        writer.WriteUInt32(StunAttribute.Lifetime, 0);
        writer.WriteXorAddress(StunAttribute.XorPeerAddress, TurnLab.Peer);
    }
}
