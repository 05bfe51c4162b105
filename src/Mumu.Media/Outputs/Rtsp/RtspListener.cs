// The RTSP server: its TCP and UDP ports, its loop, its connections.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Mumu.Io;
using Mumu.Media.Outputs.Connections;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Serves streams over RTSP and takes what clients publish.</summary>
public sealed partial class RtspListener : IAsyncDisposable
{
    private readonly RtspServerSettings _settings;
    private readonly RtspDoorkeeper _doorkeeper;
    private readonly TimeProvider _time;
    private readonly ILogger<RtspListener> _logger;
    private readonly RtspUdpRoutes _routes = new();
    private readonly TcpServer _server;
    private RtspServerHost _host = null!;
    private UdpLoop<RtspCommand>? _loop;
    private Socket? _rtcp;
    private Task _reports = Task.CompletedTask;

    /// <summary>Makes a server; nothing is bound before <see cref="Start"/>.</summary>
    public RtspListener(RtspServerSettings settings, RtspDoorkeeper doorkeeper, TimeProvider time, ILogger<RtspListener> logger)
    {
        (_settings, _doorkeeper, _time, _logger) = (settings, doorkeeper, time, logger);
        var tcp = new TcpServerSettings(
            "RTSP",
            settings.Bind,
            settings.Port,
            settings.TlsPort,
            settings.Certificate,
            settings.MaxConnections,
            settings.MaxConnectionsOfAddress
        );
        _server = new TcpServer(tcp, (stream, remote, isTls) => new RtspServerConnection(stream, remote, isTls, _host), time, logger);
    }

    /// <summary>The port of RTSP, once started.</summary>
    public int Port => _server.Port;

    /// <summary>The port of RTSPS, once started; 0 where there is none.</summary>
    public int TlsPort => _server.TlsPort;

    /// <summary>Connections now.</summary>
    public int Connections => _server.Count;

    /// <summary>The connections there are.</summary>
    public IReadOnlyList<RtspConnectionInfo> List() =>
        [.. _server.All.OfType<RtspServerConnection>().Select(connection => connection.Info)];

    /// <summary>Datagrams of nobody's, so far.</summary>
    public long Strays => _routes.Strays;

    /// <summary>Binds the ports and begins to serve. Called once.</summary>
    /// <exception cref="IOException">A port can't be had; the message is a sentence that names it.</exception>
    public void Start()
    {
        _server.Bind();
        UdpSocket rtp;
        try
        {
            (rtp, _rtcp) = RtspPorts.BindPair(TcpServer.BindAddress(_settings.Bind), _settings.UdpPort);
        }
        catch
        {
            _server.Unbind();
            throw;
        }
        var rtcp = _rtcp;
        _loop = new UdpLoop<RtspCommand>(rtp, new RtspLoop(_routes), _time, "mumu-rtsp", queue: 8192);
        _host = new RtspServerHost(_settings, _doorkeeper, _loop.TryPost, _routes, _time, _logger)
        {
            UdpPorts = (rtp.LocalAddress.Port, rtp.LocalAddress.Port + 1),
            SendReport = (report, address) => RtspPorts.SendReport(rtcp, report, address),
        };
        _loop.Start();
        _reports = RtspPorts.ReadAsync(rtcp, _routes);
        _server.Start();
        LogStarted(Port, _host.UdpPorts.Rtp, _host.UdpPorts.Rtcp);
    }

    /// <summary>Ends all connections and frees the ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!await _server.StopAsync().ConfigureAwait(false))
        {
            return;
        }
        _rtcp?.Dispose();
        await _reports.ConfigureAwait(false);
        _loop?.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "RTSP on port {Port}, its media over UDP on ports {Rtp} and {Rtcp}.")]
    private partial void LogStarted(int port, int rtp, int rtcp);
}
