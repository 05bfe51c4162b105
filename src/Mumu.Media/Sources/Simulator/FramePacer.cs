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
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var elapsed = time.GetTimestamp() - _start;
            var slot = Math.Max(_next, (long)((Int128)elapsed * framesPerSecond / time.TimestampFrequency));
            var due = (long)(((Int128)slot * time.TimestampFrequency + framesPerSecond - 1) / framesPerSecond);
            if (elapsed >= due)
            {
                _next = slot + 1;
                return slot;
            }
            // Timers count whole milliseconds; rounded down, the last one would be waited for in a busy loop.
            var wait = TimeSpan.FromMilliseconds(Math.Ceiling(time.GetElapsedTime(elapsed, due).TotalMilliseconds));
            await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
        }
    }
}
