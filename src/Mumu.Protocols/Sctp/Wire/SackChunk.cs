// SACK: which DATA chunks have come.
using System.Buffers.Binary;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>A selective acknowledgement (RFC 9260 §3.3.4).</summary>
internal readonly ref struct SackChunk
{
    internal const int FixedLength = 12;
    private readonly ReadOnlySpan<byte> _gaps;

    private SackChunk(ReadOnlySpan<byte> value, int gaps)
    {
        Cumulative = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value));
        Window = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        _gaps = value.Slice(FixedLength, gaps * 4);
    }

    /// <summary>All chunks up to this have come.</summary>
    internal Tsn Cumulative { get; }

    /// <summary>Bytes the receiver has room for.</summary>
    internal uint Window { get; }

    internal int Gaps => _gaps.Length / 4;

    /// <summary>A block of chunks that came beyond the cumulative number, as distances from that, both ends included.</summary>
    internal (int Start, int End) Gap(int index) =>
        (BinaryPrimitives.ReadUInt16BigEndian(_gaps[(index * 4)..]), BinaryPrimitives.ReadUInt16BigEndian(_gaps[(index * 4 + 2)..]));

    internal static bool TryParse(ReadOnlySpan<byte> value, out SackChunk sack)
    {
        sack = default;
        if (value.Length < FixedLength)
        {
            return false;
        }
        var gaps = BinaryPrimitives.ReadUInt16BigEndian(value[8..]);
        var duplicates = BinaryPrimitives.ReadUInt16BigEndian(value[10..]);
        if (value.Length < FixedLength + (gaps + duplicates) * 4)
        {
            return false;
        }
        sack = new SackChunk(value, gaps);
        return true;
    }

    /// <summary>Adds a chunk to a packet, with as many blocks and duplicates as fit.</summary>
    internal static void Write(
        ref PacketWriter packet,
        Tsn cumulative,
        uint window,
        scoped ReadOnlySpan<(Tsn First, Tsn Last)> blocks,
        scoped ReadOnlySpan<Tsn> duplicates
    )
    {
        var room = (packet.Room - FixedLength) / 4;
        // A block ends at most 65,535 behind the cumulative number.
        var gaps = 0;
        while (gaps < blocks.Length && gaps < room && blocks[gaps].Last.Since(cumulative) <= ushort.MaxValue)
        {
            gaps++;
        }
        var doubled = Math.Min(duplicates.Length, room - gaps);
        var value = packet.Add(ChunkType.Sack, 0, FixedLength + (gaps + doubled) * 4);
        BinaryPrimitives.WriteUInt32BigEndian(value, cumulative.Value);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], window);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], (ushort)gaps);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], (ushort)doubled);
        value = value[FixedLength..];
        foreach (var (first, last) in blocks[..gaps])
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)first.Since(cumulative));
            BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)last.Since(cumulative));
            value = value[4..];
        }
        foreach (var duplicate in duplicates[..doubled])
        {
            BinaryPrimitives.WriteUInt32BigEndian(value, duplicate.Value);
            value = value[4..];
        }
    }
}
