// The sockets of allocations, one for each relayed address.
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Mumu.Io;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Turn;

/// <summary>Opens and closes relays' sockets and lets the loop wait for them. Guarded by the engine's lock.</summary>
internal sealed class TurnRelays(TurnListenerOptions options, TurnSurroundings surroundings, UdpWaiter waiter, TurnStreamRelays streams)
    : IDisposable
{
    private const int BufferBytes = 512 << 10;
    private const int PortsTried = 16;
    private readonly Dictionary<int, UdpSocket> _sockets = [];

    public UdpSocket? Find(int relay) => _sockets.GetValueOrDefault(relay);

    /// <summary>Opens the socket that the core wishes for; false if none of several ports was free.</summary>
    /// <param name="wish">The wish.</param>
    /// <param name="relayed">Where peers reach it.</param>
    public bool TryOpen(in TurnCommand wish, out TransportAddress relayed)
    {
        relayed = default;
        var address = wish.IsIPv6 ? surroundings.RelayBindIPv6 : surroundings.RelayBind;
        for (var i = 0; i < PortsTried && address is not null; i++)
        {
            // At random, so that the port can't be foreseen.
            var port = RandomNumberGenerator.GetInt32(options.FirstRelayPort, options.LastRelayPort + 1);
            port = wish.IsEven ? port & ~1 : port;
            if (port < options.FirstRelayPort)
            {
                continue;
            }
            if (wish.IsTcp)
            {
                if (streams.Listen(wish.Relay, address, port) is { } listening)
                {
                    relayed = TransportAddress.From(Told(address), listening.Port);
                    return true;
                }
                continue;
            }
            if (Bind(address, port) is not { } socket)
            {
                continue;
            }
            try
            {
                waiter.Add(socket, wish.Relay);
            }
            catch (Win32Exception)
            {
                socket.Dispose();
                return false; // the system has no room for more
            }
            SharedReceiver.Join(socket);
            _sockets.Add(wish.Relay, socket);
            relayed = TransportAddress.From(Told(address), socket.LocalAddress.Port);
            return true;
        }
        return false;
    }

    public void Close(int relay)
    {
        streams.Close(relay);
        if (_sockets.Remove(relay, out var socket))
        {
            waiter.Remove(socket);
            socket.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var relay in _sockets.Keys.ToArray())
        {
            Close(relay);
        }
    }

    private IPAddress Told(IPAddress bound) =>
        options.ExternalAddress is { } external && external.AddressFamily == bound.AddressFamily ? external : bound;

    private static UdpSocket? Bind(IPAddress address, int port)
    {
        try
        {
            return new UdpSocket(address, port, BufferBytes);
        }
        catch (SocketException)
        {
            return null; // taken
        }
    }
}
