// What the retransmission timer inside libssl is bound to.
namespace Mumu.Protocols.Dtls;

/// <summary>
/// The clock of retransmissions. Deadlines always follow the <c>now</c> of the calls; libssl besides looks at the machine's clock before it agrees to
/// retransmit, which only tests under virtual time have to defeat.
/// </summary>
public enum DtlsTimers
{
    /// <summary><c>now</c> runs at the speed of the machine's clock, as in every program.</summary>
    RealTime,

    /// <summary><c>now</c> jumps as a test likes; a <see cref="DtlsTransport.Tick" /> at the deadline retransmits whatever the machine's clock says.</summary>
    VirtualTime,
}
