// Walks MP4 boxes without trusting their sizes.
using System.Buffers.Binary;

namespace Mumu.Protocols.Mp4;

/// <summary>A box seen in somebody's buffer.</summary>
/// <param name="type">Four bytes.</param>
/// <param name="payload">What stands behind size and type.</param>
public readonly ref struct Box(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload)
{
    /// <summary>Four bytes.</summary>
    public ReadOnlySpan<byte> Type { get; } = type;

    /// <summary>What stands behind size and type.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>True if it is of that type.</summary>
    public bool Is(ReadOnlySpan<byte> type) => Type.SequenceEqual(type);
}

/// <summary>Walks the boxes of a buffer, one level (ISO 14496-12 §4.2).</summary>
/// <param name="bytes">Whole boxes one behind another.</param>
public ref struct BoxReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Where the next box begins.</summary>
    public int Position { get; private set; }

    /// <summary>True once a size was met that does not fit the bytes.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Gives the next box; false at the end or where the bytes make no sense.</summary>
    public bool TryRead(out Box box)
    {
        box = default;
        var rest = _bytes[Position..];
        if (rest.IsEmpty)
        {
            return false;
        }
        if (rest.Length < 8)
        {
            IsMalformed = true;
            return false;
        }
        ulong size = BinaryPrimitives.ReadUInt32BigEndian(rest);
        var head = 8;
        if (size == 1 && rest.Length >= 16)
        {
            (size, head) = (BinaryPrimitives.ReadUInt64BigEndian(rest[8..]), 16);
        }
        else if (size == 0)
        {
            size = (ulong)rest.Length; // up to the end
        }
        if (size < (ulong)head || size > (ulong)rest.Length)
        {
            IsMalformed = true;
            return false;
        }
        box = new Box(rest.Slice(4, 4), rest[head..(int)size]);
        Position += (int)size;
        return true;
    }

    /// <summary>Finds the first box of a type among the boxes of a buffer.</summary>
    public static bool TryFind(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> type, out ReadOnlySpan<byte> payload)
    {
        var reader = new BoxReader(bytes);
        while (reader.TryRead(out var box))
        {
            if (box.Is(type))
            {
                payload = box.Payload;
                return true;
            }
        }
        payload = default;
        return false;
    }
}
