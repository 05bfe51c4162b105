// A STUN transaction's 96 bits as a value, the first 32 of which may be a tag that leads an answer home.
using System.Buffers.Binary;

namespace Mumu.Protocols.Stun;

/// <summary>
/// A transaction id (RFC 8489 §5). Its first 32 bits may be chosen by the owner of a shared socket as a tag, so that an answer, which bears no
/// user name, is led to its session without a table; the other 64 are random.
/// </summary>
/// <param name="Tag">The first 32 bits.</param>
/// <param name="Value">The last 64 bits.</param>
public readonly record struct StunTransactionId(uint Tag, ulong Value)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 12;

    /// <summary>Makes a random id, under a tag where one is given.</summary>
    public static StunTransactionId Create(Random random, uint? tag = null)
    {
        Span<byte> bytes = stackalloc byte[Length];
        random.NextBytes(bytes);
        var id = Read(bytes);
        return tag is { } value ? id with { Tag = value } : id;
    }

    /// <summary>Reads the tag of any STUN message; false if the datagram is no STUN.</summary>
    public static bool TryReadTag(ReadOnlySpan<byte> datagram, out uint tag)
    {
        var isStun = StunMessage.IsStun(datagram);
        tag = isStun ? BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]) : 0;
        return isStun;
    }

    /// <summary>Reads the twelve bytes.</summary>
    public static StunTransactionId Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[4..]));

    /// <summary>Writes the twelve bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Tag);
        BinaryPrimitives.WriteUInt64BigEndian(destination[4..], Value);
    }
}
