// Starts and stops the embedded TURN server with the program.
using System.Net.Sockets;
using Mumu.Cli.Verbs;
using Mumu.Protocols.Turn;
using Mumu.Turn;

namespace Mumu.Cli.Hosting;

/// <summary>Owns the listener between start and stop.</summary>
internal sealed class TurnService(TurnListenerOptions options, TimeProvider time) : IHostedService, IAsyncDisposable
{
    private TurnListener? _listener;

    /// <summary>What the server did and refused since the start.</summary>
    public TurnCounters Counters => _listener?.Counters ?? new TurnCounters();

    /// <summary>Allocations that live.</summary>
    public int Allocations => _listener?.AllocationCount ?? 0;

    /// <summary>Connections over TCP and TLS that stand.</summary>
    public int Connections => _listener?.ConnectionCount ?? 0;

    /// <summary>Datagrams lost on the way out.</summary>
    public long Lost => _listener?.Lost ?? 0;

    /// <summary>Connections that were refused or ended by a limit.</summary>
    public long RefusedConnections => _listener?.RefusedConnections ?? 0;

    /// <inheritdoc />
    /// <exception cref="VerbException">The port can't be had.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _listener = new TurnListener(options, time);
            return Task.CompletedTask;
        }
        catch (SocketException e)
        {
            throw new VerbException(
                $"The TURN server cannot listen on {options.Listen}: {e.Message.TrimEnd('.')}. If another TURN server has the port, name that one in “hub.turn”, "
                    + "or give ours another in “turn.port”, or set “turn.enabled” to false; if mumu is running already, --port-offset 100 shifts all ports."
            );
        }
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync().ConfigureAwait(false);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _listener?.DisposeAsync() ?? ValueTask.CompletedTask;
}
