// What became of a stream on its way, in figures.
using Mumu.Media.WebRtc;

namespace Mumu.Media.Tests.WebRtc.Lossy;

/// <summary>The figures of a stretch of watching.</summary>
internal sealed record LossyFigures(
    int Frames,
    int Missing,
    TimeSpan LongestFreeze,
    long Late95,
    long LateMost,
    int Lost,
    int RepairedInTime,
    TimeSpan Repair99,
    ViewerStatistics Statistics
)
{
    private static readonly TimeSpan s_inTime = TimeSpan.FromMilliseconds(500);

    public double Repaired => Lost == 0 ? 1 : (double)RepairedInTime / Lost;

    /// <summary>Looks at what was shown from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static LossyFigures Of(LossyRig rig, TimeSpan from, TimeSpan to)
    {
        var shown = rig.Viewer.Shown.Where(frame => frame.At >= from && frame.At <= to).ToList();
        var numbers = shown.Select(frame => frame.Number).Distinct().ToList();
        var times = shown.Select(frame => frame.At).Prepend(from).Append(to).ToList();
        var late = shown.Select(frame => frame.Late).Order().ToList();
        var arrivals = rig.Viewer.Arrivals;
        var video = rig.Viewer.Peer.Tracks[0].Ssrc!.Value.Value;
        // What was lost at the very end has had no time to be repaired.
        var lost = rig.Relay.Lost.Where(item => item.Key.Ssrc == video && item.Value > from && item.Value < to - s_inTime).ToList();
        var repairs = lost.Select(item => arrivals.TryGetValue(item.Key, out var at) ? at - item.Value : TimeSpan.MaxValue)
            .Order()
            .ToList();
        return new LossyFigures(
            numbers.Count,
            numbers.Count == 0 ? 0 : (int)(numbers.Max() - numbers.Min() + 1) - numbers.Count,
            times.Zip(times.Skip(1), (a, b) => b - a).Max(),
            late.Count == 0 ? 0 : late[late.Count * 95 / 100],
            late.Count == 0 ? 0 : late[^1],
            lost.Count,
            repairs.Count(time => time <= s_inTime),
            repairs.Count == 0 ? TimeSpan.Zero : repairs[repairs.Count * 99 / 100],
            rig.Session.Statistics
        );
    }

    public override string ToString() =>
        $"{Frames} frames shown, {Missing} between them not; longest freeze {LongestFreeze.TotalMilliseconds:0} ms; late by {Late95} ms (p95), {LateMost} ms at most; {Lost} packets lost, {Repaired:P1} of them repaired within 500 ms (p99 {Repair99.TotalMilliseconds:0} ms); {Statistics.Retransmits} sent again, {Statistics.KeyFrameRequests} key frames asked for, left out {Statistics.Drops}, limit {Statistics.LimitBitsPerSecond / 1000} kbit/s, round trip {Statistics.RoundTrip?.TotalMilliseconds:0} ms, loss {Statistics.FractionLost:P0}";
}
