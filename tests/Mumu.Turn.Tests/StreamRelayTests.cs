// Relaying of TCP (RFC 6062) on real sockets: to a peer, from a peer, whole to the last byte, and with an end.
using System.Net;
using System.Net.Sockets;
using Mumu.Protocols.Stun;
using Mumu.Turn.Tests.Harness;

namespace Mumu.Turn.Tests;

public sealed class StreamRelayTests
{
    private static readonly IPAddress s_peer = IPAddress.Parse("127.0.0.2");

    private static CancellationToken End => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_byte_goes_to_a_peer_and_back_up_to_the_end()
    {
        await using var server = new Server();
        using var peer = new TcpListener(s_peer, 0);
        peer.Start();
        var echo = EchoAsync(peer);
        using var control = server.Client(overTcp: true);
        Assert.Equal(0, await control.AllocateTcpAsync());
        Assert.Equal(0, await control.ConnectAsync(TransportAddress.From((IPEndPoint)peer.LocalEndpoint)));
        using var data = server.Client(overTcp: true);
        Assert.Equal(0, await data.BindConnectionAsync(control.ConnectionId));

        var sent = new byte[3_000_001];
        new Random(1).NextBytes(sent);
        var sending = Task.Run(
            async () =>
            {
                for (var at = 0; at < sent.Length; )
                {
                    at += await data.Socket.SendAsync(sent.AsMemory(at, Math.Min(100_000, sent.Length - at)), End);
                }
                data.Socket.Shutdown(SocketShutdown.Send);
            },
            End
        );
        var back = await ReadToEndAsync(data.Socket);
        Assert.True(sent.AsSpan().SequenceEqual(back), $"{back.Length} bytes of {sent.Length} came back, or not the same.");
        await sending;
        Assert.Equal(control.Relayed.ToIPEndPoint(), await echo); // the peer saw it come from the relay

        await Server.EventuallyAsync(() => server.Listener is { ConnectionCount: 1, AllocationCount: 1 });
        Assert.Equal(2 * sent.Length, server.Listener.Counters.RelayedBytes);
        // And it may be had once more.
        Assert.Equal(0, await control.PermitAsync(server.Peer));
    }

    [Fact]
    public async Task A_peer_that_may_come_in_is_announced_and_what_it_has_said_before_is_not_lost()
    {
        await using var server = new Server();
        using var control = server.Client(overTcp: true);
        Assert.Equal(0, await control.AllocateTcpAsync());
        using (var stranger = await DialAsync(control.Relayed))
        {
            Assert.Empty(await ReadToEndAsync(stranger)); // no permission yet
        }
        Assert.Equal(0, await control.PermitAsync(TransportAddress.From(s_peer, 0)));
        using var peer = await DialAsync(control.Relayed);
        await peer.SendAsync("early words"u8.ToArray(), End);

        Assert.True(StunMessage.TryParse(await control.ReceiveAsync(), out var told));
        Assert.Equal((StunClass.Indication, StunMethod.ConnectionAttempt), (told.Class, told.Method));
        Assert.True(told.TryGetUInt32(StunAttribute.ConnectionId, out var id));
        Assert.True(told.TryGetXorAddress(StunAttribute.XorPeerAddress, out var from));
        Assert.Equal(peer.LocalEndPoint, from.ToIPEndPoint());

        using var data = server.Client(overTcp: true);
        Assert.Equal(0, await data.BindConnectionAsync(id));
        peer.Shutdown(SocketShutdown.Send);
        byte[] heard = [.. data.Unread.ToArray(), .. await ReadToEndAsync(data.Socket)];
        Assert.Equal("early words"u8.ToArray(), heard);
        await data.Socket.SendAsync("and an answer"u8.ToArray(), End); // half of it still stands
        data.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("and an answer"u8.ToArray(), await ReadToEndAsync(peer));
    }

    [Fact]
    public async Task Where_nobody_listens_the_client_is_told()
    {
        await using var server = new Server();
        using var control = server.Client(overTcp: true);
        Assert.Equal(0, await control.AllocateTcpAsync());
        Assert.Equal(447, await control.ConnectAsync(TransportAddress.From(s_peer, 9)));
    }

    [Fact]
    public async Task With_the_control_connection_everything_ends()
    {
        await using var server = new Server();
        using var data = server.Client(overTcp: true);
        using var peer = new TcpListener(s_peer, 0);
        peer.Start();
        using (var control = server.Client(overTcp: true))
        {
            Assert.Equal(0, await control.AllocateTcpAsync());
            Assert.Equal(0, await control.ConnectAsync(TransportAddress.From((IPEndPoint)peer.LocalEndpoint)));
            Assert.Equal(0, await data.BindConnectionAsync(control.ConnectionId));
        }
        using var socket = await peer.AcceptSocketAsync(End);
        Assert.Empty(await ReadToEndAsync(socket));
        Assert.Empty(await ReadToEndAsync(data.Socket));
        await Server.EventuallyAsync(() => server.Listener is { ConnectionCount: 0, AllocationCount: 0 });
    }

    private static async Task<EndPoint> EchoAsync(TcpListener listener)
    {
        using var socket = await listener.AcceptSocketAsync(End);
        var buffer = new byte[65_536];
        int length;
        while ((length = await socket.ReceiveAsync(buffer, End)) > 0)
        {
            for (var at = 0; at < length; )
            {
                at += await socket.SendAsync(buffer.AsMemory(at, length - at), End);
            }
        }
        socket.Shutdown(SocketShutdown.Send);
        return socket.RemoteEndPoint!;
    }

    private static async Task<Socket> DialAsync(TransportAddress relayed)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(s_peer, 0));
        await socket.ConnectAsync(relayed.ToIPEndPoint(), End);
        return socket;
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(End);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var all = new MemoryStream();
        var buffer = new byte[65_536];
        try
        {
            int length;
            while ((length = await socket.ReceiveAsync(buffer, limit.Token)) > 0)
            {
                all.Write(buffer, 0, length);
            }
        }
        catch (SocketException)
        {
            // Reset: an end as well.
        }
        return all.ToArray();
    }
}
