// The parameters of RE-CONFIG that reset streams.
using System.Buffers.Binary;

namespace Mumu.Protocols.Sctp.Wire;

/// <summary>How a request was taken (RFC 6525 §4.4).</summary>
internal enum ResetResult : uint
{
    NothingToDo = 0,
    Performed = 1,
    Denied = 2,
    WrongSequence = 3,
    Busy = 4,
    BadNumber = 5,
    InProgress = 6,
}

/// <summary>The sender begins its streams anew (RFC 6525 §4.1).</summary>
internal readonly ref struct OutgoingResetRequest
{
    internal const ushort Type = 13;
    internal const int FixedLength = 12;
    private readonly ReadOnlySpan<byte> _streams;

    private OutgoingResetRequest(ReadOnlySpan<byte> value)
    {
        Number = BinaryPrimitives.ReadUInt32BigEndian(value);
        LastSent = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value[8..]));
        _streams = value[FixedLength..];
    }

    /// <summary>Numbers requests, each one more than the one before.</summary>
    internal uint Number { get; }

    /// <summary>The last chunk sent before; the reset takes effect behind it.</summary>
    internal Tsn LastSent { get; }

    /// <summary>0 stands for all streams.</summary>
    internal int Streams => _streams.Length / 2;

    internal ushort Stream(int index) => BinaryPrimitives.ReadUInt16BigEndian(_streams[(index * 2)..]);

    internal static bool TryParse(ReadOnlySpan<byte> value, out OutgoingResetRequest request)
    {
        if (value.Length < FixedLength)
        {
            request = default;
            return false;
        }
        request = new OutgoingResetRequest(value);
        return true;
    }

    /// <summary>Adds a RE-CONFIG chunk with this request alone.</summary>
    internal static void Write(ref PacketWriter packet, uint number, uint answered, Tsn lastSent, scoped ReadOnlySpan<ushort> streams)
    {
        var length = ParameterReader.HeaderLength + FixedLength + streams.Length * 2;
        var value = packet.Add(ChunkType.Reconfig, 0, length);
        BinaryPrimitives.WriteUInt16BigEndian(value, Type);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)length);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], number);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], answered);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], lastSent.Value);
        value = value[16..];
        foreach (var stream in streams)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, stream);
            value = value[2..];
        }
    }
}

/// <summary>The answer to a request (RFC 6525 §4.4).</summary>
internal readonly record struct ResetResponse(uint Number, ResetResult Result)
{
    internal const ushort Type = 16;
    private const int Length = 8;

    internal static bool TryParse(ReadOnlySpan<byte> value, out ResetResponse response)
    {
        response = default;
        if (value.Length < Length)
        {
            return false;
        }
        response = new ResetResponse(
            BinaryPrimitives.ReadUInt32BigEndian(value),
            (ResetResult)BinaryPrimitives.ReadUInt32BigEndian(value[4..])
        );
        return true;
    }

    /// <summary>A whole RE-CONFIG chunk.</summary>
    internal byte[] Make()
    {
        var chunk = new byte[Chunk.HeaderLength + ParameterReader.HeaderLength + Length];
        chunk[0] = (byte)ChunkType.Reconfig;
        BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan(2), (ushort)chunk.Length);
        BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan(4), Type);
        BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan(6), ParameterReader.HeaderLength + Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8), Number);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(12), (uint)Result);
        return chunk;
    }
}
