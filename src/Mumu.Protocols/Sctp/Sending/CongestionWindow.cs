// How much may be under way.
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp.Sending;

/// <summary>Slow start, congestion avoidance and fast recovery (RFC 9260 §7.2). Bytes are those of data.</summary>
internal sealed class CongestionWindow(int packet)
{
    private const int FirstPackets = 10; // RFC 6928
    private const int MaxPackets = 4096;
    private const int PacketsAnAcknowledgement = 8; // our own receiver, and others, acknowledge what came in one go with one SACK

    private int _threshold = int.MaxValue;
    private int _partial;
    private Tsn? _recoveredAt;

    internal int Size { get; private set; } = FirstPackets * packet;

    internal bool IsRecovering => _recoveredAt is not null;

    /// <summary>Data was acknowledged.</summary>
    /// <param name="bytes">How much for the first time.</param>
    /// <param name="wasFull">The window was used up, so that its size mattered.</param>
    /// <param name="cumulative">Everything up to here has come.</param>
    internal void Acknowledge(int bytes, bool wasFull, Tsn cumulative)
    {
        if (_recoveredAt is { } end)
        {
            if (end.IsAfter(cumulative))
            {
                return;
            }
            _recoveredAt = null;
        }
        if (Size <= _threshold)
        {
            Size += wasFull ? Math.Min(bytes, PacketsAnAcknowledgement * packet) : 0;
        }
        else
        {
            _partial += bytes;
            if (_partial >= Size && wasFull)
            {
                _partial -= Size;
                Size += packet;
            }
            _partial = Math.Min(_partial, Size);
        }
        Size = Math.Min(Size, MaxPackets * packet);
    }

    /// <summary>A gap says that data was lost; once for all that is under way.</summary>
    internal void Lose(Tsn highestSent)
    {
        if (!IsRecovering)
        {
            Size = _threshold = Halved;
            _partial = 0;
            _recoveredAt = highestSent;
        }
    }

    /// <summary>Nothing was heard for a timeout.</summary>
    internal void TimeOut()
    {
        _threshold = Halved;
        Size = packet;
        _partial = 0;
        _recoveredAt = null;
    }

    /// <summary>Nothing was sent for a timeout: what was learnt of the path has aged.</summary>
    internal void Rest() => Size = Math.Min(Size, Math.Max(Size / 2, FirstPackets * packet));

    private int Halved => Math.Max(Size / 2, 4 * packet);
}
