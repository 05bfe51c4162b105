// Takes DATA, hands out messages, owes acknowledgements.
using System.Buffers;
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp.Receiving;

/// <summary>The receiving half of an association (RFC 9260 §6.2, §6.5, §6.6; RFC 3758 §3.6).</summary>
/// <param name="options">Limits and times.</param>
/// <param name="first">Number of the peer's first chunk.</param>
/// <param name="inbox">Where messages go.</param>
internal sealed class DataReceiver(SctpOptions options, Tsn first, Inbox inbox)
{
    private const int PacketsASack = 2;

    private readonly ReceivedTsns _received = new(first);
    private readonly Reassembly _reassembly = new(options.MaxMessageBytes);
    private readonly IncomingStreams _streams = new();
    private int _packets; // with data, since the last SACK
    private bool _isUrgent;
    private int _announced = options.WindowBytes;

    /// <summary>A SACK must go out now.</summary>
    internal bool IsSackDue { get; private set; }

    /// <summary>Data came that no SACK has told of yet.</summary>
    internal bool HasNews => IsSackDue || Deadline is not null;

    /// <summary>When <see cref="Tick"/> must be called.</summary>
    internal TimeSpan? Deadline { get; private set; }

    internal Tsn Cumulative => _received.Cumulative;

    private int Used => inbox.Bytes + _reassembly.Bytes + _streams.Bytes + (_reassembly.Runs + _streams.Early) * Inbox.Overhead;

    private int Window => Math.Max(0, options.WindowBytes - Used);

    /// <summary>Takes a chunk; false if the peer breaks the rules so that the association must end.</summary>
    internal bool Receive(in DataChunk chunk)
    {
        _isUrgent |= chunk.WantsSackAtOnce || _received.HasGaps;
        if (!_received.IsNew(chunk.Tsn) || !HasRoomFor(chunk))
        {
            _isUrgent = true;
            return true;
        }
        _received.Add(chunk.Tsn);
        _isUrgent |= _received.HasGaps;
        if (chunk.Stream >= options.Streams)
        {
            return true; // acknowledged, but of no use (RFC 9260 §6.5)
        }
        if (chunk is { IsFirst: true, IsLast: true })
        {
            var buffer = ArrayPool<byte>.Shared.Rent(chunk.Data.Length);
            chunk.Data.CopyTo(buffer);
            var length = chunk.Data.Length;
            Deliver(new SctpEvent(SctpEventKind.Message, chunk.Stream, chunk.Protocol, buffer, length), chunk.IsUnordered, chunk.Sequence);
            return true;
        }
        if (!_reassembly.TryAdd(chunk, out var whole))
        {
            return false;
        }
        if (whole is not null)
        {
            Deliver(
                new SctpEvent(SctpEventKind.Message, whole.Stream, whole.Protocol, whole.Buffer, whole.Length),
                whole.IsUnordered,
                whole.Sequence
            );
        }
        return true;
    }

    internal void Forward(in ForwardTsnChunk chunk)
    {
        _isUrgent = true;
        if (!chunk.Cumulative.IsAfter(_received.Cumulative))
        {
            return;
        }
        _received.Forward(chunk.Cumulative);
        _reassembly.Forward(chunk.Cumulative);
        for (var i = 0; i < chunk.Streams; i++)
        {
            var (stream, sequence) = chunk.Skipped(i);
            if (stream < options.Streams)
            {
                _streams.Skip(stream, sequence, inbox);
            }
        }
    }

    /// <summary>A packet with data or FORWARD TSN was gone through.</summary>
    internal void EndPacket(TimeSpan now)
    {
        _packets++;
        if (_isUrgent || _packets >= PacketsASack)
        {
            IsSackDue = true;
        }
        else
        {
            Deadline ??= now + options.SackDelay;
        }
        _isUrgent = false;
    }

    internal void Tick(TimeSpan now) => IsSackDue |= Deadline <= now;

    /// <summary>A message was read: its room is free, and the peer learns that when it matters.</summary>
    internal void Freed() => IsSackDue |= _announced < options.WindowBytes / 2 && Window - _announced >= options.WindowBytes / 4;

    /// <summary>The peer has reset streams of its; none stands for all.</summary>
    internal void Reset(in OutgoingResetRequest request)
    {
        if (request.Streams == 0)
        {
            _streams.Clear();
        }
        for (var i = 0; i < request.Streams; i++)
        {
            _streams.Reset(request.Stream(i));
        }
    }

    internal void WriteSack(ref PacketWriter packet)
    {
        _announced = Window;
        SackChunk.Write(ref packet, _received.Cumulative, (uint)_announced, _received.Blocks, _received.Duplicates);
        _received.ForgetDuplicates();
        _packets = 0;
        IsSackDue = false;
        Deadline = null;
    }

    /// <summary>Gives all memory back, but for messages that wait to be read.</summary>
    internal void Clear()
    {
        _reassembly.Clear();
        _streams.Clear();
        IsSackDue = false;
        Deadline = null;
    }

    /// <summary>
    /// The announced window leaves a reserve of the same size: for chunks that were under way when it closed, and for the missing piece on which everything else waits.
    /// </summary>
    private bool HasRoomFor(in DataChunk chunk) =>
        Used + chunk.Data.Length <= options.WindowBytes
        || (Used <= 2 * options.WindowBytes && (_received.HasGaps ? _received.Highest.IsAfter(chunk.Tsn) : _announced > 0));

    private void Deliver(in SctpEvent message, bool isUnordered, ushort sequence)
    {
        if (isUnordered)
        {
            inbox.Add(message);
        }
        else if (!_streams.TryAdd(message.Stream, sequence, message, inbox))
        {
            ArrayPool<byte>.Shared.Return(message.Buffer!);
        }
    }
}
