// Starts the RTSP server with the program.
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Outputs.Rtsp;

namespace Mumu.Agent.Rtsp;

/// <summary>The RTSP server as the settings have it; none where it is switched off.</summary>
internal sealed class RtspHost(AgentOptions options, StreamDoor door, TimeProvider time, ILogger<RtspListener> logger) : IHostedService
{
    /// <summary>The server while it runs.</summary>
    public RtspListener? Listener { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Settings.Current;
        if (settings.Rtsp.Enabled)
        {
            Listener = new RtspListener(Settings(settings), AdmitAsync, time, logger);
            Listener.Start();
        }
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Listener is { } listener)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Task<Admission> AdmitAsync(RtspCaller caller, CancellationToken cancellation) =>
        door.AdmitAsync(
            caller.Path,
            Credentials.OfAuthorization(caller.Authorization),
            "rtsp",
            caller.Remote,
            caller.Publishes,
            cancellation
        );

    private RtspServerSettings Settings(MumuSettings settings) =>
        new()
        {
            Bind = options.Bind ?? IPAddress.IPv6Any,
            Port = settings.Ports.Rtsp,
            TlsPort = settings.Ports.Rtsps,
            UdpPort = settings.Rtsp.UdpPort,
            AllowsTcp = settings.Rtsp.Allows(RtspTransportWord.Tcp),
            AllowsUdp = settings.Rtsp.Allows(RtspTransportWord.Udp),
            Certificate = ServerCertificate.Load("rtsp", settings.Rtsp.Certificate, settings.Rtsp.Key),
        };
}
