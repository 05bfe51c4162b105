// What a server agreed to in its answer to SETUP: "Transport".
using System.Globalization;

namespace Mumu.Protocols.Rtsp;

/// <summary>A transport (RFC 2326 §12.39).</summary>
/// <param name="Channel">Channel of RTP on the connection, its RTCP on the next; null over UDP.</param>
/// <param name="ServerPort">Port that RTP comes from over UDP, or null.</param>
/// <param name="ServerControlPort">Port that RTCP comes from and reports go to over UDP, or null.</param>
/// <param name="Source">Address that media comes from when it isn't the server's, or null.</param>
/// <param name="Ssrc">The source the server says it will use; some lie.</param>
public sealed record RtspTransport(int? Channel, int? ServerPort, int? ServerControlPort, string? Source, uint? Ssrc)
{
    /// <summary>Reads the first transport of the header; false when it names neither channels nor any RTP transport.</summary>
    public static bool TryParse(string? header, out RtspTransport transport)
    {
        transport = new RtspTransport(null, null, null, null, null);
        var first = header?.Split(',', 2)[0];
        if (first is null || !first.TrimStart().StartsWith("RTP/", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        foreach (var part in first.Split(';').Skip(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                continue;
            }
            var value = part.AsSpan(equals + 1).Trim();
            switch (part[..equals].Trim().ToUpperInvariant())
            {
                case "INTERLEAVED" when TryPair(value, 254, out var channel, out _):
                    transport = transport with { Channel = channel };
                    break;
                case "SERVER_PORT" when TryPair(value, 65535, out var port, out var control):
                    transport = transport with { ServerPort = port, ServerControlPort = control };
                    break;
                case "SOURCE" when value.Length is > 0 and <= 255:
                    transport = transport with { Source = value.ToString() };
                    break;
                case "SSRC" when uint.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ssrc):
                    transport = transport with { Ssrc = ssrc };
                    break;
            }
        }
        return true;
    }

    /// <summary>The header that asks for a transport: UDP to a pair of ports from <paramref name="clientPort"/> on, or the connection's channels from <paramref name="channel"/> on.</summary>
    internal static string Ask(int? clientPort, int channel) =>
        clientPort is { } port
            ? string.Create(CultureInfo.InvariantCulture, $"Transport: RTP/AVP;unicast;client_port={port}-{port + 1}\r\n")
            : string.Create(CultureInfo.InvariantCulture, $"Transport: RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}\r\n");

    private static bool TryPair(ReadOnlySpan<char> value, int max, out int first, out int second)
    {
        var dash = value.IndexOf('-');
        var isFirst = int.TryParse(dash < 0 ? value : value[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out first);
        var isSecond = int.TryParse(dash < 0 ? default : value[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out second);
        if (!isSecond || second > max)
        {
            second = first + 1;
        }
        return isFirst && first <= max && first + (max == 65535 ? 0 : 1) <= max + 1;
    }
}
