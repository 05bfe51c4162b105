// What a receiver reports of one source it hears.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>A report block (RFC 3550 §6.4.1).</summary>
/// <param name="Source">The source reported on.</param>
/// <param name="FractionLost">Share lost since the last report, in 1/256.</param>
/// <param name="CumulativeLost">Packets lost since the beginning; 24 bits, signed.</param>
/// <param name="HighestSequence">Highest sequence number received, with the count of wraps in the upper 16 bits.</param>
/// <param name="Jitter">Interarrival jitter in ticks of the payload's clock.</param>
/// <param name="LastSenderReport">Middle 32 bits of the last sender report's NTP time; 0 before the first.</param>
/// <param name="DelaySinceLastSenderReport">Since that report came, in 1/65536 s.</param>
public readonly record struct ReportBlock(
    Ssrc Source,
    byte FractionLost,
    int CumulativeLost,
    uint HighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport
)
{
    internal const int Length = 24;

    /// <summary>
    /// Round trip by the block's own arithmetic (RFC 3550 §6.4.1): <paramref name="now"/> is the middle 32 bits of the NTP time at arrival. Null before the first sender report or when the numbers make no sense.
    /// </summary>
    public TimeSpan? RoundTrip(uint now)
    {
        if (LastSenderReport == 0)
        {
            return null;
        }
        var units = unchecked((int)(now - LastSenderReport - DelaySinceLastSenderReport));
        return units < 0 ? null : TimeSpan.FromSeconds(units / 65536.0);
    }

    internal static ReportBlock Read(ReadOnlySpan<byte> from) =>
        new(
            new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(from)),
            from[4],
            BinaryPrimitives.ReadInt32BigEndian(from[4..]) << 8 >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(from[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(from[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(from[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(from[20..])
        );

    internal void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32BigEndian(to, Source.Value);
        BinaryPrimitives.WriteInt32BigEndian(to[4..], Math.Clamp(CumulativeLost, -0x800000, 0x7FFFFF));
        to[4] = FractionLost;
        BinaryPrimitives.WriteUInt32BigEndian(to[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(to[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(to[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(to[20..], DelaySinceLastSenderReport);
    }
}
