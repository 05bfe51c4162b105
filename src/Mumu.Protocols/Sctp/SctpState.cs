// The states of an association.
namespace Mumu.Protocols.Sctp;

/// <summary>As RFC 9260 §4 names them.</summary>
internal enum SctpState
{
    Closed,
    CookieWait,
    CookieEchoed,
    Established,
    ShutdownPending,
    ShutdownSent,
    ShutdownReceived,
    ShutdownAckSent,

    /// <summary>Over for good; an association object is used once.</summary>
    Ended,
}
