// How many bytes may leave now: a token bucket.
namespace Mumu.Media.WebRtc;

/// <summary>Spreads bursts: a frame of ordinary size leaves at once, a key frame or a whole group in portions.</summary>
internal struct Pace
{
    private double _tokens;
    private TimeSpan _filledAt;

    /// <summary>Adds what has come due since the last call.</summary>
    /// <param name="rate">Bytes a millisecond.</param>
    /// <param name="portion">Bytes that may leave together after a rest; at least what two milliseconds bring.</param>
    /// <param name="now">The time.</param>
    internal void Fill(double rate, double portion, TimeSpan now)
    {
        _tokens = Math.Min(Math.Max(portion, rate * 2), _tokens + (now - _filledAt).TotalMilliseconds * rate);
        _filledAt = now;
    }

    /// <summary>Whole packets of a size that may leave.</summary>
    internal readonly int PacketsOf(int bytes) => (int)(_tokens / bytes);

    /// <summary>What is left; less than 0 where more had to leave at once.</summary>
    internal readonly double Left => _tokens;

    /// <summary>Takes what left.</summary>
    internal void Take(int bytes) => _tokens -= bytes;
}
