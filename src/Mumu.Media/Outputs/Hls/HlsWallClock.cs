// Ties a stream's timeline to the wall clock.
using Mumu.Media.Units;

namespace Mumu.Media.Outputs.Hls;

/// <summary>
/// Tells when a unit was there by the wall clock. Units come late, never early, so the least delay seen is the truth; it is left behind where key frames say that the clocks have drifted apart.
/// </summary>
internal sealed class HlsWallClock(TimeProvider time)
{
    private static readonly TimeSpan MostDrift = TimeSpan.FromMilliseconds(400);
    private DateTimeOffset? _zero;

    /// <summary>The next unit begins another run.</summary>
    public void Reset() => _zero = null;

    /// <summary>The wall clock of a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="presentation">When it is shown, on the stream's timeline.</param>
    public DateTimeOffset At(Unit unit, TimeSpan presentation)
    {
        var now = time.GetElapsedTime(0);
        var age = unit.Arrival > TimeSpan.Zero && unit.Arrival <= now ? now - unit.Arrival : TimeSpan.Zero;
        var zero = time.GetUtcNow() - age - presentation;
        if (_zero is not { } known || zero < known || (unit.IsKeyFrame && zero - known > MostDrift))
        {
            _zero = zero;
        }
        return _zero.Value + presentation;
    }
}
