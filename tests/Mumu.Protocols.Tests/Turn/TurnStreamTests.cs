// Relaying of TCP (RFC 6062) under virtual time: who may connect to whom, who waits how long, and what ends with what.
using System.Net;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Protocols.Tests.Turn;

public sealed class TurnStreamTests
{
    private static readonly FlowId s_control = new(1, TurnLab.At("93.184.216.99", 40000));
    private static readonly FlowId s_data = new(2, TurnLab.At("93.184.216.99", 40001));
    private readonly TurnLab _lab = new();

    [Fact]
    public void A_client_connects_to_a_peer_and_binds_a_connection_of_its_own()
    {
        Assert.Equal(0, Allocate());
        Assert.True(Assert.Single(_lab.Commands) is { Kind: TurnCommandKind.OpenRelay, IsTcp: true });
        var wish = Connect(TurnLab.Peer);
        Assert.Equal((TurnCommandKind.ConnectPeer, TurnLab.Peer), (wish.Kind, wish.Peer));
        Assert.Empty(_lab.Sent);
        Stands(wish.Connection);
        Assert.Equal((uint)wish.Connection, LastConnectionId());

        Assert.Equal(0, Bind(wish.Connection, s_data));
        var join = _lab.Commands[^1];
        Assert.Equal((TurnCommandKind.JoinPeer, wish.Connection, s_data), (join.Kind, join.Connection, join.Client));
        Assert.True(_lab.Server.HasAllocation(s_data));

        _lab.Now += TimeSpan.FromMinutes(9); // no wait applies any more
        _lab.Server.Tick(_lab.Now);
        _lab.Drain();
        Assert.Equal(TurnCommandKind.JoinPeer, _lab.Commands[^1].Kind);
        _lab.Server.ClientGone(s_data);
        _lab.Drain();
        Assert.Equal((TurnCommandKind.ClosePeer, wish.Connection), (_lab.Commands[^1].Kind, _lab.Commands[^1].Connection));
        Assert.False(_lab.Server.HasAllocation(s_data));
    }

    [Fact]
    public void A_peer_with_permission_is_announced_and_one_without_is_shut_out()
    {
        Allocate();
        Assert.Equal(0, _lab.Server.Streams.Arrived(1, TurnLab.Peer, _lab.Now));
        Assert.Equal(
            0,
            Ask(StunMethod.CreatePermission, s_control, (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorPeerAddress, TurnLab.Peer))
        );
        _lab.Sent.Clear();
        var id = _lab.Server.Streams.Arrived(1, TurnLab.Peer.WithPort(77), _lab.Now);
        _lab.Drain();
        Assert.True(StunMessage.TryParse(Assert.Single(_lab.Sent).Bytes, out var told));
        Assert.Equal((StunClass.Indication, StunMethod.ConnectionAttempt), (told.Class, told.Method));
        Assert.True(told.TryGetXorAddress(StunAttribute.XorPeerAddress, out var peer));
        Assert.Equal(TurnLab.Peer.WithPort(77), peer);
        Assert.Equal((uint)id, LastConnectionId());
        Assert.Equal(0, Bind(id, s_data));
        Assert.Equal(400, Bind(id, s_data with { Base = 3 })); // once is enough
    }

    [Fact]
    public void Nobody_waits_longer_than_thirty_seconds()
    {
        Allocate();
        var wish = Connect(TurnLab.Peer);
        Assert.Equal(_lab.Now + TimeSpan.FromSeconds(30), _lab.Server.NextDeadline);
        Pass(29.9);
        Assert.Equal(TurnCommandKind.ConnectPeer, _lab.Commands[^1].Kind);
        Pass(0.2);
        Assert.Equal(447, LastError());
        Assert.Equal((TurnCommandKind.ClosePeer, wish.Connection), (_lab.Commands[^1].Kind, _lab.Commands[^1].Connection));
        Stands(wish.Connection); // too late
        _lab.Drain();
        Assert.Equal(400, Bind(wish.Connection, s_data));

        var second = Connect(TurnLab.Peer);
        Stands(second.Connection);
        Pass(29.9);
        Assert.NotEqual(TurnCommandKind.ClosePeer, _lab.Commands[^1].Kind);
        Pass(0.2);
        Assert.Equal((TurnCommandKind.ClosePeer, second.Connection), (_lab.Commands[^1].Kind, _lab.Commands[^1].Connection));
    }

    [Fact]
    public void A_peer_that_can_not_be_reached_is_told()
    {
        Allocate();
        var wish = Connect(TurnLab.Peer);
        _lab.Sent.Clear();
        _lab.Server.Streams.Failed(wish.Connection);
        _lab.Drain();
        Assert.Equal(447, LastError());
        Assert.Equal(TurnCommandKind.ConnectPeer, Connect(TurnLab.Peer).Kind); // again, if it likes
    }

    [Fact]
    public void One_connection_with_a_peer_is_enough()
    {
        Allocate();
        Connect(TurnLab.Peer);
        Assert.Equal(446, AskConnect(TurnLab.Peer));
        Assert.Equal(TurnCommandKind.ConnectPeer, Connect(TurnLab.Peer.WithPort(1)).Kind);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    public void Peers_that_the_rules_refuse_stay_out_of_reach(string address)
    {
        Allocate();
        Assert.Equal(403, AskConnect(TurnLab.At(address, 80)));
    }

    [Fact]
    public void Of_the_relays_own_address_only_relays_are_reached()
    {
        _lab.Server.SetPeers(new TurnPeerRules([], [IPAddress.Parse(_lab.RelayAddress)]));
        Allocate();
        var relayed = _lab.LastRelayed();
        var other = new FlowId(9, TurnLab.At("93.184.216.98", 40000));
        Assert.Equal(403, AskConnect(relayed.WithPort(22)));
        Assert.Equal(0, Ask(StunMethod.Allocate, other, (ref StunWriter w) => w.WriteUInt32(StunAttribute.RequestedTransport, 6u << 24)));
        Assert.Equal(TurnCommandKind.ConnectPeer, Connect(_lab.LastRelayed()).Kind);
        // A relay of UDP with that number is something else.
        Assert.Equal(0, _lab.Allocate());
        Assert.Equal(403, AskConnect(_lab.LastRelayed()));
    }

    [Fact]
    public void Only_who_made_the_allocation_binds_and_only_on_a_connection_of_its_own()
    {
        Allocate();
        var wish = Connect(TurnLab.Peer);
        Assert.Equal(400, Bind(wish.Connection, s_data)); // not there yet
        Stands(wish.Connection);
        Assert.Equal(400, Bind(wish.Connection, s_data, TurnLab.User("eve")));
        Assert.Equal(400, Bind(wish.Connection, s_control));
        Assert.Equal(400, Bind(wish.Connection, TurnLab.Client()));
        Assert.Equal(400, Bind(wish.Connection + 1, s_data));
        Assert.Equal(0, Bind(wish.Connection, s_data));
    }

    [Fact]
    public void With_the_allocation_its_connections_end()
    {
        Allocate();
        var ids = new int[3];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = Connect(TurnLab.Peer.WithPort(1000 + i)).Connection;
        }
        Stands(ids[0]);
        Stands(ids[1]);
        Bind(ids[0], s_data);
        _lab.Commands.Clear();
        _lab.Server.ClientGone(s_control);
        _lab.Drain();
        Assert.Equal(ids, _lab.Commands.Where(c => c.Kind == TurnCommandKind.ClosePeer).Select(c => c.Connection).Order());
        Assert.Equal(TurnCommandKind.CloseRelay, _lab.Commands[^1].Kind);
        Assert.False(_lab.Server.HasAllocation(s_data));
    }

    [Fact]
    public void New_rules_end_what_they_forbid()
    {
        Allocate();
        var wish = Connect(TurnLab.Peer);
        _lab.Server.SetPeers(new TurnPeerRules([], [TurnLab.Peer.ToIPAddress()]));
        _lab.Drain();
        Assert.Equal((TurnCommandKind.ClosePeer, wish.Connection), (_lab.Commands[^1].Kind, _lab.Commands[^1].Connection));
    }

    [Fact]
    public void There_is_an_end_to_connections()
    {
        var lab = new TurnStreamTests(new TurnLab(options => options with { MaxPermissions = 2 }));
        lab.Allocate();
        lab.Connect(TurnLab.Peer.WithPort(1));
        lab.Connect(TurnLab.Peer.WithPort(2));
        Assert.Equal(508, lab.AskConnect(TurnLab.Peer.WithPort(3)));
    }

    [Fact]
    public void Bytes_beyond_the_bandwidth_have_to_wait()
    {
        var test = new TurnStreamTests(new TurnLab(options => options with { BytesPerSecondPerUser = 1000 }));
        test.Allocate();
        var wish = test.Connect(TurnLab.Peer);
        Assert.Equal(TimeSpan.Zero, test._lab.Server.Streams.Pass(wish.Connection, 1000, test._lab.Now));
        Assert.Equal(TimeSpan.FromSeconds(0.5), test._lab.Server.Streams.Pass(wish.Connection, 500, test._lab.Now));
        test._lab.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(TimeSpan.Zero, test._lab.Server.Streams.Pass(wish.Connection, 400, test._lab.Now));
    }

    [Fact]
    public void What_belongs_to_UDP_is_refused()
    {
        Assert.Equal(400, _lab.Ask(StunMethod.Allocate, (ref StunWriter w) => w.WriteUInt32(StunAttribute.RequestedTransport, 6u << 24)));
        Assert.Equal(
            400,
            Ask(
                StunMethod.Allocate,
                s_control,
                (ref StunWriter w) =>
                {
                    w.WriteUInt32(StunAttribute.RequestedTransport, 6u << 24);
                    w.Write(StunAttribute.EvenPort, [0]);
                }
            )
        );
        Allocate();
        Assert.Equal(
            400,
            Ask(
                StunMethod.ChannelBind,
                s_control,
                (ref StunWriter w) =>
                {
                    w.WriteUInt32(StunAttribute.ChannelNumber, 0x4000u << 16);
                    w.WriteXorAddress(StunAttribute.XorPeerAddress, TurnLab.Peer);
                }
            )
        );
        Ask(StunMethod.CreatePermission, s_control, (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorPeerAddress, TurnLab.Peer));
        _lab.Receive(TurnLab.SendIndication(TurnLab.Peer, "x"u8), s_control);
        Assert.Empty(_lab.Sent);
        Assert.Equal(1, _lab.Server.Counters.NotPermitted);
        // And an allocation of UDP has no connections.
        Assert.Equal(0, _lab.Allocate());
        Assert.Equal(
            400,
            _lab.Ask(StunMethod.Connect, (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorPeerAddress, TurnLab.Peer))
        );
    }

    public TurnStreamTests() { }

    private TurnStreamTests(TurnLab lab) => _lab = lab;

    private int Allocate() =>
        Ask(StunMethod.Allocate, s_control, (ref StunWriter w) => w.WriteUInt32(StunAttribute.RequestedTransport, 6u << 24));

    // Asks for a connection that the server agrees to make; its wish.
    private TurnCommand Connect(TransportAddress peer)
    {
        _lab.Receive(
            _lab.Request(
                StunMethod.Connect,
                (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorPeerAddress, peer),
                TurnLab.User(),
                s_control
            ),
            s_control
        );
        return _lab.Commands[^1];
    }

    private int AskConnect(TransportAddress peer) =>
        Ask(StunMethod.Connect, s_control, (ref StunWriter w) => w.WriteXorAddress(StunAttribute.XorPeerAddress, peer));

    private int Bind(int connection, FlowId flow, string? user = null) =>
        Ask(StunMethod.ConnectionBind, flow, (ref StunWriter w) => w.WriteUInt32(StunAttribute.ConnectionId, (uint)connection), user);

    private int Ask(StunMethod method, FlowId flow, TurnLab.Attributes attributes, string? user = null)
    {
        _lab.Receive(_lab.Request(method, attributes, user ?? TurnLab.User(), flow), flow);
        var sent = Assert.Single(_lab.Sent);
        Assert.Equal(new TurnRoute(false, flow.Base, flow.Remote), sent.Route);
        Assert.True(StunMessage.TryParse(sent.Bytes, out var answer));
        return answer.TryGetError(out var error) ? error.Code : 0;
    }

    private void Stands(int connection)
    {
        _lab.Sent.Clear();
        _lab.Server.Streams.Connected(connection, _lab.Now);
        _lab.Drain();
    }

    private void Pass(double seconds)
    {
        _lab.Sent.Clear();
        _lab.Now += TimeSpan.FromSeconds(seconds);
        _lab.Server.Tick(_lab.Now);
        _lab.Drain();
    }

    private uint LastConnectionId()
    {
        Assert.True(StunMessage.TryParse(_lab.Sent[^1].Bytes, out var answer));
        Assert.True(answer.TryGetUInt32(StunAttribute.ConnectionId, out var id));
        return id;
    }

    private int LastError()
    {
        Assert.True(StunMessage.TryParse(_lab.Sent[^1].Bytes, out var answer));
        Assert.True(answer.TryGetError(out var error));
        return error.Code;
    }
}
