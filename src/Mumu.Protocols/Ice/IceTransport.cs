// The transport of a candidate.
namespace Mumu.Protocols.Ice;

/// <summary>Transport and, for TCP, who connects (RFC 6544 §4.5).</summary>
public enum IceTransport
{
    /// <summary>UDP.</summary>
    Udp,

    /// <summary>TCP; this end connects.</summary>
    TcpActive,

    /// <summary>TCP; this end listens.</summary>
    TcpPassive,

    /// <summary>TCP; both connect at once.</summary>
    TcpSimultaneousOpen,
}
