// The last few checks sent on a pair: what an answer must match.
using System.Runtime.CompilerServices;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>One check that may still be answered.</summary>
internal struct IceCheckSlot
{
    public StunTransactionId Transaction;
    public TimeSpan SentAt;
    public IceRole Role;
    public bool IsOpen;
    public bool UseCandidate;

    /// <summary>Sent more than once, so that the answer tells no round trip (Karn).</summary>
    public bool IsRepeated;
}

/// <summary>
/// A ring of the last checks of one pair. Consent checks are never retransmitted but follow each other, so an answer may belong to an older
/// one; eight of them, 500 ms apart, cover a round trip of four seconds.
/// </summary>
[InlineArray(Length)]
internal struct IceCheckSlots
{
    public const int Length = 8;
    private IceCheckSlot _first;
}
