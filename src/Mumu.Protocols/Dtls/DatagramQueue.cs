// A bounded queue of byte strings in pooled memory, which holds nothing while it is empty.
using System.Buffers;

namespace Mumu.Protocols.Dtls;

/// <summary>Whole datagrams or messages, first in, first out; what does not fit is lost, as on a network.</summary>
internal sealed class DatagramQueue(int capacity)
{
    private readonly Queue<(byte[] Buffer, int Length)> _queue = new();

    /// <summary>How many were lost because nobody fetched them.</summary>
    public long Lost { get; private set; }

    /// <summary>How many wait.</summary>
    public int Count => _queue.Count;

    /// <summary>Copies of those that wait, but for the first few.</summary>
    public byte[][] CopyFrom(int first) => [.. _queue.Skip(first).Select(entry => entry.Buffer[..entry.Length])];

    /// <summary>Appends a copy.</summary>
    public void Enqueue(ReadOnlySpan<byte> bytes)
    {
        if (_queue.Count == capacity)
        {
            Lost++;
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(buffer);
        _queue.Enqueue((buffer, bytes.Length));
    }

    /// <summary>Moves the first into a buffer that must have room for it.</summary>
    public bool TryDequeue(Span<byte> destination, out int length)
    {
        if (!_queue.TryPeek(out var first))
        {
            length = 0;
            return false;
        }
        first.Buffer.AsSpan(0, first.Length).CopyTo(destination);
        _queue.Dequeue();
        ArrayPool<byte>.Shared.Return(first.Buffer);
        length = first.Length;
        return true;
    }

    /// <summary>Gives all memory back.</summary>
    public void Clear()
    {
        while (_queue.TryDequeue(out var entry))
            ArrayPool<byte>.Shared.Return(entry.Buffer);
    }
}
