// Starts the RTSP server with the program.
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Mumu.Agent.Settings;
using Mumu.Media.Outputs.Rtsp;

namespace Mumu.Agent.Rtsp;

/// <summary>The RTSP server as the settings have it; none where it is switched off.</summary>
internal sealed class RtspHost(AgentOptions options, RtspDoor door, TimeProvider time, ILogger<RtspListener> logger) : IHostedService
{
    /// <summary>The server while it runs.</summary>
    public RtspListener? Listener { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Settings.Current;
        if (settings.Rtsp.Enabled)
        {
            Listener = new RtspListener(Settings(settings), door.AdmitAsync, time, logger);
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

    private RtspServerSettings Settings(MumuSettings settings) =>
        new()
        {
            Bind = options.Bind ?? IPAddress.IPv6Any,
            Port = settings.Ports.Rtsp,
            TlsPort = settings.Ports.Rtsps,
            UdpPort = settings.Rtsp.UdpPort,
            AllowsTcp = settings.Rtsp.Allows(RtspTransportWord.Tcp),
            AllowsUdp = settings.Rtsp.Allows(RtspTransportWord.Udp),
            Certificate = Load(settings.Rtsp),
        };

    private static X509Certificate2? Load(RtspSettings settings)
    {
        if (settings.Certificate is not { } path)
        {
            return null;
        }
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(path, settings.Key);
            // SslStream wants a key that is the system's, which a PEM file's is not everywhere.
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SettingsException("rtsp.certificate", 0, $"The certificate {path} can't be used: {e.Message}");
        }
    }
}
