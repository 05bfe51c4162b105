// The RTSP server in mumu.json.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Settings;

/// <summary>How RTSP media may travel.</summary>
public enum RtspTransportWord
{
    /// <summary>On the connection.</summary>
    [JsonStringEnumMemberName("tcp")]
    Tcp,

    /// <summary>Datagrams.</summary>
    [JsonStringEnumMemberName("udp")]
    Udp,
}

/// <summary>The RTSP server; its TCP ports are among <see cref="PortSettings"/>. Read at start.</summary>
/// <param name="Enabled">False leaves it off.</param>
/// <param name="Transports">How media may travel; null is every way.</param>
/// <param name="UdpPort">The UDP port of RTP, even, 1024–65534; RTCP has the next. 0 picks a free pair.</param>
/// <param name="Certificate">A PEM file with the certificate of RTSPS; null leaves RTSPS off.</param>
/// <param name="Key">A PEM file with its private key; null if it is in the same file.</param>
public sealed record RtspSettings(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Enabled = true,
    IReadOnlyList<RtspTransportWord>? Transports = null,
    int UdpPort = 8050,
    string? Certificate = null,
    string? Key = null
)
{
    /// <summary>True if media may travel like that.</summary>
    public bool Allows(RtspTransportWord way) => Transports is null || Transports.Contains(way);

    internal static IEnumerable<(string Path, string Reason)> Problems(RtspSettings rtsp)
    {
        if (rtsp.UdpPort != 0 && (rtsp.UdpPort is < 1024 or > 65534 || rtsp.UdpPort % 2 != 0))
        {
            yield return ("rtsp.udpPort", "“rtsp.udpPort” is an even port, 1024–65534; RTCP takes the next one.");
        }
        if (rtsp.Transports is { Count: 0 })
        {
            yield return ("rtsp.transports", "“rtsp.transports” names tcp, udp or both; to switch RTSP off set “rtsp.enabled” to false.");
        }
        if (rtsp is { Certificate: null, Key: not null })
        {
            yield return ("rtsp.key", "“rtsp.key” goes with “rtsp.certificate”.");
        }
    }
}
