// The addresses of this machine that viewers may reach a socket by.
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc;

/// <summary>Finds host candidates.</summary>
internal static class HostAddresses
{
    private const int Most = 16;

    /// <summary>The addresses a socket can be reached by: its own, or for a wildcard those of all interfaces.</summary>
    /// <param name="bound">Where the socket is bound.</param>
    /// <param name="includeLoopback">Adds 127.0.0.1 to a wildcard's addresses.</param>
    internal static List<TransportAddress> Of(TransportAddress bound, bool includeLoopback)
    {
        var address = bound.ToIPAddress();
        if (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        {
            return [bound];
        }
        var found = new List<TransportAddress>();
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (network.OperationalStatus is OperationalStatus.Down || network.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            {
                continue;
            }
            foreach (var unicast in network.GetIPProperties().UnicastAddresses)
            {
                if (IsUseful(unicast.Address, address.AddressFamily) && found.Count < Most)
                {
                    found.Add(TransportAddress.From(unicast.Address, bound.Port));
                }
            }
        }
        if (includeLoopback || found.Count == 0)
        {
            found.Add(TransportAddress.From(IPAddress.Loopback, bound.Port));
        }
        return found;
    }

    private static bool IsUseful(IPAddress address, AddressFamily family) =>
        !IPAddress.IsLoopback(address)
        && !address.IsIPv6LinkLocal
        && !address.IsIPv6Multicast
        && (address.AddressFamily == AddressFamily.InterNetwork || family == AddressFamily.InterNetworkV6);
}
