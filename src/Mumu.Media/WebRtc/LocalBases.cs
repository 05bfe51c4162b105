// The addresses that a new viewer is told, and those that TCP connections to it would come from.
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Media.WebRtc;

/// <summary>Host candidates of a loop.</summary>
internal static class LocalBases
{
    private const int MostTcp = 8;

    /// <summary>Adds the loop's UDP socket under all its addresses, and its TCP port, if it has one, under the first few.</summary>
    /// <returns>An address of each family to make TCP connections from; empty if there is to be no TCP.</returns>
    internal static TransportAddress[] AddTo(Action<int, TransportAddress, IceTransport> add, ViewerLoop loop, bool includeLoopback)
    {
        var hosts = HostAddresses.Of(loop.Address, includeLoopback);
        foreach (var address in hosts)
        {
            add(FlowBases.Loop, address, IceTransport.Udp);
        }
        if (loop.TcpPort is not { } port)
        {
            return [];
        }
        foreach (var address in hosts.Take(MostTcp))
        {
            add(FlowBases.TcpPassive, address.WithPort(port), IceTransport.TcpPassive);
        }
        return [.. hosts.DistinctBy(address => address.IsIPv6)];
    }

    /// <summary>Lets a peer connect by TCP from these addresses, if the other side listens.</summary>
    internal static void AddConnecting(Peer peer, RemoteOffer remote, TransportAddress[] hosts)
    {
        foreach (var address in remote.Candidates.Any(candidate => candidate.Transport == IceTransport.TcpPassive) ? hosts : [])
        {
            peer.AddLocalBase(FlowBases.TcpActive, address, transport: IceTransport.TcpActive);
        }
    }
}
