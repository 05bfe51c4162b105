// Chunks that are little more than their type.
using System.Buffers.Binary;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>Makes whole chunks.</summary>
internal static class SimpleChunk
{
    private const ushort HeartbeatInfo = 1;

    internal static byte[] Make(ChunkType type, ReadOnlySpan<byte> value = default)
    {
        var chunk = new byte[Chunk.HeaderLength + value.Length];
        chunk[0] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan(2), (ushort)chunk.Length);
        value.CopyTo(chunk.AsSpan(Chunk.HeaderLength));
        return chunk;
    }

    /// <summary>SHUTDOWN with the cumulative number (RFC 9260 §3.3.8).</summary>
    internal static byte[] Shutdown(Tsn cumulative)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, cumulative.Value);
        return Make(ChunkType.Shutdown, value);
    }

    /// <summary>HEARTBEAT (§3.3.5); what is in it is ours to choose, and comes back.</summary>
    internal static byte[] Heartbeat(TimeSpan now)
    {
        Span<byte> value = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(value, HeartbeatInfo);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)value.Length);
        BinaryPrimitives.WriteInt64BigEndian(value[4..], now.Ticks);
        return Make(ChunkType.Heartbeat, value);
    }

    /// <summary>ABORT with a cause and nothing besides (§3.3.7).</summary>
    internal static byte[] Abort(ErrorCause cause) => WithCause(ChunkType.Abort, cause);

    /// <summary>ERROR with a cause and four bytes of zero (§3.3.10.3 wants a measure of staleness).</summary>
    internal static byte[] StaleCookie() => WithCause(ChunkType.Error, ErrorCause.StaleCookie);

    private static byte[] WithCause(ChunkType type, ErrorCause cause)
    {
        Span<byte> value = stackalloc byte[8];
        value.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)cause);
        var length = cause == ErrorCause.StaleCookie ? 8 : 4;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)length);
        return Make(type, value[..length]);
    }
}
