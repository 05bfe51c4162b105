// Starts the RTMP server with the program.
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Outputs.Rtmp;

namespace Mumu.Agent.Rtmp;

/// <summary>The RTMP server as the settings have it; none where it is switched off.</summary>
internal sealed class RtmpHost(AgentOptions options, StreamDoor door, TimeProvider time, ILogger<RtmpListener> logger) : IHostedService
{
    /// <summary>The server while it runs.</summary>
    public RtmpListener? Listener { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Settings.Current;
        if (settings.Rtmp.Enabled)
        {
            var server = new RtmpServerSettings
            {
                Bind = options.Bind ?? IPAddress.IPv6Any,
                Port = settings.Ports.Rtmp,
                TlsPort = settings.Ports.Rtmps,
                Certificate = ServerCertificate.Load("rtmp", settings.Rtmp.Certificate, settings.Rtmp.Key),
            };
            Listener = new RtmpListener(server, AdmitAsync, time, logger);
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

    private Task<Admission> AdmitAsync(RtmpCaller caller, CancellationToken cancellation) =>
        door.AdmitAsync(caller.Path, Credentials.Of(caller.User, caller.Key), "rtmp", caller.Remote, caller.Publishes, cancellation);
}
