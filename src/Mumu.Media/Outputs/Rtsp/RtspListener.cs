// The RTSP server: listens, lets connections in, ends what is overdue.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Mumu.Io;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Serves streams over RTSP and takes what clients publish.</summary>
public sealed partial class RtspListener : IAsyncDisposable
{
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tlsLimit = TimeSpan.FromSeconds(10);

    private readonly RtspServerSettings _settings;
    private readonly RtspDoorkeeper _doorkeeper;
    private readonly TimeProvider _time;
    private readonly ILogger<RtspListener> _logger;
    private readonly RtspConnections _connections;
    private readonly RtspUdpRoutes _routes = new();
    private readonly List<Task> _tasks = [];
    private readonly List<Socket> _sockets = [];
    private RtspServerHost _host = null!;
    private UdpLoop<RtspCommand>? _loop;
    private ITimer? _check;
    private volatile bool _isStopping;

    /// <summary>Makes a server; nothing is bound before <see cref="Start"/>.</summary>
    public RtspListener(RtspServerSettings settings, RtspDoorkeeper doorkeeper, TimeProvider time, ILogger<RtspListener> logger)
    {
        (_settings, _doorkeeper, _time, _logger) = (settings, doorkeeper, time, logger);
        _connections = new RtspConnections(settings.MaxConnections, settings.MaxConnectionsOfAddress);
    }

    /// <summary>The port of RTSP, once started.</summary>
    public int Port { get; private set; }

    /// <summary>The port of RTSPS, once started; 0 where there is none.</summary>
    public int TlsPort { get; private set; }

    /// <summary>Connections now.</summary>
    public int Connections => _connections.Count;

    /// <summary>The connections there are.</summary>
    public IReadOnlyList<RtspConnectionInfo> List() => [.. _connections.All.Select(connection => connection.Info)];

    /// <summary>Datagrams of nobody's, so far.</summary>
    public long Strays => _routes.Strays;

    /// <summary>Binds the ports and begins to serve. Called once.</summary>
    /// <exception cref="IOException">A port can't be had; the message is a sentence that names it.</exception>
    public void Start()
    {
        var bind = _settings.Bind.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? IPAddress.Any : _settings.Bind;
        try
        {
            var tcp = Keep(RtspPorts.Listen(bind, _settings.Port));
            var tls = _settings.Certificate is null ? null : Keep(RtspPorts.Listen(bind, _settings.TlsPort));
            var (rtp, rtcp) = RtspPorts.BindPair(bind, _settings.UdpPort);
            Keep(rtcp);
            _loop = new UdpLoop<RtspCommand>(rtp, new RtspLoop(_routes), _time, "mumu-rtsp", queue: 8192);
            _host = new RtspServerHost(_settings, _doorkeeper, _loop.TryPost, _routes, _time, _logger)
            {
                UdpPorts = (rtp.LocalAddress.Port, rtp.LocalAddress.Port + 1),
                SendReport = (report, address) => SendReport(rtcp, report, address),
            };
            Port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            TlsPort = tls is null ? 0 : ((IPEndPoint)tls.LocalEndPoint!).Port;
            _loop.Start();
            _tasks.Add(RtspPorts.ReadAsync(rtcp, _routes));
            _tasks.Add(AcceptAsync(tcp, isTls: false));
            if (tls is not null)
            {
                _tasks.Add(AcceptAsync(tls, isTls: true));
            }
        }
        catch
        {
            _sockets.ForEach(socket => socket.Dispose());
            throw;
        }
        _check = _time.CreateTimer(_ => Check(), null, s_checkInterval, s_checkInterval);
        LogStarted(Port, _host.UdpPorts.Rtp, _host.UdpPorts.Rtcp);
    }

    /// <summary>Ends all connections and frees the ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isStopping)
        {
            return;
        }
        _isStopping = true;
        if (_check is not null)
        {
            await _check.DisposeAsync().ConfigureAwait(false);
        }
        _sockets.ForEach(socket => socket.Dispose());
        foreach (var connection in _connections.All)
        {
            connection.Abort("The server is stopping.");
        }
        await Task.WhenAll(_tasks).ConfigureAwait(false);
        var began = _time.GetTimestamp();
        while (_connections.Count > 0 && _time.GetElapsedTime(began) < s_stopLimit)
        {
            await Task.Delay(1).ConfigureAwait(false); // each ends by itself within a moment
        }
        _loop?.Dispose();
    }

    private Socket Keep(Socket socket)
    {
        _sockets.Add(socket);
        return socket;
    }

    private static void SendReport(Socket rtcp, byte[] report, TransportAddress address)
    {
        var to = address.ToIPEndPoint();
        if (rtcp.AddressFamily == AddressFamily.InterNetworkV6 && to.AddressFamily == AddressFamily.InterNetwork)
        {
            to = new IPEndPoint(to.Address.MapToIPv6(), to.Port);
        }
        try
        {
            rtcp.SendTo(report, to);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A report is a courtesy; the next one follows in seconds.
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
                await Task.Delay(TimeSpan.FromMilliseconds(20), _time, CancellationToken.None).ConfigureAwait(false);
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
            using var connection = new RtspServerConnection(stream, remote, isTls, _host);
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
            LogDefect(e);
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task RunAsync(RtspServerConnection connection, SslStream? tls)
    {
        if (_isStopping)
        {
            return;
        }
        if (tls is not null)
        {
            using var limit = new CancellationTokenSource(s_tlsLimit, _time);
            try
            {
                var options = new SslServerAuthenticationOptions { ServerCertificate = _settings.Certificate };
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
            LogEnded(connection.Remote, reason);
        }
    }

    private void Check()
    {
        var now = _host.Now;
        foreach (var connection in _connections.All)
        {
            connection.Check(now);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "RTSP on port {Port}, its media over UDP on ports {Rtp} and {Rtcp}.")]
    private partial void LogStarted(int port, int rtp, int rtcp);

    [LoggerMessage(Level = LogLevel.Information, Message = "RTSP client {Remote} left: {Reason}")]
    private partial void LogEnded(IPEndPoint remote, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "An RTSP connection threw what it should not.")]
    private partial void LogDefect(Exception error);
}
