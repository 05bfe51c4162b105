// The loop that drives cores: packet | command | deadline → mutate once → drain. One thread, one socket, no locks.
using System.Threading.Channels;

namespace Mumu.Io;

/// <summary>One thread that owns a UDP socket and a handler.</summary>
/// <typeparam name="TCommand">What other threads may post.</typeparam>
public sealed class UdpLoop<TCommand> : IDisposable
{
    private const int FillsATurn = 4; // media must not starve behind a flood of datagrams
    private const int CommandsATurn = 256;

    private readonly UdpSocket _socket;
    private readonly ILoopHandler<TCommand> _handler;
    private readonly TimeProvider _time;
    private readonly Channel<TCommand> _commands;
    private readonly LoopWaiter _waiter;
    private readonly UdpReceiver _receiver;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Makes a loop; it owns the socket from now on.</summary>
    /// <param name="socket">The socket it reads and writes.</param>
    /// <param name="handler">What it drives.</param>
    /// <param name="time">The clock; <c>now</c> is its timestamp as a span.</param>
    /// <param name="name">Name of the thread, for debuggers.</param>
    /// <param name="queue">Commands that may wait; a full queue refuses.</param>
    /// <param name="coalesce">See <see cref="UdpReceiver"/>.</param>
    public UdpLoop(
        UdpSocket socket,
        ILoopHandler<TCommand> handler,
        TimeProvider time,
        string name,
        int queue = 4096,
        bool coalesce = false
    )
    {
        _socket = socket;
        _handler = handler;
        _time = time;
        _commands = Channel.CreateBounded<TCommand>(new BoundedChannelOptions(queue) { SingleReader = true });
        _waiter = new LoopWaiter(socket);
        _receiver = new UdpReceiver(socket, coalesce);
        Output = new UdpSendBatch(socket);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    /// <summary>The way out, with its counters; only its counters may be read from other threads.</summary>
    public UdpSendBatch Output { get; }

    /// <summary>Datagrams received; may be read from any thread.</summary>
    public long Received { get; private set; }

    /// <summary>Starts the thread. Called once.</summary>
    public void Start() => _thread.Start();

    /// <summary>Hands a command to the handler's thread; false if the queue is full or the loop has ended. From any thread.</summary>
    public bool TryPost(TCommand command)
    {
        if (!_commands.Writer.TryWrite(command))
        {
            return false;
        }
        _waiter.Wake();
        return true;
    }

    /// <summary>Ends the thread after its current turn, waits for it and closes the socket.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }
        _stopping = true;
        _commands.Writer.TryComplete();
        _waiter.Wake();
        if (_thread.IsAlive && Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
        _waiter.Dispose();
        _socket.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            TakeDatagrams();
            TakeCommands();
            var deadline = _handler.OnTurn(Output, Now);
            Output.Flush();
            _waiter.Prepare();
            if (!_stopping)
            {
                var idle = !_receiver.MayHaveMore && _commands.Reader.Count == 0;
                _waiter.Wait(idle ? deadline - Now : TimeSpan.Zero, Output.IsBlocked);
            }
        }
        // What the handler has said last (farewells) still leaves, if the kernel takes it at once.
        _handler.OnTurn(Output, Now);
        Output.Flush();
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    private void TakeDatagrams()
    {
        for (var fills = 0; fills < FillsATurn && _receiver.Fill(); fills++)
        {
            // A datagram may follow from a command (the first check of a viewer just added), so commands posted before it came go first.
            TakeCommands();
            var now = Now;
            while (_receiver.TryRead(out var datagram, out var from))
            {
                Received++;
                _handler.OnDatagram(datagram, from, now);
            }
            if (!_receiver.MayHaveMore)
            {
                break;
            }
        }
    }

    private void TakeCommands()
    {
        for (var count = 0; count < CommandsATurn && _commands.Reader.TryRead(out var command); count++)
        {
            _handler.OnCommand(command, Now);
        }
    }
}
