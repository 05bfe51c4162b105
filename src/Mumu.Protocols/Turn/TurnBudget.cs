// The cap on one allocation's bandwidth: a bucket that fills with time.
namespace Mumu.Protocols.Turn;

/// <summary>A bucket of one second's bytes; a rate of 0 is no bound.</summary>
internal sealed class TurnBudget(long bytesPerSecond, TimeSpan now)
{
    private double _left = bytesPerSecond;
    private TimeSpan _filled = now;

    /// <summary>Takes what has passed already, and returns how long nothing more should.</summary>
    public TimeSpan Take(int bytes, TimeSpan now)
    {
        if (bytesPerSecond == 0 || TryTake(bytes, now))
        {
            return TimeSpan.Zero;
        }
        _left -= bytes;
        return TimeSpan.FromSeconds(-_left / bytesPerSecond);
    }

    public bool TryTake(int bytes, TimeSpan now)
    {
        if (bytesPerSecond == 0)
        {
            return true;
        }
        _left = Math.Min(bytesPerSecond, _left + ((now - _filled).TotalSeconds * bytesPerSecond));
        _filled = now;
        if (_left < bytes)
        {
            return false;
        }
        _left -= bytes;
        return true;
    }
}
