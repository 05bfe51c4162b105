// How a client wants media to travel: the request's "Transport".
using System.Globalization;

namespace Mumu.Protocols.Rtsp.Server;

/// <summary>One transport a client asks for (RFC 2326 §12.39).</summary>
/// <param name="IsTcp">On the connection; else UDP to the client's ports.</param>
/// <param name="First">Channel or port of RTP.</param>
/// <param name="Second">Channel or port of RTCP.</param>
/// <param name="IsRecord">The client means to send.</param>
public readonly record struct RtspTransportAsk(bool IsTcp, int First, int Second, bool IsRecord)
{
    private const int MaxAsks = 8;

    /// <summary>Picks the first transport of the header that is allowed; what leads elsewhere than to the client itself (multicast, port 0) is none.</summary>
    /// <param name="header">The header.</param>
    /// <param name="channel">The first channel proposed where the client names none.</param>
    /// <param name="allowTcp">Media on the connection is allowed.</param>
    /// <param name="allowUdp">Media over UDP is allowed.</param>
    /// <param name="ask">What was picked.</param>
    internal static bool TryChoose(string? header, int channel, bool allowTcp, bool allowUdp, out RtspTransportAsk ask)
    {
        foreach (var part in (header ?? "").Split(',', MaxAsks + 1).Take(MaxAsks))
        {
            if (TryParse(part, channel, out ask) && (ask.IsTcp ? allowTcp : allowUdp))
            {
                return true;
            }
        }
        ask = default;
        return false;
    }

    /// <summary>The header that agrees to it.</summary>
    /// <param name="server">Our ports over UDP; not used over TCP.</param>
    /// <param name="ssrc">Our source, where we send.</param>
    internal string Agree((int Rtp, int Rtcp) server, uint? ssrc)
    {
        var mode = IsRecord ? ";mode=record" : "";
        var source = ssrc is { } id ? id.ToString("X8", CultureInfo.InvariantCulture) : null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(IsTcp ? "RTP/AVP/TCP;unicast;interleaved=" : "RTP/AVP;unicast;client_port=")}{First}-{Second}{(IsTcp ? "" : $";server_port={server.Rtp}-{server.Rtcp}")}{(source is null ? "" : $";ssrc={source}")}{mode}"
        );
    }

    private static bool TryParse(string text, int channel, out RtspTransportAsk ask)
    {
        ask = default;
        var fields = text.Split(';');
        bool? isTcp = fields[0].Trim().ToUpperInvariant() switch
        {
            "RTP/AVP/TCP" => true,
            "RTP/AVP" or "RTP/AVP/UDP" => false,
            _ => null,
        };
        if (isTcp is not { } tcp)
        {
            return false;
        }
        (int First, int Second)? pair = tcp ? (channel, channel + 1) : null;
        var isRecord = false;
        foreach (var field in fields.AsSpan(1))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? "" : field[(equals + 1)..].Trim().Trim('"');
            switch ((equals < 0 ? field : field[..equals]).Trim().ToUpperInvariant())
            {
                case "MULTICAST":
                    return false;
                case "INTERLEAVED" when tcp:
                    pair = PairOf(value, 0, 255);
                    break;
                case "CLIENT_PORT" when !tcp:
                    pair = PairOf(value, 1, 65535);
                    break;
                case "MODE":
                    isRecord =
                        value.Equals("record", StringComparison.OrdinalIgnoreCase)
                        || value.Equals("receive", StringComparison.OrdinalIgnoreCase);
                    break;
            }
        }
        if (pair is not { } found)
        {
            return false;
        }
        ask = new RtspTransportAsk(tcp, found.First, found.Second, isRecord);
        return true;
    }

    private static (int, int)? PairOf(string value, int min, int max)
    {
        var dash = value.IndexOf('-', StringComparison.Ordinal);
        var isFirst = int.TryParse(dash < 0 ? value : value[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first);
        var second = first + 1;
        var isSecond = dash < 0 || int.TryParse(value.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out second);
        return isFirst && isSecond && first >= min && first <= max && second >= min && second <= max && first != second
            ? (first, second)
            : null;
    }
}
