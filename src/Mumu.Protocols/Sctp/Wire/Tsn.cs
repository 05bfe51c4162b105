// Numbers of DATA chunks.
namespace Mumu.Protocols.Sctp.Wire;

/// <summary>A transmission sequence number: 32 bits, compared in serial arithmetic (RFC 9260 §1.6).</summary>
internal readonly record struct Tsn(uint Value)
{
    internal Tsn Next => this + 1;

    internal Tsn Previous => this + -1;

    public static Tsn operator +(Tsn tsn, int count) => new(unchecked(tsn.Value + (uint)count));

    /// <summary>How many numbers this is after another; negative if before.</summary>
    internal int Since(Tsn other) => unchecked((int)(Value - other.Value));

    internal bool IsAfter(Tsn other) => Since(other) > 0;
}
