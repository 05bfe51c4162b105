// Reads and writes the text of a candidate.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>Grammar of candidate-attribute (RFC 8839 §5.1, RFC 6544 §4.5).</summary>
internal static class IceCandidateText
{
    private const int MaxLength = 1024;
    private const int MaxHostLength = 253;

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IceCandidate? candidate)
    {
        candidate = null;
        text = text.Trim();
        if (text.Length > MaxLength)
        {
            return false;
        }
        text = Without(Without(text, "a="), "candidate:");
        if (
            !TryWord(ref text, out var foundation)
            || foundation.Length > 32
            || !TryNumber(ref text, 256, out var component)
            || component == 0
            || !TryWord(ref text, out var transportName)
            || !TryNumber(ref text, uint.MaxValue, out var priority)
            || !TryWord(ref text, out var host)
            || !IsHost(host)
            || !TryNumber(ref text, ushort.MaxValue, out var port)
            || !TryWord(ref text, out var typ)
            || !typ.SequenceEqual("typ")
            || !TryWord(ref text, out var typeName)
            || !TryType(typeName, out var type)
        )
        {
            return false;
        }
        ReadOnlySpan<char> relatedHost = default,
            relatedPort = default,
            tcpType = default,
            ufrag = default;
        while (TryWord(ref text, out var key) && TryWord(ref text, out var value))
        {
            switch (key)
            {
                case "raddr":
                    relatedHost = value;
                    break;
                case "rport":
                    relatedPort = value;
                    break;
                case "tcptype":
                    tcpType = value;
                    break;
                case "ufrag":
                    ufrag = value;
                    break;
            }
        }
        if (!TryTransport(transportName, tcpType, out var transport))
        {
            return false;
        }
        TransportAddress? related =
            ushort.TryParse(relatedPort, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && TryReadAddress(relatedHost, number, out var address)
                ? address
                : null;
        candidate = new IceCandidate(foundation.ToString(), (int)component, transport, priority, host.ToString(), (int)port, type, related)
        {
            Ufrag = ufrag.Length is > 0 and <= 256 ? ufrag.ToString() : null,
        };
        return true;
    }

    /// <summary>Reads an address; strictly, since the framework also takes "1" and octal for IPv4.</summary>
    public static bool TryReadAddress(ReadOnlySpan<char> host, int port, out TransportAddress address)
    {
        address = default;
        if (host.Contains(':'))
        {
            if (host.ContainsAny('[', ']', '%') || !IPAddress.TryParse(host, out var parsed))
            {
                return false;
            }
            address = TransportAddress.From(parsed, port);
            return true;
        }
        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        foreach (var range in host.Split('.'))
        {
            var part = host[range];
            if (
                count == 4
                || part.Length > 3
                || (part.Length > 1 && part[0] == '0')
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out bytes[count])
            )
            {
                return false;
            }
            count++;
        }
        address = count == 4 ? TransportAddress.FromIPv4(bytes, port) : default;
        return count == 4;
    }

    public static string Name(IceCandidateType type) =>
        type switch
        {
            IceCandidateType.Host => "host",
            IceCandidateType.ServerReflexive => "srflx",
            IceCandidateType.PeerReflexive => "prflx",
            _ => "relay",
        };

    /// <summary>What follows the type: related address, direction of TCP, fragment.</summary>
    public static string Tail(IceCandidate candidate)
    {
        var related = candidate.Related is { } address
            ? string.Create(CultureInfo.InvariantCulture, $" raddr {address.ToIPAddress()} rport {address.Port}")
            : string.Empty;
        var direction = candidate.Transport switch
        {
            IceTransport.TcpActive => " tcptype active",
            IceTransport.TcpPassive => " tcptype passive",
            IceTransport.TcpSimultaneousOpen => " tcptype so",
            _ => string.Empty,
        };
        return related + direction + (candidate.Ufrag is { } ufrag ? " ufrag " + ufrag : string.Empty);
    }

    private static ReadOnlySpan<char> Without(ReadOnlySpan<char> text, string prefix) =>
        text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? text[prefix.Length..] : text;

    private static bool TryWord(scoped ref ReadOnlySpan<char> text, out ReadOnlySpan<char> word)
    {
        text = text.TrimStart(' ');
        var end = text.IndexOf(' ');
        word = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[end..];
        return !word.IsEmpty;
    }

    private static bool TryNumber(scoped ref ReadOnlySpan<char> text, uint atMost, out uint number)
    {
        number = 0;
        return TryWord(ref text, out var word)
            && uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number <= atMost;
    }

    private static bool IsHost(ReadOnlySpan<char> host)
    {
        foreach (var c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or ':' or '-' or '_' or '%'))
            {
                return false;
            }
        }
        return host.Length <= MaxHostLength;
    }

    private static bool TryType(ReadOnlySpan<char> name, out IceCandidateType type)
    {
        (type, var known) = name switch
        {
            "host" => (IceCandidateType.Host, true),
            "srflx" => (IceCandidateType.ServerReflexive, true),
            "prflx" => (IceCandidateType.PeerReflexive, true),
            "relay" => (IceCandidateType.Relayed, true),
            _ => (default, false),
        };
        return known;
    }

    private static bool TryTransport(ReadOnlySpan<char> name, ReadOnlySpan<char> tcpType, out IceTransport transport)
    {
        var isUdp = name.Equals("udp", StringComparison.OrdinalIgnoreCase);
        (transport, var known) = tcpType switch
        {
            _ when isUdp => (IceTransport.Udp, true),
            "active" => (IceTransport.TcpActive, true),
            "passive" => (IceTransport.TcpPassive, true),
            "so" => (IceTransport.TcpSimultaneousOpen, true),
            _ => (default, false),
        };
        return known && (isUdp || name.Equals("tcp", StringComparison.OrdinalIgnoreCase));
    }
}
