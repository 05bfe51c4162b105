// The TURN server on real sockets: one for clients, one for each allocation, one core behind a lock.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;

namespace Mumu.Turn;

/// <summary>Drives a <see cref="TurnServer"/> over UDP until it is disposed of.</summary>
public sealed class TurnListener : IAsyncDisposable
{
    private const int ListenBufferBytes = 4 << 20;
    private const int RelayBufferBytes = 256 << 10;
    private const int PortsTried = 16;
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TurnListenerOptions _options;
    private readonly TimeProvider _time;
    private readonly TurnServer _server;
    private readonly TurnSurroundings _surroundings;
    private readonly TurnSocket _clients;
    private readonly Dictionary<int, TurnSocket> _relays = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _work;

    /// <summary>Binds the clients' socket and starts.</summary>
    /// <exception cref="SocketException">The address or port can't be had.</exception>
    public TurnListener(TurnListenerOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _clients = new TurnSocket(options.Listen, ListenBufferBytes);
        _surroundings = new TurnSurroundings(options, time);
        _server = new TurnServer(options.Server with { Peers = _surroundings.Rules }, time.GetUtcNow(), Now);
        _work = Task.WhenAll(_clients.ReadAsync(TakeFromClient), TickAsync());
    }

    /// <summary>Where clients come.</summary>
    public IPEndPoint LocalAddress => _clients.LocalAddress;

    /// <summary>What was done and refused so far.</summary>
    public TurnCounters Counters => _server.Counters;

    /// <summary>Allocations that live.</summary>
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

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested)
        {
            return;
        }
        await _ending.CancelAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _clients.Dispose();
            foreach (var relay in _relays.Values)
            {
                relay.Dispose();
            }
            _relays.Clear();
        }
        await _work.ConfigureAwait(false);
        _surroundings.Dispose();
        _ending.Dispose();
    }

    private void TakeFromClient(ReadOnlyMemory<byte> datagram, TransportAddress from)
    {
        lock (_gate)
        {
            _server.Receive(datagram.Span, new FlowId(0, from), Now);
            Drain();
        }
    }

    private void TakeFromPeer(int relay, ReadOnlyMemory<byte> datagram, in TransportAddress from)
    {
        lock (_gate)
        {
            _server.ReceiveFromPeer(relay, datagram.Span, from, Now);
            Drain();
        }
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(s_tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
            {
                var isNew = _surroundings.TryRefresh();
                lock (_gate)
                {
                    if (isNew)
                    {
                        _server.SetPeers(_surroundings.Rules);
                    }
                    _server.SetClock(_time.GetUtcNow(), Now);
                    _server.Tick(Now);
                    Drain();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Drain()
    {
        while (_server.TryRead(out var command))
        {
            if (command.Kind == TurnCommandKind.OpenRelay)
            {
                Open(command.Relay, command.IsEven);
            }
            else if (_relays.Remove(command.Relay, out var closed))
            {
                closed.Dispose();
            }
        }
        while (_server.TryTransmit(out var datagram, out var route))
        {
            var socket = route.IsRelay ? _relays.GetValueOrDefault(route.Socket) : _clients;
            socket?.Send(datagram, route.Remote);
        }
    }

    private void Open(int relay, bool isEven)
    {
        if (_ending.IsCancellationRequested || Bind(isEven) is not { } socket)
        {
            _server.RelayFailed(relay);
            return;
        }
        _relays.Add(relay, socket);
        var address = _options.ExternalAddress ?? socket.LocalAddress.Address;
        _server.RelayOpened(relay, TransportAddress.From(address, socket.LocalAddress.Port), Now);
        _ = socket.ReadAsync((datagram, from) => TakeFromPeer(relay, datagram, from));
    }

    /// <summary>Ports at random, so that they can't be foreseen; null if none of several was free.</summary>
    private TurnSocket? Bind(bool isEven)
    {
        var address = _surroundings.RelayBind;
        for (var i = 0; i < PortsTried && address is not null; i++)
        {
            var port = RandomNumberGenerator.GetInt32(_options.FirstRelayPort, _options.LastRelayPort + 1);
            try
            {
                return new TurnSocket(new IPEndPoint(address, isEven ? port & ~1 : port), RelayBufferBytes);
            }
            catch (SocketException)
            {
                // Taken; another.
            }
        }
        return null;
    }
}
