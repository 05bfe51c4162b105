// One timeline for all the runs of a stream's source.
using Mumu.Media.Units;

namespace Mumu.Media.Streams;

/// <summary>
/// Moves unit times, which each run of a source counts from 0, onto one line that goes on across restarts: a new run begins where the wall clock
/// stands, and never before the end of the last one. All tracks of a run move by the same time, so sound stays with its picture.
/// </summary>
internal sealed class StreamTimeline(TimeProvider time)
{
    /// <summary>The least step between the last unit of a run and the first of the next: one picture at 25 a second.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(40);

    private long? _began;
    private bool _isPlaced = true;
    private TimeSpan _end;
    private TimeSpan _offset;

    /// <summary>Says that the next unit is the first of a new run.</summary>
    public void BeginRun() => _isPlaced = false;

    /// <summary>Moves a unit onto the line. <paramref name="clockRate"/> is its track's, in ticks a second.</summary>
    public void Place(Unit unit, int clockRate)
    {
        var now = time.GetTimestamp();
        if (_began is null)
        {
            _began = now;
            _isPlaced = true; // The first run keeps its own times.
        }
        if (!_isPlaced)
        {
            _isPlaced = true;
            var elapsed = time.GetElapsedTime(_began.Value, now);
            var begin = elapsed > _end + Step ? elapsed : _end + Step;
            _offset = begin - ToSpan(unit.Timestamp, clockRate);
        }
        unit.Timestamp += ToTicks(_offset, clockRate);
        var end = ToSpan(unit.Timestamp, clockRate);
        if (end > _end)
        {
            _end = end;
        }
    }

    private static TimeSpan ToSpan(long ticks, int clockRate) => new((long)((Int128)ticks * TimeSpan.TicksPerSecond / clockRate));

    private static long ToTicks(TimeSpan span, int clockRate) => (long)((Int128)span.Ticks * clockRate / TimeSpan.TicksPerSecond);
}
