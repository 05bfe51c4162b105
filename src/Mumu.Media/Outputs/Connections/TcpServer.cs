// Listens on TCP and TLS, lets connections in within bounds, ends what is overdue: what the servers of RTSP and RTMP share.
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Mumu.Media.Outputs.Connections;

/// <summary>Makes one client's connection.</summary>
/// <param name="stream">Where its bytes come and go; the connection disposes it.</param>
/// <param name="remote">Where the client is.</param>
/// <param name="isTls">True if it came encrypted.</param>
internal delegate IServedConnection ConnectionMaker(Stream stream, IPEndPoint remote, bool isTls);

/// <summary>How a <see cref="TcpServer"/> listens.</summary>
/// <param name="Protocol">Its name in logs and errors.</param>
/// <param name="Bind">Where to listen.</param>
/// <param name="Port">The port in the clear; 0 lets the system choose.</param>
/// <param name="TlsPort">The port in TLS, used with a certificate.</param>
/// <param name="Certificate">With its private key; null is no TLS.</param>
/// <param name="MaxConnections">The most at a time.</param>
/// <param name="MaxConnectionsOfAddress">The most of one address at a time.</param>
internal sealed record TcpServerSettings(
    string Protocol,
    IPAddress Bind,
    int Port,
    int TlsPort,
    X509Certificate2? Certificate,
    int MaxConnections,
    int MaxConnectionsOfAddress
);

/// <summary>The listening half of a server; what is said on a connection is the connection's matter.</summary>
internal sealed partial class TcpServer(TcpServerSettings settings, ConnectionMaker make, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tlsLimit = TimeSpan.FromSeconds(10);

    private readonly ConnectionSet _connections = new(settings.MaxConnections, settings.MaxConnectionsOfAddress);
    private readonly List<Task> _tasks = [];
    private readonly List<Socket> _sockets = [];
    private ITimer? _check;
    private volatile bool _isStopping;

    /// <summary>The port in the clear, once bound.</summary>
    internal int Port { get; private set; }

    /// <summary>The port in TLS, once bound; 0 where there is none.</summary>
    internal int TlsPort { get; private set; }

    /// <summary>Connections now.</summary>
    internal int Count => _connections.Count;

    /// <summary>The connections there are.</summary>
    internal IReadOnlyList<IServedConnection> All => _connections.All;

    /// <summary>The address that is bound: that of the settings, or IPv4's wildcard where there is no IPv6.</summary>
    internal static IPAddress BindAddress(IPAddress wanted) =>
        wanted.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? IPAddress.Any : wanted;

    /// <summary>Binds the ports.</summary>
    /// <exception cref="IOException">A port can't be had; the message is a sentence that names it. Nothing is bound then.</exception>
    internal void Bind()
    {
        try
        {
            Port = Listen(settings.Port);
            TlsPort = settings.Certificate is null ? 0 : Listen(settings.TlsPort);
        }
        catch
        {
            Unbind();
            throw;
        }
    }

    /// <summary>Frees the ports again where the server does not start after all.</summary>
    internal void Unbind() => _sockets.ForEach(socket => socket.Dispose());

    /// <summary>Begins to let connections in.</summary>
    internal void Start()
    {
        for (var i = 0; i < _sockets.Count; i++)
        {
            _tasks.Add(AcceptAsync(_sockets[i], isTls: i > 0));
        }
        _check = time.CreateTimer(_ => Check(), null, s_checkInterval, s_checkInterval);
    }

    /// <summary>Ends all connections and frees the ports; false if that was begun before.</summary>
    internal async Task<bool> StopAsync()
    {
        if (_isStopping)
        {
            return false;
        }
        _isStopping = true;
        if (_check is not null)
        {
            await _check.DisposeAsync().ConfigureAwait(false);
        }
        Unbind();
        foreach (var connection in _connections.All)
        {
            connection.Abort("The server is stopping.");
        }
        await Task.WhenAll(_tasks).ConfigureAwait(false);
        var began = time.GetTimestamp();
        while (_connections.Count > 0 && time.GetElapsedTime(began) < s_stopLimit)
        {
            await Task.Delay(1).ConfigureAwait(false); // each ends by itself within a moment
        }
        return true;
    }

    private int Listen(int port)
    {
        var address = BindAddress(settings.Bind);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1024);
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException e)
        {
            var why = e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "another program uses it" : e.Message;
            throw new IOException(
                string.Create(CultureInfo.InvariantCulture, $"TCP port {port} on {address} can't be used for {settings.Protocol}: {why}."),
                e
            );
        }
    }

    private async Task AcceptAsync(Socket listener, bool isTls)
    {
        while (!_isStopping)
        {
            try
            {
                var socket = await listener.AcceptAsync().ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(socket, isTls));
            }
            catch (SocketException e) when (!_isStopping && e.SocketErrorCode != SocketError.OperationAborted)
            {
                // The client was gone before we took it, or there are no descriptors left: others will free some.
                await Task.Delay(TimeSpan.FromMilliseconds(20), time, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket, bool isTls)
    {
        try
        {
            socket.NoDelay = true;
            if (socket.RemoteEndPoint is not IPEndPoint remote)
            {
                return;
            }
            remote = remote.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(remote.Address.MapToIPv4(), remote.Port) : remote;
            var network = new NetworkStream(socket, ownsSocket: true);
            var stream = isTls ? new SslStream(network) : (Stream)network;
            using var connection = make(stream, remote, isTls);
            if (!_connections.TryAdd(connection, out var victim))
            {
                return;
            }
            victim?.Abort("It made room for another connection.");
            try
            {
                await RunAsync(connection, stream as SslStream).ConfigureAwait(false);
            }
            finally
            {
                _connections.Remove(connection);
            }
        }
        catch (Exception e)
        {
            // A defect of one connection may not take the process with it; the log has its trace.
            LogDefect(e, settings.Protocol);
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task RunAsync(IServedConnection connection, SslStream? tls)
    {
        if (_isStopping)
        {
            return;
        }
        if (tls is not null)
        {
            using var limit = new CancellationTokenSource(s_tlsLimit, time);
            try
            {
                var options = new SslServerAuthenticationOptions { ServerCertificate = settings.Certificate };
                await tls.AuthenticateAsServerAsync(options, limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
        var wasEstablished = false;
        var reason = await connection.RunAsync(() => wasEstablished = true).ConfigureAwait(false);
        if (wasEstablished)
        {
            LogEnded(settings.Protocol, connection.Remote, reason);
        }
    }

    private void Check()
    {
        var now = time.GetElapsedTime(0);
        foreach (var connection in _connections.All)
        {
            connection.Check(now);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Protocol} client {Remote} left: {Reason}")]
    private partial void LogEnded(string protocol, IPEndPoint remote, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A connection of {Protocol} threw what it should not.")]
    private partial void LogDefect(Exception error, string protocol);
}
