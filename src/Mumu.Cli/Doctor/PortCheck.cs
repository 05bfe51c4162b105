// Are the ports free?
using System.Net;
using System.Net.Sockets;
using Mumu.Agent.Settings;
using Mumu.Cli.Hosting;

namespace Mumu.Cli.Doctor;

internal static class PortCheck
{
    public static IEnumerable<Finding> Look(MumuSettings settings, IPAddress? bind)
    {
        var address = bind ?? IPAddress.Any;
        var ports = Ports.Of(settings);
        yield return Try("web and signaling", ports.Web, address, SocketType.Stream);
        yield return Try("hub for existing clients", ports.HubApi, address, SocketType.Stream);
        yield return Try("WHEP", ports.Whep, address, SocketType.Stream);
        if (settings.Hls.Enabled)
        {
            yield return Try("HLS", ports.Hls, address, SocketType.Stream);
        }
        if (settings.Rtsp.Enabled)
        {
            yield return Try("RTSP", ports.Rtsp, address, SocketType.Stream);
            if (settings.Rtsp.Certificate is not null)
            {
                yield return Try("RTSPS", ports.Rtsps, address, SocketType.Stream);
            }
            for (var i = 0; i < 2 && ports.RtspMedia != 0; i++)
            {
                yield return Try("RTSP's media", ports.RtspMedia + i, address, SocketType.Dgram);
            }
        }
        if (settings.Rtmp.Enabled)
        {
            yield return Try("RTMP", ports.Rtmp, address, SocketType.Stream);
            if (settings.Rtmp.Certificate is not null)
            {
                yield return Try("RTMPS", ports.Rtmps, address, SocketType.Stream);
            }
        }
        if (settings.Control.Enabled)
        {
            yield return Try("control API", ports.Control, Own(settings.Control.Bind), SocketType.Stream);
        }
        if (settings.Metrics.Enabled)
        {
            yield return Try("metrics", ports.Metrics, Own(settings.Metrics.Bind), SocketType.Stream);
        }
        if (settings is { Turn.Enabled: true, Hub.Turn: null })
        {
            yield return Try("STUN and TURN", ports.Turn, address, SocketType.Dgram);
            yield return Try("STUN and TURN", ports.Turn, address, SocketType.Stream);
            if (settings.Turn.Certificate is not null)
            {
                yield return Try("TURN over TLS", settings.Turn.TlsPort, address, SocketType.Stream);
            }
        }
        for (var loop = 0; loop < settings.WebRtc.LoopCount() && ports.WebRtc != 0; loop++)
        {
            yield return Try("media", ports.WebRtc + loop, address, SocketType.Dgram);
            if (settings.WebRtc.Tcp)
            {
                yield return Try("media", ports.WebRtc + loop, address, SocketType.Stream);
            }
        }
    }

    private static IPAddress Own(string? bind) => bind is null ? IPAddress.Loopback : IPAddress.Parse(bind);

    private static Finding Try(string purpose, int port, IPAddress address, SocketType type)
    {
        var subject = $"port {port}/{(type == SocketType.Stream ? "tcp" : "udp")}";
        using var socket = new Socket(address.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return new Finding(subject, Severity.Good, $"free ({purpose})");
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => new Finding(
                    subject,
                    Severity.Problem,
                    $"taken by another program ({purpose})",
                    "Stop the other program (perhaps mumu runs already), or shift all ports with --port-offset 100."
                ),
                SocketError.AccessDenied => new Finding(
                    subject,
                    Severity.Problem,
                    $"this user may not listen there ({purpose})",
                    "Use a --port-offset that keeps ports above 1024."
                ),
                SocketError.AddressNotAvailable => new Finding(
                    subject,
                    Severity.Problem,
                    $"{address} is not an address of this machine",
                    "Give one of its own addresses to --bind."
                ),
                _ => new Finding(subject, Severity.Problem, $"cannot be opened: {e.Message} ({purpose})"),
            };
        }
    }
}
