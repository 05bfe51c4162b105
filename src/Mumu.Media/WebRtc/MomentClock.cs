// When a media time was, by the times its units arrived at.
namespace Mumu.Media.WebRtc;

/// <summary>
/// Follows the offset between a track's time and the monotonic clock. Units arrive late by jitter, hardly ever early, so early ones count more.
/// </summary>
internal sealed class MomentClock(int clockRate)
{
    private static readonly TimeSpan s_jump = TimeSpan.FromSeconds(2);
    private TimeSpan? _offset;

    internal TimeSpan At(long timestamp, TimeSpan arrival)
    {
        var time = new TimeSpan((long)((Int128)timestamp * TimeSpan.TicksPerSecond / clockRate));
        var seen = arrival - time;
        if (_offset is not { } offset || (seen - offset).Duration() > s_jump)
        {
            _offset = seen;
            return arrival;
        }
        offset += (seen - offset) * (seen < offset ? 0.25 : 0.005);
        _offset = offset;
        return time + offset;
    }
}
