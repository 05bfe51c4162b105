// The chunks under way, in the order of their numbers.
using System.Buffers;
using System.Runtime.CompilerServices;
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp.Sending;

internal enum SentState : byte
{
    InFlight,

    /// <summary>Acknowledged by a gap block, which the peer may still take back.</summary>
    Acknowledged,

    /// <summary>To be sent again.</summary>
    Lost,

    /// <summary>Given up, see RFC 3758.</summary>
    Abandoned,
}

/// <summary>One chunk: a piece of a message, and what became of it.</summary>
internal struct SentChunk
{
    internal OutgoingMessage Message;
    internal TimeSpan SentAt;
    internal int Offset;
    internal ushort Length;
    internal ushort Transmissions;
    internal SentState State;
    internal byte Misses;
    internal bool WasRepairedFast;
}

/// <summary>A ring of the chunks beyond the cumulative acknowledgement. It holds memory only while it has chunks.</summary>
internal sealed class SentChunks(Tsn first, SendQueue queue)
{
    /// <summary>The most chunks at a time; reaches 4 MB of full packets.</summary>
    internal const int Limit = 4096;
    private const int Least = 16;
    private static readonly ArrayPool<SentChunk> s_pool = ArrayPool<SentChunk>.Shared;

    private SentChunk[] _ring = [];
    private int _head;
    private int _mask;

    /// <summary>All chunks up to this are acknowledged.</summary>
    internal Tsn Acknowledged { get; private set; } = first.Previous;

    internal int Count { get; private set; }

    /// <summary>The last number given out.</summary>
    internal Tsn Highest => Acknowledged + Count;

    /// <summary>Data bytes in flight.</summary>
    internal int Flight { get; private set; }

    /// <summary>Chunks to be sent again.</summary>
    internal int Lost { get; private set; }

    /// <summary>Chunks acknowledged by gap blocks.</summary>
    internal int AcknowledgedAhead { get; private set; }

    /// <summary>Chunks of messages that may be given up, and those given up already.</summary>
    internal int Limited { get; private set; }

    internal bool IsFull => Count == Limit;

    /// <summary>The chunk at a distance from the oldest.</summary>
    internal ref SentChunk this[int index] => ref _ring[(_head + index) & _mask];

    /// <summary>Adds the next chunk and returns its number.</summary>
    internal Tsn Add(OutgoingMessage message, int offset, int length, SentState state, TimeSpan now)
    {
        if (Count == _ring.Length || Count > _mask)
        {
            Grow();
        }
        ref var chunk = ref this[Count++];
        chunk = new SentChunk
        {
            Message = message,
            Offset = offset,
            Length = (ushort)length,
            SentAt = now,
            State = state,
            Transmissions = 1,
        };
        Flight += state == SentState.InFlight ? length : 0;
        Limited += message.IsLimited ? 1 : 0;
        message.Outstanding++;
        return Highest;
    }

    /// <summary>Changes a chunk's state, and with it the sums.</summary>
    internal void Mark(ref SentChunk chunk, SentState state)
    {
        Tally(chunk.State, -1, chunk.Length);
        Tally(state, 1, chunk.Length);
        chunk.State = state;
    }

    /// <summary>Lets go of the oldest chunk; returns its length if that is news, else 0.</summary>
    internal int Pop()
    {
        ref var chunk = ref this[0];
        var news = chunk.State is SentState.InFlight or SentState.Lost ? chunk.Length : 0;
        Tally(chunk.State, -1, chunk.Length);
        var message = chunk.Message;
        Limited -= message.IsLimited ? 1 : 0;
        chunk = default;
        _head = (_head + 1) & _mask;
        Count--;
        Acknowledged = Acknowledged.Next;
        if (--message.Outstanding == 0 && message.IsTakenWhole)
        {
            queue.Release(message);
        }
        if (Count == 0)
        {
            s_pool.Return(_ring);
            (_ring, _head, _mask) = ([], 0, 0);
        }
        return news;
    }

    /// <summary>Gives up the message of a chunk: all its chunks count as settled.</summary>
    internal void Abandon(int index, TimeSpan now)
    {
        var message = this[index].Message;
        // Its chunks stand side by side.
        while (index > 0 && this[index - 1].Message == message)
        {
            index--;
        }
        for (; index < Count && this[index].Message == message; index++)
        {
            Mark(ref this[index], SentState.Abandoned);
        }
        if (queue.Abandon(message))
        {
            // A number for the part that was never sent: without one, a peer that has acknowledged the rest could not be told.
            Add(message, message.Taken, 0, SentState.Abandoned, now);
        }
    }

    /// <summary>Gives all memory back.</summary>
    internal void Clear()
    {
        while (Count > 0)
        {
            this[0].Message.IsAbandoned = true;
            Pop();
        }
    }

    private void Tally(SentState state, int sign, int length)
    {
        switch (state)
        {
            case SentState.InFlight:
                Flight += sign * length;
                break;
            case SentState.Lost:
                Lost += sign;
                break;
            case SentState.Acknowledged:
                AcknowledgedAhead += sign;
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        var capacity = Math.Max(Least, (_mask + 1) * 2);
        var ring = s_pool.Rent(capacity);
        for (var i = 0; i < Count; i++)
        {
            ring[i] = this[i];
        }
        if (_ring.Length > 0)
        {
            s_pool.Return(_ring, clearArray: true);
        }
        (_ring, _head, _mask) = (ring, 0, capacity - 1);
    }
}
