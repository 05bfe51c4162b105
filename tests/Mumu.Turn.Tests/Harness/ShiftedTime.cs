// A clock that can be put forward.
namespace Mumu.Turn.Tests.Harness;

/// <summary>The system's time and what was added to it; timers run as ever.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _ticks;

    public override long GetTimestamp() =>
        System.GetTimestamp() + (long)(Volatile.Read(ref _ticks) * ((double)TimestampFrequency / TimeSpan.TicksPerSecond));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _ticks));

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
