// Brings messages of ordered streams into order.
using System.Buffers;

namespace Mumu.Protocols.Sctp.Receiving;

/// <summary>Per stream the number of the next message, and messages that came too early.</summary>
internal sealed class IncomingStreams
{
    private readonly Dictionary<ushort, Stream> _streams = [];

    /// <summary>Bytes of messages that came too early.</summary>
    internal int Bytes { get; private set; }

    /// <summary>How many such messages there are.</summary>
    internal int Early { get; private set; }

    /// <summary>Takes a whole ordered message; hands out what is in order now. False for a number that was there before.</summary>
    internal bool TryAdd(ushort id, ushort sequence, in SctpEvent message, Inbox output)
    {
        var stream = Of(id);
        if (sequence == stream.Next)
        {
            stream.Next++;
            output.Add(message);
            HandOut(stream, output);
            return true;
        }
        if (!IsAfter(sequence, stream.Next) || !(stream.Early ??= []).TryAdd(sequence, message))
        {
            return false;
        }
        Bytes += message.Length;
        Early++;
        return true;
    }

    /// <summary>Messages up to a number were given up, but for those that have come.</summary>
    internal void Skip(ushort id, ushort sequence, Inbox output)
    {
        var stream = Of(id);
        while (!IsAfter(stream.Next, sequence))
        {
            if (stream.Early is not { Count: > 0 })
            {
                stream.Next = (ushort)(sequence + 1);
                break;
            }
            TakeEarly(stream, output);
            stream.Next++;
        }
        HandOut(stream, output);
    }

    /// <summary>The peer begins a stream anew.</summary>
    internal void Reset(ushort id)
    {
        if (_streams.Remove(id, out var stream))
        {
            Drop(stream);
        }
    }

    /// <summary>The peer begins all streams anew, or it is over.</summary>
    internal void Clear()
    {
        foreach (var stream in _streams.Values)
        {
            Drop(stream);
        }
        _streams.Clear();
    }

    private void HandOut(Stream stream, Inbox output)
    {
        while (stream.Early is { Count: > 0 } && TakeEarly(stream, output))
        {
            stream.Next++;
        }
    }

    private bool TakeEarly(Stream stream, Inbox output)
    {
        if (!stream.Early!.Remove(stream.Next, out var message))
        {
            return false;
        }
        Bytes -= message.Length;
        Early--;
        output.Add(message);
        return true;
    }

    private void Drop(Stream stream)
    {
        if (stream.Early is null)
        {
            return;
        }
        foreach (var message in stream.Early.Values)
        {
            Bytes -= message.Length;
            Early--;
            ArrayPool<byte>.Shared.Return(message.Buffer!);
        }
        stream.Early = null;
    }

    private Stream Of(ushort id)
    {
        if (!_streams.TryGetValue(id, out var stream))
        {
            _streams.Add(id, stream = new Stream());
        }
        return stream;
    }

    private static bool IsAfter(ushort a, ushort b) => unchecked((short)(a - b)) > 0;

    private sealed class Stream
    {
        internal ushort Next;
        internal Dictionary<ushort, SctpEvent>? Early;
    }
}
