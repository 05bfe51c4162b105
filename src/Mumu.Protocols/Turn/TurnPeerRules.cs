// Which peers a TURN server relays to: by default only addresses of the open Internet that are not its own.
using System.Net;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>
/// Keeps clients from reaching, through the server, what the server alone can reach. IPv6 is refused but for global unicast (2000::/3) without the
/// prefixes that hide an IPv4 address; IPv4 is refused where IANA's registry of special-purpose addresses says it is not global. Of the server's own
/// addresses only named ports are reached, and relays of the server itself.
/// </summary>
/// <param name="allowed">
/// Networks that are allowed whatever else is said, such as the home network of a self-hoster. One that holds an own address does not open that; one that is
/// an own address and nothing else does.
/// </param>
/// <param name="own">The server's own addresses.</param>
/// <param name="ownPorts">Ports at own addresses that may be reached: the media of an agent in the same program.</param>
public sealed class TurnPeerRules(
    IReadOnlyList<IPNetwork> allowed,
    IReadOnlyList<IPAddress> own,
    IReadOnlyList<IPEndPoint>? ownPorts = null
)
{
    private static readonly IPNetwork s_globalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] s_refused =
    [
        .. new[]
        {
            "0.0.0.0/8", // this network, and the unspecified address
            "10.0.0.0/8",
            "100.64.0.0/10", // carriers' NAT
            "127.0.0.0/8",
            "169.254.0.0/16", // link-local, and the metadata service of clouds
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3", // multicast, reserved, broadcast
            "2001::/32", // Teredo
            "2001:db8::/32",
            "2002::/16", // 6to4
            "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private readonly HashSet<TransportAddress> _own = [.. own.Select(address => TransportAddress.From(address, 0))];
    private readonly HashSet<TransportAddress> _ownPorts = [.. (ownPorts ?? []).Select(TransportAddress.From)];

    /// <summary>True if a peer at this address may be relayed to; the port does not matter.</summary>
    public bool Allows(in TransportAddress peer)
    {
        var address = peer.ToIPAddress();
        if (IsOwn(peer))
        {
            var whole = peer.AddressLength * 8;
            return allowed.Any(network => network.PrefixLength == whole && network.Contains(address));
        }
        return allowed.Any(network => network.Contains(address))
            || ((!peer.IsIPv6 || s_globalUnicast.Contains(address)) && !s_refused.Any(network => network.Contains(address)));
    }

    /// <summary>True if the address is the server's own, so that only relays and named ports are reached there.</summary>
    public bool IsOwn(in TransportAddress peer) => _own.Contains(peer.WithPort(0));

    /// <summary>True if exactly this address and port was named as reachable.</summary>
    public bool IsOpenPort(in TransportAddress peer) => _ownPorts.Contains(peer);

    /// <summary>True if some port of this own address was named as reachable.</summary>
    public bool HasOpenPort(in TransportAddress peer)
    {
        var address = peer.WithPort(0);
        return _ownPorts.Any(port => port.WithPort(0) == address);
    }
}
