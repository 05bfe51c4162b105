// The addresses of this machine, which no client may reach through the relay.
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Mumu.Turn;

/// <summary>Asks the system, all networks at once.</summary>
internal static class OwnAddresses
{
    // Asked for the way there, never sent to: a socket that is connected knows which of our addresses it would send from.
    private static readonly IPEndPoint s_farIPv4 = new(new IPAddress([192, 88, 99, 1]), 9);
    private static readonly IPEndPoint s_farIPv6 = new(IPAddress.Parse("2001:4860::1"), 9);

    /// <summary>Every address of every network, up or down, loopback among them.</summary>
    public static IReadOnlyList<IPAddress> List()
    {
        var found = new HashSet<IPAddress> { IPAddress.Loopback, IPAddress.IPv6Loopback };
        foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
        {
            try
            {
                found.UnionWith(network.GetIPProperties().UnicastAddresses.Select(a => a.Address));
            }
            catch (NetworkInformationException)
            {
                // It vanished between the two questions, and its addresses with it.
            }
        }
        return [.. found.OrderBy(a => a.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>The address that datagrams to the Internet leave from; without a way there the first that is not loopback, else loopback; null if there is none of the family.</summary>
    public static IPAddress? Main(AddressFamily family, IReadOnlyList<IPAddress> own)
    {
        try
        {
            using var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(family == AddressFamily.InterNetwork ? s_farIPv4 : s_farIPv6);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            var candidates = own.Where(a => a.AddressFamily == family && !a.IsIPv6LinkLocal).ToArray();
            return candidates.FirstOrDefault(a => !IPAddress.IsLoopback(a)) ?? candidates.FirstOrDefault();
        }
    }
}
