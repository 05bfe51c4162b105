// A local candidate with the numbers checks need.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>A local candidate.</summary>
/// <param name="Base">The driver's number of the socket.</param>
/// <param name="Address">Where the peer would send.</param>
/// <param name="Priority">The candidate's priority (RFC 8445 §5.1.2.1).</param>
/// <param name="CheckPriority">PRIORITY of checks from here: what a peer-reflexive candidate of this base would have (§7.1.1).</param>
/// <param name="Candidate">As signaled.</param>
internal sealed record IceLocalAddress(int Base, TransportAddress Address, uint Priority, uint CheckPriority, IceCandidate Candidate)
{
    /// <summary>True for TCP: what is sent arrives, or the connection breaks.</summary>
    public bool IsReliable => Candidate.Transport != IceTransport.Udp;

    /// <summary>True for addresses datagrams leave from: all but reflexive ones, whose base is the host candidate's (RFC 8445 §4).</summary>
    public bool IsBase => Candidate.Type is IceCandidateType.Host or IceCandidateType.Relayed;
}
