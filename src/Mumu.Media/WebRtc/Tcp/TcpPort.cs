// A TCP port for viewers whose networks let no UDP through: accepts, waits for the first check, hands over.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc.Tcp;

/// <summary>
/// Listens for passive ICE-TCP candidates (RFC 6544). A connection must send a check soon, in the framing of RFC 4571; until then it is one of a bounded number, in all and of one address.
/// </summary>
internal sealed partial class TcpPort : IDisposable
{
    private const int MaxWaiting = 128;
    private const int MaxWaitingOfAddress = 16;
    private const int MaxFirst = 1024; // a check; theirs have about a hundred bytes
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_breath = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly Func<TcpArrival, bool> _take;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _waiting = [];
    private int _waitingInAll;

    /// <summary>Binds; the IPv6 wildcard serves IPv4 too.</summary>
    /// <param name="bind">Where to listen.</param>
    /// <param name="port">1–65535.</param>
    /// <param name="take">Takes a connection that has sent a check; false if it can't.</param>
    /// <exception cref="SocketException">The port can't be had.</exception>
    public TcpPort(IPAddress bind, int port, Func<TcpArrival, bool> take)
    {
        _take = take;
        _listener = new Socket(bind.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (bind.Equals(IPAddress.IPv6Any))
            {
                _listener.DualMode = true;
            }
            _listener.Bind(new IPEndPoint(bind, port));
            _listener.Listen();
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
        Port = port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Connections that have not sent a check yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waitingInAll;
            }
        }
    }

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Dispose();
    }

    /// <summary>Listens; null, and a word in the log, if the port can't be had.</summary>
    public static TcpPort? TryOpen(in TransportAddress address, Func<TcpArrival, bool> take, ILogger logger)
    {
        try
        {
            return new TcpPort(address.ToIPAddress(), address.Port, take);
        }
        catch (SocketException e)
        {
            LogNoPort(logger, address.Port, e.Message);
            return null;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_ending.Token).ConfigureAwait(false);
                _ = GreetAsync(socket);
            }
            catch (SocketException) when (!_ending.IsCancellationRequested)
            {
                // Gone before it was accepted, or no descriptor is left: then a moment helps more than trying at once.
                await Task.Delay(s_breath, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return; // the end
            }
        }
    }

    private async Task GreetAsync(Socket socket)
    {
        var handedOver = false;
        IPAddress? from = null;
        try
        {
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            if (!TryEnter(remote.Address))
            {
                return;
            }
            from = remote.Address;
            socket.NoDelay = true;
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (await ReadFirstAsync(stream).ConfigureAwait(false) is { } first)
            {
                handedOver = _take(new TcpArrival(stream, TransportAddress.From(remote), first));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A stranger that said nothing in time, or left.
        }
        finally
        {
            if (!handedOver)
            {
                socket.Dispose();
            }
            if (from is not null)
            {
                Leave(from);
            }
        }
    }

    /// <summary>The first message, if it can be a check.</summary>
    private async Task<byte[]?> ReadFirstAsync(NetworkStream stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        limit.CancelAfter(s_patience);
        var prefix = new byte[2];
        await stream.ReadExactlyAsync(prefix, limit.Token).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadUInt16BigEndian(prefix);
        if (length is < StunMessage.HeaderLength or > MaxFirst)
        {
            return null;
        }
        var first = new byte[length];
        await stream.ReadExactlyAsync(first, limit.Token).ConfigureAwait(false);
        return StunUsername.TryGetLocalUfrag(first, out _) ? first : null;
    }

    private bool TryEnter(IPAddress address)
    {
        lock (_gate)
        {
            var count = _waiting.GetValueOrDefault(address);
            var mayEnter = _waitingInAll < MaxWaiting && count < MaxWaitingOfAddress;
            if (mayEnter)
            {
                _waitingInAll++;
                _waiting[address] = count + 1;
            }
            return mayEnter;
        }
    }

    private void Leave(IPAddress address)
    {
        lock (_gate)
        {
            _waitingInAll--;
            if (--_waiting[address] == 0)
            {
                _waiting.Remove(address);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "TCP port {Port} can't be had: {Reason}. Viewers whose networks let no UDP through can't watch directly. Free the port, or choose another webrtc.port."
    )]
    private static partial void LogNoPort(ILogger logger, int port, string reason);
}
