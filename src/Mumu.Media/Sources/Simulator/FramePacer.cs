// Says when the next frame is due.
namespace Mumu.Media.Sources.Simulator;

/// <summary>
/// A row of deadlines, each counted from the start, so that waits that end late don't add up. Who is late by more than a frame goes on with the one that is due now; none is made up for.
/// </summary>
internal sealed class FramePacer(TimeProvider time, int framesPerSecond)
{
    private readonly long _start = time.GetTimestamp();
    private long _next;

    /// <summary>Waits for the next deadline and returns its number; numbers that were missed are left out.</summary>
    public async ValueTask<long> NextAsync(CancellationToken cancellation)
    {
        var elapsed = time.GetTimestamp() - _start;
        var slot = Math.Max(_next, (long)((Int128)elapsed * framesPerSecond / time.TimestampFrequency));
        _next = slot + 1;
        var due = (long)(((Int128)slot * time.TimestampFrequency + framesPerSecond - 1) / framesPerSecond);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var left = time.GetElapsedTime(time.GetTimestamp() - _start, due);
            if (left <= TimeSpan.Zero)
            {
                return slot;
            }
            // Timers count whole milliseconds; rounded down, the last one would be waited for in a busy loop.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time, cancellation).ConfigureAwait(false);
        }
    }
}
