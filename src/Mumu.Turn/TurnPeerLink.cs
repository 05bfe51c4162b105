// A connection over TCP between a relay and a peer, and the passing of bytes once a client's is joined with it.
using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Mumu.Turn;

/// <summary>Nothing is read from the peer before <see cref="RelayAsync"/>; what it sends meanwhile waits in the system, which slows it down.</summary>
internal sealed class TurnPeerLink(int id, Socket socket, TurnStreamRelays relays, TimeProvider time) : IDisposable
{
    private const int BufferBytes = 32 * 1024;
    private volatile bool _isClosed;
    private readonly NetworkStream _peer = new(socket, ownsSocket: true);

    /// <summary>Passes bytes both ways until both sides have ended, or one is broken.</summary>
    /// <param name="client">The client's connection.</param>
    /// <param name="clientSocket">Its socket.</param>
    /// <param name="first">What of the client came before.</param>
    public async Task RelayAsync(Stream client, Socket clientSocket, ReadOnlyMemory<byte> first)
    {
        try
        {
            if (!first.IsEmpty)
            {
                await _peer.WriteAsync(first).ConfigureAwait(false);
                await PauseAsync(first.Length).ConfigureAwait(false);
            }
            await Task.WhenAll(
                    PassAsync(client, _peer, () => EndAsync(_peer, socket), client),
                    PassAsync(_peer, client, () => EndAsync(client, clientSocket), client)
                )
                .ConfigureAwait(false);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        _peer.Dispose();
    }

    private async Task PassAsync(Stream from, Stream to, Func<Task> end, Stream client)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int length;
            while ((length = await from.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, length)).ConfigureAwait(false);
                await PauseAsync(length).ConfigureAwait(false);
            }
            // A socket that is closed here may look as if the peer had ended.
            ObjectDisposedException.ThrowIf(_isClosed, this);
            await end().ConfigureAwait(false); // the other direction may go on
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or AuthenticationException)
        {
            // Half a connection is of no use to anybody: the other direction ends, too.
            Dispose();
            await client.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task PauseAsync(int passed)
    {
        var pause = relays.Pass(id, passed);
        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, time).ConfigureAwait(false);
        }
    }

    private static async Task EndAsync(Stream stream, Socket socket)
    {
        if (stream is SslStream tls)
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }
        socket.Shutdown(SocketShutdown.Send);
    }
}
