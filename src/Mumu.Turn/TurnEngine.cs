// The core behind one lock, and the sockets it works with: the loop's thread and the connections' tasks meet here.
using System.Net;
using System.Net.Sockets;
using Mumu.Io;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Turn;

/// <summary>
/// Gives the core what comes and sends what it says. UDP is served by one thread in batches; connections over TCP and TLS come in by their own tasks, one message
/// at a time. The lock is held for as long as a batch takes, never while anybody waits.
/// </summary>
internal sealed class TurnEngine : IDisposable
{
    private const long ClientsKey = 0;
    private const int ListenBufferBytes = 4 << 20;
    private const int MostRounds = 8;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TurnServer _server;
    private readonly TurnSurroundings _surroundings;
    private readonly TurnRelays _relays;
    private readonly TurnStreamRelays _streams;
    private readonly UdpSocket _clients;
    private readonly UdpWaiter _waiter;
    private readonly SharedReceiver _receiver = new();
    private readonly GatheringSender _sender = new();
    private readonly Dictionary<int, TurnConnection> _connections = [];
    private int _lastConnection;
    private long _unqueued;
    private bool _isOver;

    /// <exception cref="SocketException">The address or port can't be had.</exception>
    public TurnEngine(TurnListenerOptions options, TurnSurroundings surroundings, UdpWaiter waiter, TimeProvider time)
    {
        _time = time;
        _waiter = waiter;
        _surroundings = surroundings;
        _clients = new UdpSocket(options.Listen.Address, options.Listen.Port, ListenBufferBytes);
        SharedReceiver.Join(_clients);
        var server = options.Server with
        {
            Peers = surroundings.Rules,
            RelaysIPv4 = surroundings.RelaysIPv4,
            RelaysIPv6 = surroundings.RelaysIPv6,
        };
        _server = new TurnServer(server, time.GetUtcNow(), Now);
        _streams = new TurnStreamRelays(_server, _gate, Drain, time);
        _relays = new TurnRelays(options, surroundings, waiter, _streams);
        waiter.Add(_clients, ClientsKey);
    }

    public IPEndPoint LocalAddress => _clients.LocalAddress.ToIPEndPoint();

    public TurnCounters Counters => _server.Counters;

    public int AllocationCount
    {
        get
        {
            lock (_gate)
            {
                return _server.AllocationCount;
            }
        }
    }

    public int ConnectionCount
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Datagrams that the system, or the queue of a connection, had no room for.</summary>
    public long Lost => _sender.Lost + Interlocked.Read(ref _unqueued);

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Serves the sockets that have something, for the loop's thread.</summary>
    public void Serve(ReadOnlySpan<long> keys)
    {
        lock (_gate)
        {
            foreach (var key in keys)
            {
                var socket = key == ClientsKey ? _clients : _relays.Find((int)key);
                for (var round = 0; socket is not null && !_isOver && round < MostRounds && _receiver.Fill(socket); round++)
                {
                    Take((int)key, Now);
                    if (!_receiver.MayHaveMore)
                    {
                        break;
                    }
                }
            }
            Drain();
        }
    }

    /// <summary>Takes a message of a connection.</summary>
    public void Receive(TurnConnection connection, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _server.Receive(message, connection.Flow, Now);
                Drain();
            }
        }
    }

    /// <summary>Numbers a new connection and takes it in; null if all is over.</summary>
    public TurnConnection? Open(Func<int, TurnConnection> make)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return null;
            }
            var connection = make(++_lastConnection);
            _connections.Add(connection.Flow.Base, connection);
            return connection;
        }
    }

    /// <summary>A connection has ended.</summary>
    public void Close(TurnConnection connection)
    {
        lock (_gate)
        {
            if (_connections.Remove(connection.Flow.Base))
            {
                _server.ClientGone(connection.Flow);
                Drain();
            }
        }
    }

    /// <summary>Once a second: ends allocations, connections that take too long, and what the machine's new addresses forbid.</summary>
    /// <returns>Connections that were ended.</returns>
    public int Tick()
    {
        var isNew = _surroundings.TryRefresh();
        lock (_gate)
        {
            if (isNew)
            {
                _server.SetPeers(_surroundings.Rules);
            }
            var now = Now;
            _server.SetClock(_time.GetUtcNow(), now);
            _server.Tick(now);
            Drain();
            return _connections.Values.Count(connection => connection.EndIfLate(_server.HasAllocation(connection.Flow)));
        }
    }

    /// <summary>Makes room by ending the oldest connection that has no allocation; false if all have one.</summary>
    public bool TryMakeRoom()
    {
        lock (_gate)
        {
            var oldest = _connections.Values.Where(c => !_server.HasAllocation(c.Flow)).MinBy(c => c.Flow.Base);
            oldest?.Dispose();
            return oldest is not null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            foreach (var connection in _connections.Values)
            {
                connection.Dispose();
            }
            _waiter.Remove(_clients);
            _clients.Dispose();
            _relays.Dispose();
            _streams.Dispose();
        }
    }

    private void Take(int key, TimeSpan now)
    {
        while (_receiver.TryRead(out var run, out var segment, out var from))
        {
            do
            {
                var datagram = run[..Math.Min(segment, run.Length)];
                run = run[datagram.Length..];
                if (key == ClientsKey)
                {
                    _server.Receive(datagram, new FlowId((int)ClientsKey, from), now);
                }
                else
                {
                    _server.ReceiveFromPeer(key, datagram, from, now);
                }
            } while (!run.IsEmpty);
            if (_server.IsFilling)
            {
                Drain();
            }
        }
    }

    // What is to be sent goes first: answers before the bytes of a peer that follow them, and the last datagrams of a relay before its end.
    private void Drain()
    {
        Transmit();
        while (_server.TryRead(out var command))
        {
            Carry(command);
            Transmit();
        }
    }

    private void Transmit()
    {
        while (_server.TryTransmit(out var datagram, out var route))
        {
            if (!route.IsRelay && route.Socket != ClientsKey)
            {
                _unqueued += _connections.GetValueOrDefault(route.Socket)?.Send(datagram) == false ? 1 : 0;
            }
            else if ((route.IsRelay ? _relays.Find(route.Socket) : _clients) is { } socket)
            {
                _sender.Add(socket, datagram, route.Remote);
            }
        }
        _sender.Flush();
    }

    private void Carry(in TurnCommand command)
    {
        switch (command.Kind)
        {
            case TurnCommandKind.CloseRelay:
                _relays.Close(command.Relay);
                break;
            case TurnCommandKind.ConnectPeer when !_isOver:
                _streams.Connect(command);
                break;
            case TurnCommandKind.JoinPeer when _streams.Find(command.Connection) is { } link:
                _connections.GetValueOrDefault(command.Client.Base)?.Join(link);
                break;
            case TurnCommandKind.ClosePeer:
                _streams.ClosePeer(command.Connection);
                break;
            case TurnCommandKind.OpenRelay:
                Open(command);
                break;
        }
    }

    private void Open(in TurnCommand command)
    {
        if (!_isOver && _relays.TryOpen(command, out var relayed))
        {
            _server.RelayOpened(command.Relay, relayed, Now);
        }
        else
        {
            _server.RelayFailed(command.Relay, Now);
        }
    }
}
