// The TURN server on real sockets: UDP, TCP and TLS for clients, a UDP socket for each relay.
using System.Net;
using System.Net.Sockets;
using Mumu.Io;
using Mumu.Protocols.Turn;

namespace Mumu.Turn;

/// <summary>Drives a <see cref="TurnServer"/> until it is disposed of.</summary>
public sealed class TurnListener : IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly TurnSurroundings _surroundings;
    private readonly UdpWaiter _waiter = new();
    private readonly TurnEngine _engine;
    private readonly TurnCrowd _crowd;
    private readonly TurnLoop _loop;
    private readonly List<TurnDoor> _doors = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _work;
    private long _ended;

    /// <summary>Binds the clients' sockets and starts.</summary>
    /// <exception cref="SocketException">An address or port can't be had.</exception>
    public TurnListener(TurnListenerOptions options, TimeProvider time)
    {
        _time = time;
        _surroundings = new TurnSurroundings(options, time);
        try
        {
            _engine = new TurnEngine(options, _surroundings, _waiter, time);
            LocalAddress = _engine.LocalAddress;
            _crowd = new TurnCrowd(options.MaxConnections, options.MaxConnectionsPerNetwork, _engine.TryMakeRoom);
            AddDoors(options);
        }
        catch
        {
            _doors.ForEach(door => door.Dispose());
            _engine?.Dispose();
            _waiter.Dispose();
            _surroundings.Dispose();
            throw;
        }
        _loop = new TurnLoop(_waiter, _engine);
        _work = Task.WhenAll([TickAsync(), .. _doors.Select(door => door.RunAsync())]);
    }

    /// <summary>Where clients come over UDP, and over TCP unless that is off.</summary>
    public IPEndPoint LocalAddress { get; }

    /// <summary>Where clients come over TLS; null without a certificate.</summary>
    public IPEndPoint? TlsAddress { get; private set; }

    /// <summary>What was done and refused so far.</summary>
    public TurnCounters Counters => _engine.Counters;

    /// <summary>Allocations that live.</summary>
    public int AllocationCount => _engine.AllocationCount;

    /// <summary>Datagrams lost on the way out: the system, or the queue of a connection, had no room.</summary>
    public long Lost => _engine.Lost;

    /// <summary>Connections over TCP and TLS.</summary>
    public int ConnectionCount => _engine.ConnectionCount;

    /// <summary>Connections that were not let in, or ended because they took too long.</summary>
    public long RefusedConnections => _crowd.Refused + Interlocked.Read(ref _ended);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested)
        {
            return;
        }
        await _ending.CancelAsync().ConfigureAwait(false);
        _doors.ForEach(door => door.Dispose());
        _loop.Dispose();
        _engine.Dispose();
        await _work.ConfigureAwait(false);
        _waiter.Dispose();
        _surroundings.Dispose();
        _ending.Dispose();
    }

    private void AddDoors(TurnListenerOptions options)
    {
        if (options.ListensOnTcp)
        {
            _doors.Add(new TurnDoor(LocalAddress, null, _engine, _crowd, _time));
        }
        if (options is { TlsListen: { } listen, Certificate: { } certificate })
        {
            var door = new TurnDoor(listen, certificate, _engine, _crowd, _time);
            _doors.Add(door);
            TlsAddress = door.LocalAddress;
        }
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(s_tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false))
            {
                Interlocked.Add(ref _ended, _engine.Tick());
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
