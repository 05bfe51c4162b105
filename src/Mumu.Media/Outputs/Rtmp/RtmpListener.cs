// The RTMP server.
using Microsoft.Extensions.Logging;
using Mumu.Media.Outputs.Connections;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>Serves streams over RTMP and takes what clients publish.</summary>
public sealed partial class RtmpListener : IAsyncDisposable
{
    private readonly TcpServer _server;
    private readonly ILogger<RtmpListener> _logger;

    /// <summary>Makes a server; nothing is bound before <see cref="Start"/>.</summary>
    public RtmpListener(RtmpServerSettings settings, RtmpDoorkeeper doorkeeper, TimeProvider time, ILogger<RtmpListener> logger)
    {
        _logger = logger;
        var host = new RtmpServerHost(settings, doorkeeper, time, logger);
        var tcp = new TcpServerSettings(
            "RTMP",
            settings.Bind,
            settings.Port,
            settings.TlsPort,
            settings.Certificate,
            settings.MaxConnections,
            settings.MaxConnectionsOfAddress
        );
        _server = new TcpServer(tcp, (stream, remote, isTls) => new RtmpServerConnection(stream, remote, isTls, host), time, logger);
    }

    /// <summary>The port of RTMP, once started.</summary>
    public int Port => _server.Port;

    /// <summary>The port of RTMPS, once started; 0 where there is none.</summary>
    public int TlsPort => _server.TlsPort;

    /// <summary>Connections now.</summary>
    public int Connections => _server.Count;

    /// <summary>Binds the ports and begins to serve. Called once.</summary>
    /// <exception cref="IOException">A port can't be had; the message is a sentence that names it.</exception>
    public void Start()
    {
        _server.Bind();
        _server.Start();
        LogStarted(Port);
    }

    /// <summary>Ends all connections and frees the ports.</summary>
    public async ValueTask DisposeAsync() => await _server.StopAsync().ConfigureAwait(false);

    [LoggerMessage(Level = LogLevel.Information, Message = "RTMP on port {Port}.")]
    private partial void LogStarted(int port);
}
