// Names, messages and settings as text.
using System.Text;
using System.Text.Json;
using Mumu.Agent.Settings;
using Mumu.Agent.Whep;
using Mumu.Media.Publishing;
using Mumu.Signaling;

namespace Mumu.Fuzz.Targets;

internal static class TextTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new(
            "path-name",
            [.. Bytes("front", "home/garden%20gate", "%2e%2e/%2e%2e/etc", "a//b", "a/%00")],
            bytes => PathName.TryDecode(Encoding.Latin1.GetString(bytes), out _)
        )
        {
            Words = [.. Bytes("..", "%2e", "%00", "%25", "/", "whep")],
        },
        new(
            "envelope",
            [
                .. Bytes(
                    """{"type":"watch_request","request_id":"1","ts":"2026-01-01T00:00:00Z","payload":{"device_id":"cam","camera":"front"}}"""
                ),
            ],
            ReadEnvelope
        )
        {
            Factor = 16,
        },
        new(
            "sdp-fragment",
            [
                .. Bytes(
                    "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 61764 typ host\r\na=end-of-candidates\r\n"
                ),
            ],
            bytes => SdpFragment.TryParse(Encoding.Latin1.GetString(bytes), out _)
        ),
        new(
            "settings",
            [
                .. Bytes(
                    "{\n  // a comment\n  \"cameras\": [{ \"id\": \"front\", \"source\": \"rtsp://192.0.2.1/x\", \"name\": \"Front\" }],\n  \"rtsp\": { \"listen\": \"127.0.0.1:8554\" }\n}"
                ),
            ],
            ReadSettings
        )
        {
            Room = 256 * 1024,
        },
    ];

    private static void ReadEnvelope(ReadOnlySpan<byte> bytes)
    {
        try
        {
            JsonSerializer.Deserialize(bytes, SignalingJson.Wire.Envelope);
        }
        catch (JsonException)
        {
            // How this reader says no; any other exception is a fault.
        }
    }

    private static void ReadSettings(ReadOnlySpan<byte> bytes)
    {
        try
        {
            SettingsText.Parse(bytes, "mumu.json");
        }
        catch (SettingsException)
        {
            // The refusal with line and reason that people read.
        }
    }

    private static IEnumerable<byte[]> Bytes(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);
}
