// Datagrams on their way out, side by side in one block of memory that is used over and over.
namespace Mumu.Protocols.Turn;

/// <summary>A bounded queue of datagrams without allocation. What does not fit is lost, as datagrams may be.</summary>
internal sealed class TurnOutbox(TurnCounters counters)
{
    private const int Bytes = 256 * 1024;
    private const int Capacity = 256;

    // Pinned: drivers hand the datagrams to the kernel where they lie.
    private readonly byte[] _arena = GC.AllocateUninitializedArray<byte>(Bytes, pinned: true);
    private readonly (int At, int Length, TurnRoute Route)[] _entries = new (int, int, TurnRoute)[Capacity];
    private int _next;
    private int _count;
    private int _used;

    /// <summary>True from half full on.</summary>
    public bool IsFilling => _count >= Capacity / 2 || _used >= Bytes / 2;

    /// <summary>Room for one datagram; empty (and counted) if there is none.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_next == _count)
        {
            _next = _count = _used = 0;
        }
        if (_count < Capacity && _used + length <= Bytes)
        {
            return _arena.AsSpan(_used, length);
        }
        counters.Dropped++;
        return default;
    }

    /// <summary>Adds what was written into the room reserved last.</summary>
    public void Commit(int length, in TurnRoute route)
    {
        _entries[_count++] = (_used, length, route);
        _used += length;
    }

    /// <summary>Takes the oldest; its bytes stay until the server is called again.</summary>
    public bool TryTake(out ReadOnlySpan<byte> datagram, out TurnRoute route)
    {
        if (_next == _count)
        {
            datagram = default;
            route = default;
            return false;
        }
        var entry = _entries[_next++];
        datagram = _arena.AsSpan(entry.At, entry.Length);
        route = entry.Route;
        return true;
    }
}
