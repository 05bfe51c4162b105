// What is known of one chunk stream: the last header, and the message that is coming.
namespace Mumu.Protocols.Rtmp;

/// <summary>One chunk stream of the peer.</summary>
internal sealed class RtmpLane
{
    private byte[] _body = [];
    private uint _delta;

    internal uint Time { get; private set; }

    internal bool IsExtended { get; private set; }

    /// <summary>The last extended time field, absolute or a difference.</summary>
    internal uint ExtendedTime { get; private set; }

    internal int Length { get; set; }

    internal byte Type { get; set; }

    internal uint StreamId { get; set; }

    internal int Filled { get; private set; }

    internal bool IsWhole => Filled == Length;

    internal ReadOnlySpan<byte> Body => _body.AsSpan(0, Filled);

    /// <summary>Takes the time of a chunk header; a chunk that goes on with a message has none of its own.</summary>
    internal void TakeTime(int format, uint time, bool isExtended)
    {
        if (format == 3)
        {
            Time = unchecked(Filled == 0 ? Time + _delta : Time);
            return;
        }
        IsExtended = isExtended;
        ExtendedTime = time;
        _delta = time; // Also of an absolute one: the specification has it repeated (§5.3.1.2.4).
        Time = unchecked(format == 0 ? time : Time + time);
    }

    internal void Fill(ReadOnlySpan<byte> piece)
    {
        if (Filled + piece.Length > _body.Length)
        {
            Array.Resize(ref _body, Math.Min(Length, Math.Max(Filled + piece.Length, 2 * _body.Length)));
        }
        piece.CopyTo(_body.AsSpan(Filled));
        Filled += piece.Length;
    }

    internal void Clear()
    {
        Filled = 0;
        if (_body.Length > 1 << 20)
        {
            _body = []; // A large key frame now and then needs no memory in between.
        }
    }
}
