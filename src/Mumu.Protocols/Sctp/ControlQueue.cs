// Small chunks that wait for the next packet.
namespace Mumu.Protocols.Sctp;

/// <summary>Answers and questions beside data, first in, first out; a peer that asks more than fits gets no answer.</summary>
internal sealed class ControlQueue
{
    private const int Limit = 16;
    private readonly Queue<Entry> _entries = new(1);

    internal bool IsEmpty => _entries.Count == 0;

    /// <summary>Adds a whole chunk. One with a tag of its own travels alone (INIT, and answers to it).</summary>
    internal void Add(byte[] chunk, uint? tag = null)
    {
        if (_entries.Count < Limit)
        {
            _entries.Enqueue(new Entry(chunk, tag));
        }
    }

    internal bool TryPeek(out Entry entry) => _entries.TryPeek(out entry);

    internal void Remove() => _entries.Dequeue();

    internal void Clear() => _entries.Clear();

    /// <summary>A chunk and, if it travels alone, the packet's tag.</summary>
    internal readonly record struct Entry(byte[] Chunk, uint? Tag);
}
