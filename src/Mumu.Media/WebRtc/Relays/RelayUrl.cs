// Reads the URL of a TURN server.
using System.Globalization;

namespace Mumu.Media.WebRtc.Relays;

/// <summary>A TURN URL (RFC 7065).</summary>
/// <param name="Host">Name, IPv4, or IPv6 without brackets.</param>
/// <param name="Port">1–65535.</param>
/// <param name="Transport">How to speak to it.</param>
internal readonly record struct RelayUrl(string Host, int Port, RelayTransport Transport)
{
    private const int PlainPort = 3478;
    private const int TlsPort = 5349;
    private const int MaxHost = 253;

    /// <summary>Reads it; false for anything else, and for DTLS (<c>turns:</c> over UDP), which nobody uses.</summary>
    public static bool TryParse(string text, out RelayUrl url)
    {
        url = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : text[..colon].ToLowerInvariant();
        if (scheme is not ("turn" or "turns"))
        {
            return false;
        }
        var rest = text.AsSpan(colon + 1);
        var question = rest.IndexOf('?');
        var query = question < 0 ? default : rest[(question + 1)..];
        rest = question < 0 ? rest : rest[..question];
        var isTcp = query.Equals("transport=tcp", StringComparison.OrdinalIgnoreCase);
        var isUdp = query.Equals("transport=udp", StringComparison.OrdinalIgnoreCase);
        if ((!query.IsEmpty && !isTcp && !isUdp) || (scheme == "turns" && isUdp))
        {
            return false;
        }
        var port = scheme == "turns" ? TlsPort : PlainPort;
        var last = rest.LastIndexOf(':');
        if (last > rest.LastIndexOf(']'))
        {
            if (!int.TryParse(rest[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)
            {
                return false;
            }
            rest = rest[..last];
        }
        var host = rest.Trim("[]").ToString();
        url = new RelayUrl(
            host,
            port,
            scheme == "turns" ? RelayTransport.Tls
                : isTcp ? RelayTransport.Tcp
                : RelayTransport.Udp
        );
        return host.Length is > 0 and <= MaxHost;
    }

    /// <summary>As people read it.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Transport == RelayTransport.Tls ? "turns" : "turn")}:{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}{(Transport == RelayTransport.Tcp ? "?transport=tcp" : "")}"
        );
}
