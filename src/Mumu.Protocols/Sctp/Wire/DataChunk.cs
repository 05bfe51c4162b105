// DATA: a message or a piece of one.
using System.Buffers.Binary;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>A DATA chunk (RFC 9260 §3.3.1).</summary>
internal readonly ref struct DataChunk
{
    /// <summary>Bytes before the data, without the chunk's header.</summary>
    internal const int FixedLength = 12;

    /// <summary>All bytes a chunk needs beside its data.</summary>
    internal const int Overhead = Chunk.HeaderLength + FixedLength;

    internal const byte LastFragment = 1;
    internal const byte FirstFragment = 2;
    internal const byte Unordered = 4;
    internal const byte SackAtOnce = 8;

    private readonly byte _flags;

    private DataChunk(byte flags, ReadOnlySpan<byte> value)
    {
        _flags = flags;
        Tsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value));
        Stream = BinaryPrimitives.ReadUInt16BigEndian(value[4..]);
        Sequence = BinaryPrimitives.ReadUInt16BigEndian(value[6..]);
        Protocol = BinaryPrimitives.ReadUInt32BigEndian(value[8..]);
        Data = value[FixedLength..];
    }

    internal Tsn Tsn { get; }

    internal ushort Stream { get; }

    /// <summary>The message's place in its stream; without meaning if unordered.</summary>
    internal ushort Sequence { get; }

    /// <summary>The payload protocol identifier.</summary>
    internal uint Protocol { get; }

    internal ReadOnlySpan<byte> Data { get; }

    internal bool IsFirst => (_flags & FirstFragment) != 0;

    internal bool IsLast => (_flags & LastFragment) != 0;

    internal bool IsUnordered => (_flags & Unordered) != 0;

    /// <summary>The sender waits for its acknowledgement (RFC 7053).</summary>
    internal bool WantsSackAtOnce => (_flags & SackAtOnce) != 0;

    /// <summary>False for a chunk without data, too, which RFC 9260 §3.3.1 forbids.</summary>
    internal static bool TryParse(in Chunk chunk, out DataChunk data)
    {
        if (chunk.Value.Length <= FixedLength)
        {
            data = default;
            return false;
        }
        data = new DataChunk(chunk.Flags, chunk.Value);
        return true;
    }

    /// <summary>Adds a chunk to a packet that has room for it.</summary>
    internal static void Write(
        ref PacketWriter packet,
        byte flags,
        Tsn tsn,
        ushort stream,
        ushort sequence,
        uint protocol,
        scoped ReadOnlySpan<byte> data
    )
    {
        var value = packet.Add(ChunkType.Data, flags, FixedLength + data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn.Value);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], stream);
        BinaryPrimitives.WriteUInt16BigEndian(value[6..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], protocol);
        data.CopyTo(value[FixedLength..]);
    }
}
