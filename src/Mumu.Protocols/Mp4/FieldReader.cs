// Reads the fixed fields of a box.
using System.Buffers.Binary;

namespace Mumu.Protocols.Mp4;

/// <summary>Reading past the end gives zeros and sets <see cref="IsOverrun"/>, so a parser reads all it wants and asks once.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public bool IsOverrun { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte U8() => Take(1) is [var value] ? value : (byte)0;

    public ushort U16() => Take(2) is { Length: 2 } b ? BinaryPrimitives.ReadUInt16BigEndian(b) : (ushort)0;

    public uint U32() => Take(4) is { Length: 4 } b ? BinaryPrimitives.ReadUInt32BigEndian(b) : 0;

    public ulong U64() => Take(8) is { Length: 8 } b ? BinaryPrimitives.ReadUInt64BigEndian(b) : 0;

    public void Skip(int count) => Take(count);

    /// <summary>Gives that many bytes; none where there are fewer.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            IsOverrun = true;
            _rest = default;
            return default;
        }
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
