// The relays of TCP allocations: a port that listens for each, and the connections from and to it.
using System.Net;
using System.Net.Sockets;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Turn;

/// <summary>Opens and closes what the core wishes for, called with the engine's lock held; takes the lock itself to tell the core what has become of it.</summary>
internal sealed class TurnStreamRelays(TurnServer server, Lock gate, Action drain, TimeProvider time) : IDisposable
{
    private const int Backlog = 16;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ReusePort = 15; // SO_REUSEPORT
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<int, Socket> _listeners = [];
    private readonly HashSet<int> _ports = [];
    private readonly Dictionary<int, TurnPeerLink> _links = [];
    private readonly Dictionary<int, Socket> _connecting = [];
    private bool _isOver;

    /// <summary>Listens for peers of a relay; null if the port is taken.</summary>
    public IPEndPoint? Listen(int relay, IPAddress address, int port)
    {
        if (!_ports.Add(port))
        {
            return null; // the system would share it out between the two
        }
        try
        {
            var listener = Bind(new IPEndPoint(address, port));
            _listeners.Add(relay, listener);
            listener.Listen(Backlog);
            _ = AcceptAsync(relay, listener);
            return (IPEndPoint)listener.LocalEndPoint!;
        }
        catch (SocketException)
        {
            Close(relay);
            _ports.Remove(port);
            return null;
        }
    }

    public void Close(int relay)
    {
        if (_listeners.Remove(relay, out var listener))
        {
            _ports.Remove(((IPEndPoint)listener.LocalEndPoint!).Port);
            listener.Dispose();
        }
    }

    /// <summary>Begins to connect from a relay's own address and port to a peer.</summary>
    public void Connect(in TurnCommand wish)
    {
        try
        {
            var socket = Bind((IPEndPoint)_listeners[wish.Relay].LocalEndPoint!);
            _connecting.Add(wish.Connection, socket);
            _ = ConnectAsync(wish.Connection, socket, wish.Peer);
        }
        catch (SocketException)
        {
            server.Streams.Failed(wish.Connection); // told when the core is asked next, which is in a moment
        }
    }

    /// <summary>The connection of that number, if it still stands.</summary>
    public TurnPeerLink? Find(int connection) => _links.GetValueOrDefault(connection);

    public void ClosePeer(int connection)
    {
        if (_connecting.Remove(connection, out var socket))
        {
            socket.Dispose();
        }
        if (_links.Remove(connection, out var link))
        {
            link.Dispose();
        }
    }

    /// <summary>Counts what passed between a peer and a client, and returns how long nothing more is to. From any thread.</summary>
    public TimeSpan Pass(int connection, int bytes)
    {
        lock (gate)
        {
            return server.Streams.Pass(connection, bytes, time.GetElapsedTime(0));
        }
    }

    public void Dispose()
    {
        _isOver = true;
        foreach (var relay in _listeners.Keys.ToArray())
        {
            Close(relay);
        }
        foreach (var connection in _links.Keys.Concat(_connecting.Keys).ToArray())
        {
            ClosePeer(connection);
        }
    }

    // A relay's port listens and connects (RFC 6062 §5.2), which the system allows only where all its sockets agree to share it.
    private static Socket Bind(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
            socket.Bind(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ConnectAsync(int connection, Socket socket, TransportAddress peer)
    {
        await Task.Yield(); // out of the engine's lock
        try
        {
            await socket.ConnectAsync(peer.ToIPEndPoint()).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            socket.Dispose();
        }
        lock (gate)
        {
            if (!_connecting.Remove(connection) || _isOver)
            {
                socket.Dispose(); // not wanted any more
            }
            else if (socket.Connected)
            {
                _links.Add(connection, new TurnPeerLink(connection, socket, this, time));
                server.Streams.Connected(connection, time.GetElapsedTime(0));
                drain();
            }
            else
            {
                server.Streams.Failed(connection);
                drain();
            }
        }
    }

    private void Take(int relay, Socket socket)
    {
        lock (gate)
        {
            var from = TransportAddress.From((IPEndPoint)socket.RemoteEndPoint!);
            var id = _isOver ? 0 : server.Streams.Arrived(relay, from, time.GetElapsedTime(0));
            if (id == 0)
            {
                socket.Dispose();
                return;
            }
            socket.NoDelay = true;
            _links.Add(id, new TurnPeerLink(id, socket, this, time));
            drain();
        }
    }

    private async Task AcceptAsync(int relay, Socket listener)
    {
        await Task.Yield(); // out of the engine's lock
        while (true)
        {
            try
            {
                Take(relay, await listener.AcceptAsync().ConfigureAwait(false));
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.NotSocket)
            {
                return;
            }
            catch (SocketException)
            {
                // One that was gone before it came, or the system has no room.
                await Task.Delay(s_pause, time).ConfigureAwait(false);
            }
        }
    }
}
