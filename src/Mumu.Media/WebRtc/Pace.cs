// How many packets may leave now: a token bucket.
namespace Mumu.Media.WebRtc;

/// <summary>Spreads bursts: a frame of ordinary size leaves at once, a key frame or a whole group in portions.</summary>
internal struct Pace
{
    private const double Portion = 16; // packets that may leave together at any rate
    private double _tokens;
    private TimeSpan _filledAt;

    /// <summary>Adds what has come due since the last call.</summary>
    /// <param name="packetsPerMillisecond">The rate.</param>
    /// <param name="now">The time.</param>
    internal void Fill(double packetsPerMillisecond, TimeSpan now)
    {
        var most = Math.Max(Portion, packetsPerMillisecond * 2);
        _tokens = Math.Min(most, _tokens + (now - _filledAt).TotalMilliseconds * packetsPerMillisecond);
        _filledAt = now;
    }

    /// <summary>Whole packets that may leave.</summary>
    internal readonly int Available => (int)_tokens;

    /// <summary>Takes packets that left, with credit where a message had to be whole.</summary>
    internal void Take(int packets) => _tokens -= packets;
}
