// The ports the program listens on.
using Mumu.Agent.Settings;

namespace Mumu.Cli.Hosting;

/// <summary>Where each door is. People need only <see cref="Web"/>.</summary>
/// <param name="Web">Web app, hub API, signaling and the agent's local API (TCP).</param>
/// <param name="HubApi">Hub API and signaling for existing clients (TCP).</param>
/// <param name="Whep">WHEP for readers on the local network (TCP).</param>
/// <param name="WebRtc">First of the media ports (UDP), one for each loop.</param>
/// <param name="Turn">STUN and TURN (UDP and TCP).</param>
/// <param name="Rtsp">RTSP (TCP).</param>
/// <param name="Rtsps">RTSP in TLS (TCP), where there is a certificate.</param>
/// <param name="RtspMedia">First of the two ports of RTSP's media (UDP).</param>
/// <param name="Control">The control API (TCP).</param>
/// <param name="Metrics">Metrics (TCP).</param>
/// <param name="Rtmp">RTMP (TCP).</param>
/// <param name="Rtmps">RTMP in TLS (TCP), where there is a certificate.</param>
/// <param name="Hls">HLS for readers on the local network (TCP).</param>
internal sealed record Ports(
    int Web,
    int HubApi,
    int Whep,
    int WebRtc,
    int Turn,
    int Rtsp,
    int Rtsps,
    int RtspMedia,
    int Control,
    int Metrics,
    int Rtmp,
    int Rtmps,
    int Hls
)
{
    /// <summary>The ports of the settings, already shifted by --port-offset.</summary>
    public static Ports Of(MumuSettings settings) =>
        new(
            settings.Ports.Web,
            settings.Ports.HubApi,
            settings.Ports.Whep,
            settings.WebRtc.Port,
            settings.Turn.Port,
            settings.Ports.Rtsp,
            settings.Ports.Rtsps,
            settings.Rtsp.UdpPort,
            settings.Ports.Control,
            settings.Ports.Metrics,
            settings.Ports.Rtmp,
            settings.Ports.Rtmps,
            settings.Ports.Hls
        );
}
