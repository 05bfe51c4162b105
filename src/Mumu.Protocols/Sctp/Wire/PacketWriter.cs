// Puts chunks into a packet.
using System.Buffers.Binary;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>Writes one packet into a buffer. Every chunk is padded to four bytes (RFC 9260 §3.2).</summary>
internal ref struct PacketWriter
{
    private readonly Span<byte> _buffer;
    private int _length = SctpPacket.HeaderLength;

    internal PacketWriter(Span<byte> buffer, ushort sourcePort, ushort destinationPort, uint tag)
    {
        _buffer = buffer[..(buffer.Length & ~3)];
        BinaryPrimitives.WriteUInt16BigEndian(_buffer, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[4..], tag);
    }

    /// <summary>True while it has no chunk.</summary>
    internal readonly bool IsEmpty => _length == SctpPacket.HeaderLength;

    /// <summary>The largest value of a chunk that still fits; negative if none does.</summary>
    internal readonly int Room => _buffer.Length - _length - Chunk.HeaderLength;

    /// <summary>Adds a chunk and returns where its value belongs; the caller has looked at <see cref="Room"/>.</summary>
    internal Span<byte> Add(ChunkType type, byte flags, int valueLength)
    {
        var chunk = _buffer.Slice(_length, ChunkReader.Padded(Chunk.HeaderLength + valueLength));
        chunk[0] = (byte)type;
        chunk[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(chunk[2..], (ushort)(Chunk.HeaderLength + valueLength));
        chunk[(Chunk.HeaderLength + valueLength)..].Clear();
        _length += chunk.Length;
        return chunk.Slice(Chunk.HeaderLength, valueLength);
    }

    /// <summary>Adds a chunk that was written before.</summary>
    internal void Add(ReadOnlySpan<byte> chunk)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(chunk[2..]);
        chunk[Chunk.HeaderLength..length].CopyTo(Add((ChunkType)chunk[0], chunk[1], length - Chunk.HeaderLength));
    }

    /// <summary>Writes the checksum (zero where the peer can do without, RFC 9653) and returns the packet's length.</summary>
    internal readonly int Finish(bool withChecksum)
    {
        var packet = _buffer[.._length];
        BinaryPrimitives.WriteUInt32LittleEndian(packet[8..], withChecksum ? Crc32c.OfPacket(packet) : 0);
        return _length;
    }
}
