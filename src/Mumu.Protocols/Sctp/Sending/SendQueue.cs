// Messages that wait to be sent: streams take turns, a message at a time.
using System.Diagnostics.CodeAnalysis;

namespace Mumu.Protocols.Sctp.Sending;

/// <summary>Round robin over the streams. The pieces of one message follow each other without a break, as plain DATA chunks demand.</summary>
internal sealed class SendQueue
{
    private readonly Dictionary<ushort, OutgoingStream> _streams = [];
    private readonly Queue<OutgoingStream> _turns = new(1);
    private readonly Queue<ushort> _resettable = new(1);
    private OutgoingMessage? _current;

    /// <summary>Bytes of all messages not yet released.</summary>
    internal long Bytes { get; private set; }

    internal bool IsEmpty => _current is null && _turns.Count == 0;

    /// <summary>True while any message is kept, sent or not.</summary>
    internal bool HasMessages => Bytes > 0;

    internal int UnsentOf(ushort stream) => _streams.TryGetValue(stream, out var found) ? found.Unsent : 0;

    internal void Add(ushort id, uint protocol, ReadOnlySpan<byte> data, in Delivery delivery, TimeSpan now)
    {
        if (!_streams.TryGetValue(id, out var stream))
        {
            _streams.Add(id, stream = new OutgoingStream(id));
        }
        stream.Waiting.Enqueue(new OutgoingMessage(stream, protocol, data, delivery, now));
        stream.Unsent += data.Length;
        stream.Kept++;
        Bytes += data.Length;
        if (!stream.IsInTurn)
        {
            stream.IsInTurn = true;
            _turns.Enqueue(stream);
        }
    }

    /// <summary>The message whose next piece is to be sent; those that have expired unsent are dropped.</summary>
    internal bool TryPeek(TimeSpan now, [NotNullWhen(true)] out OutgoingMessage? message)
    {
        while (_current is null && _turns.TryDequeue(out var stream))
        {
            while (stream.Waiting.TryDequeue(out var next))
            {
                if (next.IsExpired(now))
                {
                    Drop(next);
                    continue;
                }
                next.Sequence = next.IsUnordered ? (ushort)0 : stream.NextSequence++;
                _current = next;
                break;
            }
            if (stream.Waiting.Count > 0)
            {
                _turns.Enqueue(stream);
            }
            else
            {
                stream.IsInTurn = false;
            }
        }
        message = _current;
        return message is not null;
    }

    /// <summary>A piece of the message last looked at was cut off.</summary>
    internal void Take(OutgoingMessage message, int length)
    {
        message.Taken += length;
        message.Stream.Unsent -= length;
        if (message.IsTakenWhole)
        {
            _current = null;
        }
    }

    /// <summary>Gives up a message; true if a part of it was never sent.</summary>
    internal bool Abandon(OutgoingMessage message)
    {
        var isPartial = message.Taken < message.Length;
        message.Stream.Unsent -= message.Length - message.Taken;
        message.IsAbandoned = true;
        if (_current == message)
        {
            _current = null;
        }
        return isPartial;
    }

    /// <summary>The last chunk of a message is settled.</summary>
    internal void Release(OutgoingMessage message)
    {
        Bytes -= message.Length;
        message.Stream.Kept--;
        message.Release();
        CheckReset(message.Stream);
    }

    /// <summary>Closes our direction: what waits is still sent, then the stream is ready to be reset.</summary>
    internal void Close(ushort id)
    {
        if (!_streams.TryGetValue(id, out var stream))
        {
            _streams.Add(id, stream = new OutgoingStream(id));
        }
        if (!stream.IsClosing)
        {
            stream.IsClosing = true;
            CheckReset(stream);
        }
    }

    /// <summary>Drops what waits in a stream, but a message that is partly sent.</summary>
    internal void DropWaiting(ushort id)
    {
        if (_streams.TryGetValue(id, out var stream))
        {
            while (stream.Waiting.TryDequeue(out var message))
            {
                Drop(message);
            }
        }
    }

    /// <summary>A stream that was closed and has nothing under way.</summary>
    internal bool TryTakeResettable(out ushort id) => _resettable.TryDequeue(out id);

    internal bool HasResettable => _resettable.Count > 0;

    /// <summary>The peer has taken note of a reset: the stream may begin anew.</summary>
    internal void Forget(ushort id) => _streams.Remove(id);

    /// <summary>Gives all memory back.</summary>
    internal void Clear()
    {
        foreach (var stream in _streams.Values)
        {
            DropWaiting(stream.Id);
        }
        _turns.Clear();
        _resettable.Clear();
        if (_current is { Outstanding: 0, IsAbandoned: false } rest)
        {
            Release(rest);
        }
        _current = null;
    }

    private void Drop(OutgoingMessage message)
    {
        message.Stream.Unsent -= message.Length;
        Release(message);
    }

    private void CheckReset(OutgoingStream stream)
    {
        if (stream is { IsClosing: true, Kept: 0 })
        {
            _resettable.Enqueue(stream.Id);
        }
    }
}
