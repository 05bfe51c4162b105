// One UDP socket of the TURN server: reads for ever, sends at once.
using System.Net;
using System.Net.Sockets;
using Mumu.Protocols.Stun;

namespace Mumu.Turn;

/// <summary>A bound socket. <see cref="Send"/> is for one thread at a time.</summary>
internal sealed class TurnSocket : IDisposable
{
    private const int LongestDatagram = 2048;
    private readonly Socket _socket;
    private readonly SocketAddress _destination;

    /// <exception cref="SocketException">The address or port can't be had.</exception>
    public TurnSocket(IPEndPoint bind, int bufferBytes)
    {
        _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            if (bind.AddressFamily == AddressFamily.InterNetworkV6)
            {
                _socket.DualMode = bind.Address.Equals(IPAddress.IPv6Any);
            }
            _socket.ReceiveBufferSize = _socket.SendBufferSize = bufferBytes;
            _socket.Bind(bind);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
        LocalAddress = (IPEndPoint)_socket.LocalEndPoint!;
        _destination = new SocketAddress(bind.AddressFamily);
    }

    public IPEndPoint LocalAddress { get; }

    /// <summary>Sends a datagram; false if the kernel did not take it, which is a lost datagram like any other.</summary>
    public bool Send(ReadOnlySpan<byte> datagram, in TransportAddress to)
    {
        SocketAddresses.Write(_destination, to);
        try
        {
            return _socket.SendTo(datagram, SocketFlags.None, _destination) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Hands every datagram to <paramref name="take"/> until the socket is disposed of.</summary>
    public async Task ReadAsync(Action<ReadOnlyMemory<byte>, TransportAddress> take)
    {
        var buffer = new byte[LongestDatagram];
        var from = new SocketAddress(_socket.AddressFamily);
        while (true)
        {
            int length;
            try
            {
                length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, from).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return;
            }
            catch (SocketException)
            {
                continue; // a report about an earlier datagram, or one too long: neither is for us
            }
            take(buffer.AsMemory(0, length), SocketAddresses.Read(from));
        }
    }

    public void Dispose() => _socket.Dispose();
}
