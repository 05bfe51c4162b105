// A packet's common header and the chunks behind it.
using System.Buffers.Binary;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>A received packet (RFC 9260 §3).</summary>
internal readonly ref struct SctpPacket
{
    internal const int HeaderLength = 12;

    private SctpPacket(ReadOnlySpan<byte> bytes)
    {
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        Tag = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        Chunks = bytes[HeaderLength..];
    }

    internal ushort SourcePort { get; }

    internal ushort DestinationPort { get; }

    internal uint Tag { get; }

    /// <summary>Everything behind the header, see <see cref="ChunkReader"/>.</summary>
    internal ReadOnlySpan<byte> Chunks { get; }

    /// <summary>Reads and checks a packet. A checksum of zero passes, as DTLS has vouched for the bytes (RFC 9653).</summary>
    internal static bool TryParse(ReadOnlySpan<byte> bytes, out SctpPacket packet)
    {
        packet = default;
        if (bytes.Length < HeaderLength + 4)
        {
            return false;
        }
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (checksum != 0 && checksum != Crc32c.OfPacket(bytes))
        {
            return false;
        }
        packet = new SctpPacket(bytes);
        return true;
    }
}

/// <summary>One chunk.</summary>
internal readonly ref struct Chunk(ChunkType type, byte flags, ReadOnlySpan<byte> value)
{
    internal const int HeaderLength = 4;

    internal ChunkType Type { get; } = type;

    internal byte Flags { get; } = flags;

    /// <summary>What follows the chunk's header, without padding.</summary>
    internal ReadOnlySpan<byte> Value { get; } = value;
}

/// <summary>Goes through the chunks of a packet and stops at the first malformed one.</summary>
internal ref struct ChunkReader(ReadOnlySpan<byte> chunks)
{
    private ReadOnlySpan<byte> _rest = chunks;

    /// <summary>True if nothing is left.</summary>
    internal readonly bool IsAtEnd => _rest.Length < Chunk.HeaderLength;

    internal bool TryRead(out Chunk chunk)
    {
        chunk = default;
        if (_rest.Length < Chunk.HeaderLength)
        {
            return false;
        }
        var length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length < Chunk.HeaderLength || length > _rest.Length)
        {
            _rest = default;
            return false;
        }
        chunk = new Chunk((ChunkType)_rest[0], _rest[1], _rest[Chunk.HeaderLength..length]);
        _rest = _rest[Math.Min(_rest.Length, Padded(length))..];
        return true;
    }

    internal static int Padded(int length) => (length + 3) & ~3;
}

/// <summary>Goes through the parameters of a chunk (RFC 9260 §3.2.1) and stops at the first malformed one.</summary>
internal ref struct ParameterReader(ReadOnlySpan<byte> parameters)
{
    internal const int HeaderLength = 4;
    private ReadOnlySpan<byte> _rest = parameters;

    internal bool TryRead(out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (_rest.Length < HeaderLength)
        {
            return false;
        }
        var length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length < HeaderLength || length > _rest.Length)
        {
            _rest = default;
            return false;
        }
        type = BinaryPrimitives.ReadUInt16BigEndian(_rest);
        value = _rest[HeaderLength..length];
        _rest = _rest[Math.Min(_rest.Length, ChunkReader.Padded(length))..];
        return true;
    }
}
