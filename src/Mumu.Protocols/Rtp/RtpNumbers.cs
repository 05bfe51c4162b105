// The numbers of RTP as types: who sends, in which order, and at which tick.
namespace Mumu.Protocols.Rtp;

/// <summary>Synchronisation source (RFC 3550 §8): the random number that names one sender of one stream.</summary>
/// <param name="Value">The 32 bits as on the wire.</param>
public readonly record struct Ssrc(uint Value)
{
    /// <inheritdoc />
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A 32-bit media time that wraps (RFC 3550 §5.1), in ticks of the payload's clock.</summary>
/// <param name="Value">The 32 bits as on the wire.</param>
public readonly record struct RtpTimestamp(uint Value)
{
    /// <summary>Signed distance from <paramref name="earlier"/> to this on the circle: −2³¹ … 2³¹−1 ticks.</summary>
    public int Since(RtpTimestamp earlier) => unchecked((int)(Value - earlier.Value));
}

/// <summary>A 16-bit packet number that wraps (RFC 3550 §5.1).</summary>
/// <param name="Value">The 16 bits as on the wire.</param>
public readonly record struct SequenceNumber(ushort Value)
{
    /// <summary>The number after this one.</summary>
    public SequenceNumber Next => new(unchecked((ushort)(Value + 1)));

    /// <summary>Signed distance from <paramref name="earlier"/> to this on the circle: −32768 … 32767.</summary>
    public int Since(SequenceNumber earlier) => unchecked((short)(Value - earlier.Value));

    /// <summary>True when this comes after <paramref name="other"/>, taking the shorter way round the circle.</summary>
    public bool IsAfter(SequenceNumber other) => Since(other) > 0;
}
