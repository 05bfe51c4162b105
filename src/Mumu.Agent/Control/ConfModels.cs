// The settings as the control API shows them, with the field names its clients know.
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Mumu.Agent.Control;

/// <summary>The settings of one path. Only what this program has is here; other fields are refused.</summary>
/// <param name="Name">The path's name.</param>
/// <param name="Source"><c>publisher</c>, <c>simulator</c>, or the address of a camera, without user and password.</param>
/// <param name="SourceOnDemand">The source is asked only while somebody reads.</param>
/// <param name="RtspTransport"><c>automatic</c>, <c>tcp</c> or <c>udp</c>.</param>
/// <param name="OverridePublisher">A new publisher takes over; always true.</param>
/// <param name="Record">Whether it is recorded; always false so far.</param>
/// <param name="Mumu">The camera as in mumu.json, without its password.</param>
internal sealed record PathConf(
    string Name,
    string Source,
    bool SourceOnDemand,
    string RtspTransport,
    bool OverridePublisher,
    bool Record,
    JsonObject? Mumu
);

/// <summary>The settings that concern all paths. Only what this program has is here; other fields are refused.</summary>
internal sealed record GlobalConf(
    string LogLevel,
    bool Api,
    string ApiAddress,
    IReadOnlyList<string> ApiAllowOrigins,
    bool Metrics,
    string MetricsAddress,
    bool Rtsp,
    IReadOnlyList<string> RtspTransports,
    string RtspEncryption,
    string RtspAddress,
    string RtspsAddress,
    string RtpAddress,
    string RtcpAddress,
    string RtspServerKey,
    string RtspServerCert,
    bool Rtmp,
    string RtmpEncryption,
    string RtmpAddress,
    string RtmpsAddress,
    string RtmpServerKey,
    string RtmpServerCert,
    bool Hls,
    string HlsAddress,
    string HlsVariant,
    [property: JsonPropertyName("webrtc")] bool WebRtc,
    [property: JsonPropertyName("webrtcAddress")] string WebRtcAddress,
    [property: JsonPropertyName("webrtcLocalUDPAddress")] string WebRtcLocalUdpAddress,
    [property: JsonPropertyName("webrtcLocalTCPAddress")] string WebRtcLocalTcpAddress,
    [property: JsonPropertyName("webrtcICEServers2")] IReadOnlyList<IceServerConf> WebRtcIceServers,
    bool Playback,
    bool Srt
);

/// <summary>A STUN server.</summary>
internal sealed record IceServerConf(string Url, string Username = "", string Password = "", bool ClientOnly = false);
