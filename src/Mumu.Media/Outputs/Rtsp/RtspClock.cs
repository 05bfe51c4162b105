// Which wall-clock moment a time of the stream is, for sender reports.
namespace Mumu.Media.Outputs.Rtsp;

/// <summary>
/// Ties the stream's line to the wall clock at the main track's arrivals and follows their drift slowly, for all tracks alike, so that sound and picture never move against each other.
/// </summary>
internal sealed class RtspClock(int clockRate, TimeProvider time)
{
    private static readonly TimeSpan s_jump = TimeSpan.FromSeconds(2);
    private static readonly DateTimeOffset s_ntpEra = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private DateTimeOffset? _zero; // when the line's time 0 was

    /// <summary>Notes a unit of the main track.</summary>
    internal void Note(long timestamp, TimeSpan arrival)
    {
        var seen = time.GetUtcNow() - (time.GetElapsedTime(0) - arrival) - ToSpan(timestamp, clockRate);
        if (_zero is not { } zero || (seen - zero).Duration() > s_jump)
        {
            _zero = seen;
            return;
        }
        // Units come late by jitter, hardly ever early, so early ones count more.
        _zero = zero + (seen - zero) * (seen < zero ? 0.25 : 0.005);
    }

    /// <summary>The NTP time, and the time of a track on the stream's line, of this moment; false before the first unit.</summary>
    internal bool TryNow(int trackClock, out ulong ntp, out long timestamp)
    {
        (ntp, timestamp) = (0, 0);
        if (_zero is not { } zero)
        {
            return false;
        }
        var now = time.GetUtcNow();
        timestamp = (long)((Int128)(now - zero).Ticks * trackClock / TimeSpan.TicksPerSecond);
        ntp = (ulong)(((UInt128)(ulong)(now - s_ntpEra).Ticks << 32) / TimeSpan.TicksPerSecond);
        return true;
    }

    internal static TimeSpan ToSpan(long ticks, int clockRate) => new((long)((Int128)ticks * TimeSpan.TicksPerSecond / clockRate));
}
