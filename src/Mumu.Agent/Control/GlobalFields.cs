// The fields of the settings that concern all paths: from clients' words to mumu.json and back.
using System.Globalization;
using System.Net;
using System.Text.Json;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Control;

/// <summary>Knows the fields that this program has; every other is refused by its name.</summary>
internal static class GlobalFields
{
    private static readonly string[] Fixed =
    [
        "logLevel",
        "webrtc",
        "playback",
        "srt",
        "webrtcLocalTCPAddress",
        "rtcpAddress",
        "hlsVariant",
    ];

    public static GlobalConf Show(MumuSettings s) =>
        new(
            "info",
            s.Control.Enabled,
            Address(s.Control.Bind ?? "127.0.0.1", s.Ports.Control),
            s.Control.AllowedOrigins,
            s.Metrics.Enabled,
            Address(s.Metrics.Bind ?? "127.0.0.1", s.Ports.Metrics),
            s.Rtsp.Enabled,
            [.. new[] { RtspTransportWord.Udp, RtspTransportWord.Tcp }.Where(s.Rtsp.Allows).Select(EnumWords.Of)],
            s.Rtsp.Certificate is null ? "no" : "optional",
            Address(null, s.Ports.Rtsp),
            Address(null, s.Ports.Rtsps),
            Address(null, s.Rtsp.UdpPort),
            Address(null, s.Rtsp.UdpPort == 0 ? 0 : s.Rtsp.UdpPort + 1),
            s.Rtsp.Key ?? "",
            s.Rtsp.Certificate ?? "",
            s.Rtmp.Enabled,
            s.Rtmp.Certificate is null ? "no" : "optional",
            Address(null, s.Ports.Rtmp),
            Address(null, s.Ports.Rtmps),
            s.Rtmp.Key ?? "",
            s.Rtmp.Certificate ?? "",
            s.Hls.Enabled,
            Address(null, s.Ports.Hls),
            "lowLatency",
            true,
            Address(null, s.Ports.Whep),
            Address(s.WebRtc.Bind, s.WebRtc.Port),
            s.WebRtc.Tcp ? Address(s.WebRtc.Bind, s.WebRtc.Port) : "",
            [.. s.WebRtc.Stun.Select(url => new IceServerConf(url))],
            false,
            false
        );

    /// <summary>What has to change in mumu.json.</summary>
    /// <param name="fields">An object of fields.</param>
    /// <param name="now">The settings in force.</param>
    /// <param name="offset">What the command line adds to ports, which the file does not have.</param>
    /// <exception cref="FieldException">A field is refused.</exception>
    public static List<(string Section, string Name, string? Json)> Changes(JsonElement fields, MumuSettings now, int offset)
    {
        var changes = new List<(string, string, string?)>();
        var shown = JsonSerializer.SerializeToElement(Show(now), ControlJson.Default.GlobalConf);
        foreach (var field in fields.EnumerateObject())
        {
            // What a client read before and sends back unchanged is no change.
            if (shown.TryGetProperty(field.Name, out var value) && JsonElement.DeepEquals(value, field.Value))
            {
                continue;
            }
            if (Fixed.Contains(field.Name))
            {
                throw new FieldException(field.Name, $"“{field.Name}” can't be changed here.");
            }
            changes.AddRange(ChangesOf(field, offset));
        }
        return changes;
    }

    private static IEnumerable<(string Section, string Name, string? Json)> ChangesOf(JsonProperty field, int offset) =>
        field.Name switch
        {
            "api" => [("control", "enabled", Bool(field))],
            "apiAddress" => BoundPort(field, "control", "control", offset),
            "apiAllowOrigins" => [("control", "allowedOrigins", List(field))],
            "metrics" => [("metrics", "enabled", Bool(field))],
            "metricsAddress" => BoundPort(field, "metrics", "metrics", offset),
            "rtsp" => [("rtsp", "enabled", Bool(field))],
            "rtspTransports" => [("rtsp", "transports", List(field))],
            "rtspAddress" => [("ports", "rtsp", Port(field, offset))],
            "rtspsAddress" => [("ports", "rtsps", Port(field, offset))],
            "rtpAddress" => [("rtsp", "udpPort", Port(field, offset))],
            "rtspServerKey" => [("rtsp", "key", FileName(field))],
            "rtspServerCert" => [("rtsp", "certificate", FileName(field))],
            "rtspEncryption" => throw new FieldException(
                field.Name,
                "“rtspEncryption” follows “rtspServerCert”: with a certificate RTSPS is served beside RTSP."
            ),
            "rtmp" => [("rtmp", "enabled", Bool(field))],
            "rtmpAddress" => [("ports", "rtmp", Port(field, offset))],
            "rtmpsAddress" => [("ports", "rtmps", Port(field, offset))],
            "rtmpServerKey" => [("rtmp", "key", FileName(field))],
            "rtmpServerCert" => [("rtmp", "certificate", FileName(field))],
            "rtmpEncryption" => throw new FieldException(
                field.Name,
                "“rtmpEncryption” follows “rtmpServerCert”: with a certificate RTMPS is served beside RTMP."
            ),
            "hls" => [("hls", "enabled", Bool(field))],
            "hlsAddress" => [("ports", "hls", Port(field, offset))],
            "webrtcAddress" => [("ports", "whep", Port(field, offset))],
            "webrtcLocalUDPAddress" => BoundPort(field, "webrtc", null, offset),
            "webrtcICEServers2" => [("webrtc", "stun", StunServers(field))],
            _ => throw new FieldException(
                field.Name,
                $"“{PathFields.Shown(field.Name)}” is not a setting here. Those there are: see /v3/config/global/get."
            ),
        };

    private static string Address(string? host, int port)
    {
        var shown =
            IPAddress.TryParse(host, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? $"[{host}]"
                : host;
        return string.Create(CultureInfo.InvariantCulture, $"{shown}:{port}");
    }

    private static string Port(JsonProperty field, int offset)
    {
        var (host, port) = Split(field);
        return host.Length == 0
            ? (port == 0 ? 0 : port - offset).ToString(CultureInfo.InvariantCulture)
            : throw new FieldException(field.Name, $"“{field.Name}” is a port as :8554; --bind says where all of them listen.");
    }

    private static IEnumerable<(string, string, string?)> BoundPort(JsonProperty field, string section, string? port, int offset)
    {
        var (host, number) = Split(field);
        var json = (number == 0 ? 0 : number - offset).ToString(CultureInfo.InvariantCulture);
        // Without a host, clients mean every address; here none is the loopback address, for the sections that are about it.
        var bind =
            host.Length > 0 ? host
            : port is null ? null
            : "0.0.0.0";
        yield return (section, "bind", bind is null ? null : Quote(bind));
        yield return port is null ? (section, "port", json) : ("ports", port, json);
    }

    private static (string Host, int Port) Split(JsonProperty field)
    {
        var text = PathFields.Text(field) ?? "";
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        return
            colon >= 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port <= 65535
            && (host.Length == 0 || IPAddress.TryParse(host, out _))
            ? (host, port)
            : throw new FieldException(field.Name, $"“{field.Name}” is written as :8554 or 127.0.0.1:8554.");
    }

    private static string Bool(JsonProperty field) => PathFields.Flag(field) ? "true" : "false";

    private static string? FileName(JsonProperty field) => PathFields.Text(field) is { Length: > 0 } name ? Quote(name) : null;

    private static string List(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.Array && field.Value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
            ? $"[{string.Join(", ", field.Value.EnumerateArray().Select(e => Quote(e.GetString()!)))}]"
            : throw new FieldException(field.Name, $"“{field.Name}” is a list of texts.");

    private static string StunServers(JsonProperty field)
    {
        List<string> urls = [];
        foreach (var server in field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray() : default)
        {
            var url =
                server.ValueKind == JsonValueKind.Object
                && server.TryGetProperty("url", out var value)
                && value.ValueKind == JsonValueKind.String
                    ? value.GetString()!
                    : "";
            if (!url.StartsWith("stun:", StringComparison.Ordinal))
            {
                throw new FieldException(
                    field.Name,
                    $"“{field.Name}” is a list of {{\"url\": \"stun:host:port\"}}; relays are the hub's matter (“hub.turn” in mumu.json)."
                );
            }
            urls.Add(Quote(url));
        }
        return $"[{string.Join(", ", urls)}]";
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
