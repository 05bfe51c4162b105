// When the packets of a transport left, and which of them were told of: what transport-wide feedback is compared with.
namespace Mumu.Protocols.WebRtc.Congestion;

/// <summary>What feedback says of a packet that it had not said before.</summary>
internal enum PacketNews
{
    /// <summary>Nothing new, or the packet is forgotten or was never sent.</summary>
    None,

    /// <summary>It has not arrived so far.</summary>
    Missing,

    /// <summary>It arrived.</summary>
    Arrived,

    /// <summary>It arrived after it had been told missing.</summary>
    ArrivedLate,
}

/// <summary>
/// Numbers packets and remembers when they left, a message at a time: its packets left together and are equal but for the last, so one entry tells of up to 64.
/// A ring of fixed size; what feedback comes too late for is forgotten.
/// </summary>
internal sealed class SendHistory
{
    internal const int MaxPackets = 64; // in one message

    private const int Capacity = 256; // 8 KB; some 7 s of a live stream
    private const double Unit = 0.1; // ms
    private readonly Run[] _runs = new Run[Capacity];
    private uint _count;
    private uint _next;
    private uint _hint;

    /// <summary>Notes the packets of one message and returns the number of the first.</summary>
    internal ushort Add(int packets, int bytesEach, int lastBytes, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(packets, MaxPackets);
        var first = _next;
        _runs[_count++ % Capacity] = new Run
        {
            First = first,
            SentAt = Time(now),
            Packets = (ushort)packets,
            BytesEach = (ushort)bytesEach,
            LastBytes = (ushort)lastBytes,
        };
        _next += (uint)packets;
        return (ushort)first;
    }

    /// <summary>True while nothing was sent.</summary>
    internal bool IsEmpty => _count == 0;

    /// <summary>Notes what feedback says of a packet; the same may be told more than once.</summary>
    internal PacketNews Tell(ushort number, bool hasArrived, TimeSpan now, out SentPacket packet)
    {
        packet = default;
        var wanted = _next - 1 - (ushort)((ushort)(_next - 1) - number);
        var kept = Math.Min(_count, Capacity);
        // Feedback goes upwards, so the run is the last one found or the next, nearly always.
        var from = _count - _hint <= kept && Since(_runs[_hint % Capacity].First, wanted) >= 0 ? _hint : _count - kept;
        for (; from != _count; from++)
        {
            ref var run = ref _runs[from % Capacity];
            var place = Since(run.First, wanted);
            if (place < 0)
            {
                return PacketNews.None;
            }
            if (place < run.Packets)
            {
                _hint = from;
                var age = unchecked(Time(now) - run.SentAt) * Unit;
                packet = new SentPacket(age, from, place == run.Packets - 1 ? run.LastBytes : run.BytesEach);
                return run.Tell(place, hasArrived);
            }
        }
        return PacketNews.None;
    }

    private static int Since(uint earlier, uint later) => unchecked((int)(later - earlier));

    private static uint Time(TimeSpan now) => unchecked((uint)(long)(now.TotalMilliseconds / Unit));

    private struct Run
    {
        internal uint First;
        internal uint SentAt;
        internal ushort Packets;
        internal ushort BytesEach;
        internal ushort LastBytes;
        private ulong _told;
        private ulong _arrived;

        internal PacketNews Tell(int place, bool hasArrived)
        {
            var bit = 1UL << place;
            var wasTold = (_told & bit) != 0;
            _told |= bit;
            if (!hasArrived)
            {
                return wasTold ? PacketNews.None : PacketNews.Missing;
            }
            if ((_arrived & bit) != 0)
            {
                return PacketNews.None;
            }
            _arrived |= bit;
            return wasTold ? PacketNews.ArrivedLate : PacketNews.Arrived;
        }
    }
}

/// <summary>A packet that left.</summary>
/// <param name="Age">How long ago, in ms.</param>
/// <param name="Message">Number of its message: packets of one message left together.</param>
/// <param name="Bytes">Bytes of the datagram.</param>
internal readonly record struct SentPacket(double Age, uint Message, int Bytes);
