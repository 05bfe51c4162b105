// One 64-bit timeline for the time stamps of a program, which wrap after 26.5 hours and may jump.
namespace Mumu.Protocols.MpegTs;

/// <summary>
/// Places 33-bit stamps of 90 kHz on a line that never wraps. The first stamp keeps its value. A jump of more than ten seconds is taken for a new clock: the line goes on 40 ms behind the last stamp.
/// All tracks of a program share one line, so that they stay together.
/// </summary>
internal sealed class TsTimeline
{
    private const long Wrap = 1L << 33;
    private const long MaxStep = 10 * 90_000;
    private const long Step = 3_600;

    private Piece? _current;
    private Piece? _previous;
    private long _last;
    private bool _isCut;

    /// <summary>Jumps that were bridged.</summary>
    public int Jumps { get; private set; }

    /// <summary>Says that the next stamp is of another clock.</summary>
    public void Cut() => (_isCut, _previous) = (true, null);

    /// <summary>The place of a stamp.</summary>
    public long Place(long stamp)
    {
        if (_current is not { } current)
        {
            _current = new Piece(stamp, 0);
            return Remember(stamp);
        }
        if (!_isCut && current.TryNear(stamp, out var near))
        {
            _current = current with { Last = near };
            return Remember(near + current.Offset);
        }
        // A track that is behind may still be on the clock before the jump.
        if (!_isCut && _previous is { } previous && previous.TryNear(stamp, out near))
        {
            return near + previous.Offset;
        }
        _previous = _isCut ? null : current;
        _isCut = false;
        Jumps++;
        _current = new Piece(stamp, _last + Step - stamp);
        return Remember(_last + Step);
    }

    /// <summary>The signed difference of two stamps near each other.</summary>
    public static long Difference(long stamp, long from)
    {
        var ahead = (stamp - from) & (Wrap - 1);
        return ahead < Wrap / 2 ? ahead : ahead - Wrap;
    }

    private long Remember(long place)
    {
        _last = Math.Max(_last, place);
        return place;
    }

    private readonly record struct Piece(long Last, long Offset)
    {
        public bool TryNear(long stamp, out long near)
        {
            var step = Difference(stamp, Last & (Wrap - 1));
            near = Last + step;
            return Math.Abs(step) <= MaxStep;
        }
    }
}
