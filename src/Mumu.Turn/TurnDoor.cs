// A TCP port that lets clients in, as many as there may be.
using System.Net;
using System.Net.Sockets;
using Mumu.Protocols.Stun;

namespace Mumu.Turn;

/// <summary>Accepts connections until it is disposed of.</summary>
internal sealed class TurnDoor : IDisposable
{
    private const int Backlog = 512;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private readonly Socket _listener;
    private readonly TurnCertificate? _certificate;
    private readonly TurnEngine _engine;
    private readonly TurnCrowd _crowd;
    private readonly TimeProvider _time;

    /// <exception cref="SocketException">The address or port can't be had.</exception>
    public TurnDoor(IPEndPoint listen, TurnCertificate? certificate, TurnEngine engine, TurnCrowd crowd, TimeProvider time)
    {
        (_certificate, _engine, _crowd, _time) = (certificate, engine, crowd, time);
        _listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (listen.AddressFamily == AddressFamily.InterNetworkV6)
            {
                _listener.DualMode = true;
            }
            _listener.Bind(listen);
            _listener.Listen(Backlog);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
    }

    /// <summary>Where clients come.</summary>
    public IPEndPoint LocalAddress => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Lets clients in until the end.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            try
            {
                Admit(await _listener.AcceptAsync().ConfigureAwait(false));
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
                // One that was gone before it came, or the system has no room: in the latter case the next would fail at once, too.
                await Task.Delay(s_pause, _time).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Admit(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint end)
        {
            socket.Dispose();
            return;
        }
        var remote = TransportAddress.From(end);
        if (!_crowd.TryEnter(remote))
        {
            socket.Dispose();
            return;
        }
        socket.NoDelay = true;
        var connection = _engine.Open(id => new TurnConnection(id, socket, remote, _certificate?.Options, _engine, _time));
        if (connection is null)
        {
            _crowd.Leave(remote);
            socket.Dispose();
            return;
        }
        _ = ServeAsync(connection, remote);
    }

    private async Task ServeAsync(TurnConnection connection, TransportAddress remote)
    {
        await Task.Yield(); // the next is let in meanwhile
        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _crowd.Leave(remote);
        }
    }
}
