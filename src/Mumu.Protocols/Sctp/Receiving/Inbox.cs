// Events that wait to be read, messages among them.
using System.Buffers;

namespace Mumu.Protocols.Sctp.Receiving;

/// <summary>A queue that knows how much memory its messages hold, and frees each when the next one is read.</summary>
internal sealed class Inbox
{
    /// <summary>Bookkeeping of a message, as counted against the window.</summary>
    internal const int Overhead = 64;

    private readonly Queue<SctpEvent> _events = new(2);
    private byte[]? _lent;

    /// <summary>Bytes of the messages that wait, with their bookkeeping.</summary>
    internal int Bytes { get; private set; }

    internal void Add(in SctpEvent e)
    {
        _events.Enqueue(e);
        Bytes += CostOf(e);
    }

    /// <summary>Takes the next event; its buffer is valid until the next call.</summary>
    internal bool TryTake(out SctpEvent e)
    {
        GiveBack();
        if (!_events.TryDequeue(out e))
        {
            return false;
        }
        Bytes -= CostOf(e);
        _lent = e.Buffer;
        return true;
    }

    /// <summary>Gives all memory back.</summary>
    internal void Clear()
    {
        while (TryTake(out _))
        {
            // Taking frees.
        }
    }

    private static int CostOf(in SctpEvent e) => e.Buffer is null ? 0 : e.Length + Overhead;

    private void GiveBack()
    {
        if (_lent is not null)
        {
            ArrayPool<byte>.Shared.Return(_lent);
            _lent = null;
        }
    }
}
