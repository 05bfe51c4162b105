// Sends messages: what goes first, how much may be under way, when to send again.
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp.Sending;

/// <summary>The sending half of an association (RFC 9260 §6.1, §6.3, §7).</summary>
internal sealed class DataSender
{
    private const int MaxBurst = 64; // packets between two signs of life from the peer

    private readonly SentChunks _sent;
    private readonly Forwarding _forwarding;
    private readonly CongestionWindow _window;
    private readonly int _largest;
    private bool _canForward;
    private long _peerRoom;
    private int _burst;
    private bool _isProbing; // a chunk went out against a closed window
    private TimeSpan? _timeoutAt;
    private TimeSpan _lastSentAt;

    internal DataSender(SctpOptions options, Tsn first)
    {
        _sent = new SentChunks(first, Queue);
        _forwarding = new Forwarding(_sent);
        _largest = (options.MaxPacket - SctpPacket.HeaderLength - DataChunk.Overhead) & ~3;
        _window = new CongestionWindow(_largest);
        RoundTrip = new RoundTripTimer(options);
    }

    internal SendQueue Queue { get; } = new();

    internal RoundTripTimer RoundTrip { get; }

    /// <summary>Timeouts since the peer was last heard.</summary>
    internal int Timeouts { get; private set; }

    /// <summary>Chunks sent more than once.</summary>
    internal long Retransmissions { get; private set; }

    /// <summary>When <see cref="Tick"/> must be called.</summary>
    internal TimeSpan? Deadline => _timeoutAt;

    internal Tsn Highest => _sent.Highest;

    /// <summary>Nothing waits and nothing is under way.</summary>
    internal bool IsIdle => Queue.IsEmpty && _sent.Count == 0;

    /// <summary>The peer is known now.</summary>
    internal void Begin(uint peerWindow, bool canForward)
    {
        _peerRoom = peerWindow;
        _canForward = canForward;
        _burst = MaxBurst;
    }

    internal void Receive(in SackChunk sack, TimeSpan now)
    {
        if (!Acknowledgement.IsPlausible(_sent, sack))
        {
            return;
        }
        var wasFull = _sent.Flight + _largest >= _window.Size;
        var result = Acknowledgement.Apply(_sent, sack, _window.IsRecovering, now);
        Timeouts = 0; // it lives, even if it has no room
        _burst = MaxBurst;
        _peerRoom = sack.Window - (long)_sent.Flight;
        if (result.RoundTrip is { } roundTrip)
        {
            RoundTrip.Measure(roundTrip);
        }
        if (result.HasAdvanced)
        {
            RoundTrip.Recover();
            _window.Acknowledge(result.Bytes, wasFull, _sent.Acknowledged);
        }
        if (result.HasLoss)
        {
            _window.Lose(_sent.Highest);
        }
        if (_isProbing && (result.HasAdvanced || sack.Window >= _largest))
        {
            _isProbing = false;
            if (!result.HasAdvanced)
            {
                Repeat(); // the peer had to throw the probe away, and has room now
            }
        }
        GiveUpSpent(now);
        if (result.HasAdvanced || result.Bytes > 0 || _forwarding.IsNeeded)
        {
            _forwarding.Update();
        }
        if (_sent.Count == 0)
        {
            _timeoutAt = null;
        }
        else if (result.HasAdvanced || _timeoutAt is null)
        {
            _timeoutAt = now + RoundTrip.Timeout;
        }
    }

    /// <summary>Sends again what was not acknowledged in time.</summary>
    internal void Tick(TimeSpan now)
    {
        if (_timeoutAt is null || now < _timeoutAt)
        {
            return;
        }
        Timeouts++;
        RoundTrip.BackOff();
        _window.TimeOut();
        Repeat();
        GiveUpSpent(now);
        _forwarding.Update();
        _burst = MaxBurst;
        _timeoutAt = _sent.Count > 0 ? now + RoundTrip.Timeout : null;
    }

    /// <summary>Says whether there may be something to add to a packet.</summary>
    internal bool HasSomething(TimeSpan now) =>
        _forwarding.IsDue || (_burst > 0 && MaySend && (_sent.Lost > 0 || (MaySendNew && Queue.TryPeek(now, out _))));

    /// <summary>Adds what may be sent now to a packet.</summary>
    internal void Write(ref PacketWriter packet, TimeSpan now)
    {
        if (_forwarding.IsDue)
        {
            _forwarding.Write(ref packet);
        }
        if (_burst <= 0)
        {
            return;
        }
        var before = packet.Room;
        if (_sent.Lost > 0)
        {
            WriteLost(ref packet, now);
        }
        if (_sent.Lost == 0)
        {
            WriteNew(ref packet, now);
        }
        if (packet.Room != before)
        {
            _burst--;
            _lastSentAt = now;
            _timeoutAt ??= now + RoundTrip.Timeout;
        }
    }

    /// <summary>Gives all memory back.</summary>
    internal void Clear()
    {
        _sent.Clear();
        Queue.Clear();
        _timeoutAt = null;
    }

    private bool MaySend => _sent.Flight < _window.Size;

    private bool MaySendNew => !_sent.IsFull && (_peerRoom > 0 || _sent.Flight == 0);

    private void WriteLost(ref PacketWriter packet, TimeSpan now)
    {
        for (var i = 0; i < _sent.Count && _sent.Lost > 0 && MaySend; i++)
        {
            ref var chunk = ref _sent[i];
            if (chunk.State != SentState.Lost)
            {
                continue;
            }
            if (packet.Room < DataChunk.FixedLength + chunk.Length)
            {
                return;
            }
            _sent.Mark(ref chunk, SentState.InFlight);
            chunk.Transmissions++;
            chunk.SentAt = now;
            chunk.Misses = 0;
            Retransmissions++;
            Write(ref packet, chunk, _sent.Acknowledged + (i + 1), isLastForNow: _sent.Lost == 0);
            if (i == 0)
            {
                _timeoutAt = now + RoundTrip.Timeout; // RFC 9260 §7.2.4
            }
        }
    }

    private void WriteNew(ref PacketWriter packet, TimeSpan now)
    {
        if (_sent.Flight == 0 && _sent.Count == 0 && now - _lastSentAt > RoundTrip.Timeout)
        {
            _window.Rest();
        }
        var isFirst = true;
        while (MaySend && MaySendNew && Queue.TryPeek(now, out var message))
        {
            var rest = message.Length - message.Taken;
            var room = (packet.Room - DataChunk.FixedLength) & ~3;
            var length = Math.Min(rest, _largest);
            if (length > room)
            {
                // Only a message that must be cut anyway is cut to fill a packet.
                if (rest <= _largest || !isFirst || room < _largest / 2)
                {
                    return;
                }
                length = room;
            }
            if (length > _peerRoom)
            {
                if (_sent.Flight > 0)
                {
                    return;
                }
                _isProbing = true;
            }
            isFirst = false;
            var offset = message.Taken;
            Queue.Take(message, length);
            var tsn = _sent.Add(message, offset, length, SentState.InFlight, now);
            _peerRoom -= length;
            Write(ref packet, _sent[_sent.Count - 1], tsn, isLastForNow: Queue.IsEmpty || !MaySend || _peerRoom < _largest);
        }
    }

    private static void Write(ref PacketWriter packet, in SentChunk chunk, Tsn tsn, bool isLastForNow)
    {
        var message = chunk.Message;
        var flags =
            (chunk.Offset == 0 ? DataChunk.FirstFragment : 0)
            | (chunk.Offset + chunk.Length == message.Length ? DataChunk.LastFragment : 0)
            | (message.IsUnordered ? DataChunk.Unordered : 0)
            | (isLastForNow ? DataChunk.SackAtOnce : 0);
        DataChunk.Write(
            ref packet,
            (byte)flags,
            tsn,
            message.Stream.Id,
            message.Sequence,
            message.Protocol,
            message.Piece(chunk.Offset, chunk.Length)
        );
    }

    /// <summary>All that is in flight is to be sent again.</summary>
    private void Repeat()
    {
        for (var i = 0; i < _sent.Count; i++)
        {
            ref var chunk = ref _sent[i];
            if (chunk.State == SentState.InFlight)
            {
                _sent.Mark(ref chunk, SentState.Lost);
            }
            chunk.Misses = 0;
            chunk.WasRepairedFast = false;
        }
    }

    private void GiveUpSpent(TimeSpan now)
    {
        if (!_canForward || _sent.Lost == 0 || _sent.Limited == 0)
        {
            return;
        }
        for (var i = 0; i < _sent.Count; i++)
        {
            ref var chunk = ref _sent[i];
            if (chunk.State == SentState.Lost && chunk.Message.IsSpent(chunk.Transmissions, now))
            {
                _sent.Abandon(i, now);
            }
        }
    }
}
