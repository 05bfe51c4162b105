// Where a transport stream arrives.
using System.Globalization;
using System.Net;

namespace Mumu.Media.Sources.MpegTs;

/// <summary>Settings of a <see cref="UdpTsSource"/>.</summary>
public sealed record UdpTsOptions
{
    /// <summary>An address of this machine, any address (0.0.0.0, ::), or a multicast group to join; and the port, 1–65535.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>For multicast: an address of this machine on the network to join in; null leaves the choice to the system.</summary>
    public IPAddress? Interface { get; init; }

    /// <summary>How long packets may stay away.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it may take until the stream has told its tracks.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True for a multicast group.</summary>
    public bool IsMulticast =>
        Address.Address.IsIPv6Multicast || (Address.Address.GetAddressBytes() is { Length: 4 } bytes && bytes[0] is >= 224 and <= 239);

    /// <summary>
    /// Reads <c>udp://ADDRESS:PORT</c>, <c>udp://@ADDRESS:PORT</c> or <c>udp://@:PORT</c>, with <c>?interface=ADDRESS</c> for multicast.
    /// </summary>
    /// <returns>Null and a sentence for people where it is something else.</returns>
    public static UdpTsOptions? Parse(string url, out string? problem)
    {
        const string Form =
            "Write it like udp://192.168.1.5:5000 (an address of this machine) or udp://239.1.2.3:5000 (a multicast group).";
        problem = null;
        if (!url.StartsWith("udp://", StringComparison.OrdinalIgnoreCase))
        {
            problem = $"The address of a transport stream begins with udp://. {Form}";
            return null;
        }
        var parts = url["udp://".Length..].Split('?', 2);
        var where = parts[0].TrimEnd('/').TrimStart('@');
        if (where.StartsWith(':'))
        {
            where = "0.0.0.0" + where;
        }
        // Without a port, IPEndPoint would take 0; and it would take an IPv6 address without brackets for one with a port.
        if (!IPEndPoint.TryParse(where, out var address) || address.Port == 0)
        {
            problem = $"This is not an IP address and a port. {Form}";
            return null;
        }
        var options = new UdpTsOptions { Address = address };
        if (parts.Length == 1)
        {
            return options;
        }
        if (
            !parts[1].StartsWith("interface=", StringComparison.Ordinal)
            || !IPAddress.TryParse(parts[1]["interface=".Length..], out var network)
        )
        {
            problem =
                "Behind the “?” there may only be interface=ADDRESS, an address of this machine on the network of the multicast group.";
            return null;
        }
        if (!options.IsMulticast || network.AddressFamily != address.AddressFamily)
        {
            problem = "“interface” goes with a multicast group of the same kind of address.";
            return null;
        }
        return options with { Interface = network };
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"udp://{Address}");
}
