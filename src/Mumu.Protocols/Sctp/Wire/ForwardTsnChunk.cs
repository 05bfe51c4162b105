// FORWARD TSN: what will never come.
using System.Buffers.Binary;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>A FORWARD TSN chunk (RFC 3758 §3.2).</summary>
internal readonly ref struct ForwardTsnChunk
{
    internal const int FixedLength = 4;
    private readonly ReadOnlySpan<byte> _streams;

    private ForwardTsnChunk(ReadOnlySpan<byte> value)
    {
        Cumulative = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value));
        _streams = value[FixedLength..];
    }

    /// <summary>Everything up to this counts as received.</summary>
    internal Tsn Cumulative { get; }

    internal int Streams => _streams.Length / 4;

    /// <summary>An ordered stream, and the last message that is left out in it.</summary>
    internal (ushort Stream, ushort Sequence) Skipped(int index) =>
        (BinaryPrimitives.ReadUInt16BigEndian(_streams[(index * 4)..]), BinaryPrimitives.ReadUInt16BigEndian(_streams[(index * 4 + 2)..]));

    internal static bool TryParse(ReadOnlySpan<byte> value, out ForwardTsnChunk chunk)
    {
        if (value.Length < FixedLength)
        {
            chunk = default;
            return false;
        }
        chunk = new ForwardTsnChunk(value);
        return true;
    }

    /// <summary>Adds a chunk to a packet that has room for it.</summary>
    internal static void Write(ref PacketWriter packet, Tsn cumulative, scoped ReadOnlySpan<(ushort Stream, ushort Sequence)> skipped)
    {
        var value = packet.Add(ChunkType.ForwardTsn, 0, FixedLength + skipped.Length * 4);
        BinaryPrimitives.WriteUInt32BigEndian(value, cumulative.Value);
        value = value[FixedLength..];
        foreach (var (stream, sequence) in skipped)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, stream);
            BinaryPrimitives.WriteUInt16BigEndian(value[2..], sequence);
            value = value[4..];
        }
    }
}
