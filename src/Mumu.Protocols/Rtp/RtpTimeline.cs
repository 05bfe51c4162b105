// Media time that never wraps.
namespace Mumu.Protocols.Rtp;

/// <summary>
/// Unwraps timestamps of one source onto a 64-bit timeline. A jump that the clock on the wall does not explain (a camera restarted, or set its clock) continues where time stands instead.
/// </summary>
/// <param name="clockRate">Ticks a second, at least 1.</param>
public sealed class RtpTimeline(int clockRate)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);
    private RtpTimestamp _last;
    private TimeSpan _lastArrival;
    private long _lastTime;
    private bool _hasStarted;
    private long _debt; // ticks by which the line still has to go back

    /// <summary>Jumps bridged so far.</summary>
    public int Jumps { get; private set; }

    /// <summary>True once a timestamp has a place on the timeline.</summary>
    public bool HasStarted => _hasStarted;

    /// <summary>
    /// The moment at which the timeline is 0, on the clock of arrivals; the first timestamp, if nothing tells its place, lies as far behind it as it arrived. Null: the first timestamp is 0.
    /// Tracks that share an origin stay together.
    /// </summary>
    public TimeSpan? Origin { get; set; }

    /// <summary>Puts a timestamp at a place on the timeline: what RTP-Info tells, or the first packet's arrival.</summary>
    public void Start(RtpTimestamp timestamp, long time, TimeSpan now)
    {
        (_last, _lastTime, _lastArrival, _hasStarted, _debt) = (timestamp, time, now, true, 0);
    }

    /// <summary>The place of a packet's timestamp that arrived at <paramref name="now"/>.</summary>
    public long Unwrap(RtpTimestamp timestamp, TimeSpan now)
    {
        if (!_hasStarted)
        {
            Start(timestamp, Origin is { } origin ? Ticks(now - origin) : 0, now);
        }
        long step = timestamp.Since(_last);
        var elapsed = Ticks(now - _lastArrival);
        if (Math.Abs(step - elapsed) > Ticks(Tolerance))
        {
            step = elapsed;
            Jumps++;
        }
        var paid = Math.Clamp(step / 2, 0, _debt);
        _debt -= paid;
        (_last, _lastArrival, _lastTime) = (timestamp, now, _lastTime + step - paid);
        return _lastTime;
    }

    /// <summary>Where a timestamp near the last one lies, once a <see cref="Shift"/> is over; only once <see cref="HasStarted"/>.</summary>
    public long PlaceOf(RtpTimestamp timestamp) => _lastTime - _debt + timestamp.Since(_last);

    /// <summary>Moves everything that follows: what a sender report tells of another track's place. Forward at once; backward at half speed, so that time never goes back and no frame is lost for it.</summary>
    public void Shift(long ticks)
    {
        _debt -= ticks;
        if (_debt < 0)
        {
            _lastTime -= _debt;
            _debt = 0;
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * clockRate);
}
