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
    internal static TransportAddress[] AddTo(Peer peer, RemoteOffer offer, ViewerLoop loop, bool includeLoopback)
    {
        var hosts = HostAddresses.Of(loop.Address, includeLoopback);
        foreach (var address in hosts)
        {
            peer.AddLocalBase(FlowBases.Loop, address);
        }
        if (loop.TcpPort is not { } port)
        {
            return [];
        }
        foreach (var address in hosts.Take(MostTcp))
        {
            peer.AddLocalBase(FlowBases.TcpPassive, address.WithPort(port), transport: IceTransport.TcpPassive);
        }
        TransportAddress[] connecting = [.. hosts.DistinctBy(address => address.IsIPv6)];
        foreach (var address in offer.Candidates.Any(candidate => candidate.Transport == IceTransport.TcpPassive) ? connecting : [])
        {
            peer.AddLocalBase(FlowBases.TcpActive, address, transport: IceTransport.TcpActive);
        }
        return connecting;
    }
}
