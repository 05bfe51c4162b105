// Finds the addresses behind stun: URLs.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc;

/// <summary>Reads and resolves STUN URLs (RFC 7064). Names are looked up by the system, off the loops.</summary>
internal static class StunServers
{
    private const int DefaultPort = 3478;
    private const int MostServers = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Splits "stun:host" or "stun:host:port" (host may be a name, IPv4, or IPv6 in brackets); false for anything else.</summary>
    internal static bool TryParse(string url, out string host, out int port)
    {
        (host, port) = ("", DefaultPort);
        if (!url.StartsWith("stun:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var rest = url["stun:".Length..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        rest = query < 0 ? rest : rest[..query];
        var colon = rest.LastIndexOf(':');
        var hasPort = colon > rest.LastIndexOf(']');
        if (
            hasPort
            && !(int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536)
        )
        {
            return false;
        }
        host = (hasPort ? rest[..colon] : rest).Trim('[', ']');
        return host.Length is > 0 and <= 253;
    }

    /// <summary>The first address of each family of each server, in time or not at all.</summary>
    internal static async Task<List<TransportAddress>> ResolveAsync(
        IReadOnlyList<string> urls,
        bool onlyLoopback,
        CancellationToken cancellation
    )
    {
        var found = new List<TransportAddress>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_patience);
        foreach (var url in urls.Take(MostServers))
        {
            if (!TryParse(url, out var host, out var port))
            {
                continue;
            }
            try
            {
                var addresses = IPAddress.TryParse(host, out var literal)
                    ? [literal]
                    : await Dns.GetHostAddressesAsync(host, limit.Token).ConfigureAwait(false);
                found.AddRange(
                    addresses
                        .Where(address => !onlyLoopback || IPAddress.IsLoopback(address))
                        .DistinctBy(address => address.AddressFamily)
                        .Select(address => TransportAddress.From(address, port))
                );
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // A server that can't be found gives no candidate; the others may.
            }
        }
        return found;
    }
}
