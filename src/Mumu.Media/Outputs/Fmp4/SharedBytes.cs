// Bytes that many responses send at the same time, in pooled pieces.
using System.Buffers;

namespace Mumu.Media.Outputs.Fmp4;

/// <summary>A fragment's bytes with counted references: the muxer holds one, and each response takes one while it sends.</summary>
/// <remarks>Pieces of one small size waste less than a rented array of the next power of two, and none of them is a large object.</remarks>
public sealed class SharedBytes
{
    private const int PieceSize = 16 * 1024;
    private readonly byte[][] _pieces;
    private int _written;
    private int _references = 1;

    /// <summary>Rents room for that many bytes, with one reference.</summary>
    public SharedBytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        Length = length;
        _pieces = new byte[(length + PieceSize - 1) / PieceSize][];
        for (var i = 0; i < _pieces.Length; i++)
        {
            _pieces[i] = ArrayPool<byte>.Shared.Rent(Math.Min(PieceSize, length - i * PieceSize));
        }
    }

    /// <summary>All bytes.</summary>
    public int Length { get; }

    /// <summary>How many pieces there are.</summary>
    public int Count => _pieces.Length;

    /// <summary>A piece; for who holds a reference.</summary>
    public ReadOnlyMemory<byte> Piece(int index) => _pieces[index].AsMemory(0, Math.Min(PieceSize, Length - index * PieceSize));

    /// <summary>Adds bytes behind those written before; for the maker, before others see it.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var room = _pieces[_written / PieceSize].AsSpan(0, Math.Min(PieceSize, Length - _written / PieceSize * PieceSize));
            room = room[(_written % PieceSize)..];
            var count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            bytes = bytes[count..];
            _written += count;
        }
    }

    /// <summary>Takes a reference; false if the bytes are already given back.</summary>
    public bool TryAddReference()
    {
        var held = Volatile.Read(ref _references);
        while (held > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references, held + 1, held);
            if (seen == held)
            {
                return true;
            }
            held = seen;
        }
        return false;
    }

    /// <summary>Gives a reference back; the last one returns the bytes to the pool.</summary>
    /// <exception cref="InvalidOperationException">Released once too often.</exception>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left < 0)
        {
            throw new InvalidOperationException("Shared bytes were released more often than they were referenced.");
        }
        for (var i = 0; left == 0 && i < _pieces.Length; i++)
        {
            ArrayPool<byte>.Shared.Return(_pieces[i]);
            _pieces[i] = [];
        }
    }
}
