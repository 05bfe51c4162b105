// The thread that serves the server's UDP sockets.
using Mumu.Io;

namespace Mumu.Turn;

/// <summary>Waits, and has the engine serve what has something; ends with <see cref="Dispose"/>.</summary>
internal sealed class TurnLoop : IDisposable
{
    private const int MostReady = 64;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);
    private readonly UdpWaiter _waiter;
    private readonly TurnEngine _engine;
    private readonly Thread _thread;
    private volatile bool _isOver;

    public TurnLoop(UdpWaiter waiter, TurnEngine engine)
    {
        _waiter = waiter;
        _engine = engine;
        _thread = new Thread(Run) { IsBackground = true, Name = "turn" };
        _thread.Start();
    }

    public void Dispose()
    {
        _isOver = true;
        _waiter.Wake();
        _thread.Join();
    }

    private void Run()
    {
        Span<long> ready = stackalloc long[MostReady];
        while (!_isOver)
        {
            var count = _waiter.Wait(ready, s_longest);
            if (count > 0)
            {
                _engine.Serve(ready[..count]);
            }
        }
    }
}
