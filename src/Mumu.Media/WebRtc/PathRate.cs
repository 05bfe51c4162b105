// How much a viewer's path takes, judged by what it reports lost after repair.
namespace Mumu.Media.WebRtc;

/// <summary>
/// Loss that stays after retransmission means that the path is full: then less is sent, which makes the viewer drop to key frames, and it is tried again with more as long as little is lost.
/// A path that loses at random, but repairs, is left alone.
/// </summary>
internal sealed class PathRate
{
    private const int HighLoss = 256 * 15 / 100;
    private const int LowLoss = 256 * 5 / 100;
    private const int ReportsToBelieve = 2;
    private const int LeastPackets = 20; // below, a share says nothing
    private const double Decrease = 0.7;
    private const double Increase = 1.15;
    private const double Least = 0.02; // packets a millisecond: about 190 kbit/s
    private long _sentBefore;
    private TimeSpan _before;
    private int _lossy;

    /// <summary>The most packets a millisecond; null for a path without limit.</summary>
    internal double? Limit { get; private set; }

    /// <summary>Takes a report on the video track.</summary>
    /// <param name="fractionLost">As reported, in 1/256.</param>
    /// <param name="sent">Packets sent to the viewer so far, with retransmissions.</param>
    /// <param name="streamRate">The stream's packets a millisecond.</param>
    /// <param name="now">The time.</param>
    internal void Report(int fractionLost, long sent, double streamRate, TimeSpan now)
    {
        var count = sent - _sentBefore;
        var rate = count / Math.Max(1, (now - _before).TotalMilliseconds);
        (_sentBefore, _before) = (sent, now);
        if (count < LeastPackets && Limit is null)
        {
            return;
        }
        _lossy = fractionLost >= HighLoss ? _lossy + 1 : 0;
        if (_lossy >= ReportsToBelieve)
        {
            Limit = Math.Max(Least, Math.Min(Limit ?? rate, rate) * Decrease);
        }
        else if (Limit is { } limit && fractionLost <= LowLoss)
        {
            Limit = limit * Increase > 2 * Math.Max(streamRate, Least) ? null : limit * Increase;
        }
    }
}
