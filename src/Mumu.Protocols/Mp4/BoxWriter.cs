// Writes MP4 boxes into one growing buffer; sizes are filled in when a box is closed.
using System.Buffers.Binary;

namespace Mumu.Protocols.Mp4;

/// <summary>A writer of nested boxes (ISO 14496-12 §4.2). Its buffer is kept, so that a writer used again allocates nothing.</summary>
internal sealed class BoxWriter
{
    private readonly Stack<int> _open = new(12);
    private byte[] _bytes = new byte[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Reset()
    {
        Length = 0;
        _open.Clear();
    }

    /// <summary>Opens a box of a type of four characters.</summary>
    public void Open(ReadOnlySpan<byte> type)
    {
        _open.Push(Length);
        U32(0);
        Bytes(type);
    }

    /// <summary>Opens a box with version and flags.</summary>
    public void Open(ReadOnlySpan<byte> type, byte version, uint flags)
    {
        Open(type);
        U32((uint)version << 24 | flags);
    }

    public void Close()
    {
        var at = _open.Pop();
        PatchU32(at, (uint)(Length - at));
    }

    public void PatchU32(int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(at), value);

    public void U8(int value) => Take(1)[0] = (byte)value;

    public void U16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), (ushort)value);

    public void U32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    public void U64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    public void Zeros(int count) => Take(count).Clear();

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }
}
