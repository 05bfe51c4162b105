// Kinds of candidates.
namespace Mumu.Protocols.Ice;

/// <summary>How a candidate was found (RFC 8445 §4).</summary>
public enum IceCandidateType
{
    /// <summary>An address of the machine itself.</summary>
    Host,

    /// <summary>The outside of a NAT, as a STUN server saw it.</summary>
    ServerReflexive,

    /// <summary>The outside of a NAT, as the peer saw it.</summary>
    PeerReflexive,

    /// <summary>An address of a TURN server.</summary>
    Relayed,
}
