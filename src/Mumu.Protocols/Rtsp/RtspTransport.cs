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
        var rest = header.AsSpan();
        var first = rest.IndexOf(',') is >= 0 and var comma ? rest[..comma] : rest;
        if (!first.TrimStart().StartsWith("RTP/", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        foreach (var range in first.Split(';'))
        {
            var part = first[range];
            var equals = part.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }
            var name = part[..equals].Trim();
            var value = part[(equals + 1)..].Trim();
            if (Is(name, "interleaved") && TryPair(value, 254, out var channel, out _))
            {
                transport = transport with { Channel = channel };
            }
            else if (Is(name, "server_port") && TryPair(value, 65535, out var port, out var control))
            {
                transport = transport with { ServerPort = port, ServerControlPort = control };
            }
            else if (Is(name, "source") && value.Length is > 0 and <= 255)
            {
                transport = transport with { Source = value.ToString() };
            }
            else if (Is(name, "ssrc") && uint.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ssrc))
            {
                transport = transport with { Ssrc = ssrc };
            }
        }
        return true;
    }

    /// <summary>The header that asks for a transport: UDP to a pair of ports from <paramref name="clientPort"/> on, or the connection's channels from <paramref name="channel"/> on.</summary>
    internal static string Ask(int? clientPort, int channel) =>
        clientPort is { } port
            ? string.Create(CultureInfo.InvariantCulture, $"Transport: RTP/AVP;unicast;client_port={port}-{port + 1}\r\n")
            : string.Create(CultureInfo.InvariantCulture, $"Transport: RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}\r\n");

    private static bool Is(ReadOnlySpan<char> name, string word) => name.Equals(word, StringComparison.OrdinalIgnoreCase);

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
