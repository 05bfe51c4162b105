// Puts packets back in order: holds early ones for a bounded time and a bounded number.
namespace Mumu.Protocols.Rtp;

/// <summary>What became of a packet offered to <see cref="RtpReorderBuffer"/>.</summary>
public enum ReorderResult
{
    /// <summary>It is the next one: use it now, then take what waited behind it.</summary>
    Next,

    /// <summary>It came early; a copy is kept.</summary>
    Held,

    /// <summary>It came too early for the window: take what is held by force, then offer it again.</summary>
    TooEarly,

    /// <summary>It came twice, or after its place was given up.</summary>
    Dropped,
}

/// <summary>
/// Reorders by sequence number. The packet in order passes without a copy. A gap is given up when the first packet behind it has waited for the maximal delay, or when the window is full.
/// </summary>
/// <param name="window">How many numbers ahead a packet may be, a power of two; 0 where the transport keeps order (TCP).</param>
/// <param name="maxDelay">How long a packet may wait for those before it.</param>
public sealed class RtpReorderBuffer(int window, TimeSpan maxDelay)
{
    private const int MaxJump = 3_000; // a step wider than this is a restart of the numbers, when a second packet agrees
    private readonly Slot[] _slots = new Slot[window];
    private SequenceNumber _next;
    private SequenceNumber? _restart;
    private bool _hasStarted;
    private int _held;

    private struct Slot
    {
        public byte[]? Bytes;
        public int Length; // 0 when empty
        public TimeSpan Arrival;
    }

    /// <summary>Packets that came twice or too late.</summary>
    public long Dropped { get; private set; }

    /// <summary>When the next gap is given up; null when nothing waits.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            if (_held == 0)
            {
                return null;
            }
            var earliest = TimeSpan.MaxValue;
            foreach (ref readonly var slot in _slots.AsSpan())
            {
                if (slot.Length > 0 && slot.Arrival < earliest)
                {
                    earliest = slot.Arrival;
                }
            }
            return earliest + maxDelay;
        }
    }

    /// <summary>Forgets everything: the next packet starts anew.</summary>
    public void Reset()
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            slot.Length = 0;
        }
        (_hasStarted, _held, _restart) = (false, 0, null);
    }

    /// <summary>Offers a packet. <paramref name="lost"/> counts the missing ones right before it when it is the next.</summary>
    public ReorderResult Offer(ReadOnlySpan<byte> packet, SequenceNumber number, TimeSpan now, out int lost)
    {
        lost = 0;
        if (!_hasStarted)
        {
            (_hasStarted, _next) = (true, number.Next);
            return ReorderResult.Next;
        }
        var ahead = number.Since(_next);
        if (Math.Abs(ahead) > MaxJump)
        {
            if (_restart != number)
            {
                _restart = number.Next;
                Dropped++;
                return ReorderResult.Dropped;
            }
            if (_held > 0)
            {
                return ReorderResult.TooEarly;
            }
            lost = 1; // at least the one that announced the restart
            (_next, _restart) = (number.Next, null);
            return ReorderResult.Next;
        }
        if (ahead < 0)
        {
            Dropped++;
            return ReorderResult.Dropped;
        }
        if (ahead > 0 && ahead < window)
        {
            return Hold(packet, number, now);
        }
        if (ahead > 0 && _held > 0)
        {
            return ReorderResult.TooEarly;
        }
        _restart = null;
        lost = ahead;
        _next = number.Next;
        return ReorderResult.Next;
    }

    /// <summary>
    /// Takes the next held packet: the one in order, or, when its time is up or <paramref name="force"/> is set, the first behind a gap of <paramref name="lost"/> packets.
    /// The bytes are valid until the next call of <see cref="Offer"/>.
    /// </summary>
    public bool TryTake(TimeSpan now, bool force, out ReadOnlySpan<byte> packet, out int lost)
    {
        packet = default;
        lost = 0;
        if (_held == 0)
        {
            return false;
        }
        while (_slots[(_next.Value + lost) % window].Length == 0)
        {
            lost++;
        }
        if (lost > 0 && !force && now < NextDeadline)
        {
            return false;
        }
        ref var slot = ref _slots[(_next.Value + lost) % window];
        packet = slot.Bytes.AsSpan(0, slot.Length);
        slot.Length = 0;
        _held--;
        _next = new SequenceNumber(unchecked((ushort)(_next.Value + lost + 1)));
        return true;
    }

    private ReorderResult Hold(ReadOnlySpan<byte> packet, SequenceNumber number, TimeSpan now)
    {
        ref var slot = ref _slots[number.Value % window];
        if (slot.Length > 0 || packet.IsEmpty)
        {
            Dropped++;
            return ReorderResult.Dropped;
        }
        if (slot.Bytes is null || slot.Bytes.Length < packet.Length)
        {
            slot.Bytes = new byte[Math.Max(2_048, packet.Length)];
        }
        packet.CopyTo(slot.Bytes);
        (slot.Length, slot.Arrival) = (packet.Length, now);
        _held++;
        return ReorderResult.Held;
    }
}
