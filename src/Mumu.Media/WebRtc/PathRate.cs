// How much a viewer's path takes, and so how fast media may leave.
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Congestion;

namespace Mumu.Media.WebRtc;

/// <summary>
/// The limit by transport-wide feedback where the viewer sends it. Else by its own estimate (REMB) as long as that is fresh, and by the loss in its reports.
/// </summary>
internal sealed class PathRate(WebRtcOptions options)
{
    private const double Decrease = 0.85;
    private const double Increase = 1.15;
    private const double Least = 20; // bytes a millisecond: 160 kbit/s
    private const int Portion = 16; // packets that may leave together on a path without limit
    private const int LeastPortion = 2;
    private const double PortionTime = 5; // ms: what a path with a limit gets together
    private static readonly TimeSpan s_estimateAge = TimeSpan.FromSeconds(5);
    private readonly LossWatch _loss = new();
    private double? _byLoss;
    private double? _beforeExperiment;
    private long _sentBefore;
    private long _packetsBefore;
    private TimeSpan _before;
    private long? _estimate;
    private TimeSpan _estimatedAt;

    /// <summary>The most bytes a millisecond; null for a path without limit.</summary>
    internal double? Limit { get; private set; }

    /// <summary>Bytes a millisecond at which media may leave now.</summary>
    internal double Rate { get; private set; }

    /// <summary>Bytes that may leave together.</summary>
    internal double Burst =>
        Limit is { } limit
            ? Math.Clamp(limit * PortionTime, LeastPortion * options.MaxPacketBytes, Portion * options.MaxPacketBytes)
            : Portion * options.MaxPacketBytes;

    /// <summary>Takes a report on the video track, of a viewer without transport-wide feedback.</summary>
    /// <param name="fractionLost">As reported, in 1/256.</param>
    /// <param name="packets">Packets sent to the viewer so far, with retransmissions.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="streamRate">The stream's bytes a millisecond.</param>
    /// <param name="now">The time.</param>
    internal void Report(int fractionLost, long packets, long bytes, double streamRate, TimeSpan now)
    {
        var span = Math.Max(1, (now - _before).TotalMilliseconds);
        var arrived = (bytes - _sentBefore) * (256 - fractionLost) / 256.0 / span;
        var count = packets - _packetsBefore;
        (_sentBefore, _packetsBefore, _before) = (bytes, packets, now);
        switch (_loss.Take(count, count * fractionLost / 256, TimeSpan.Zero, isFree: _byLoss is null, now))
        {
            case LossVerdict.Less:
                _beforeExperiment = _byLoss;
                _byLoss = Math.Max(Least, Math.Min(_byLoss ?? double.MaxValue, arrived * Decrease));
                break;
            case LossVerdict.Undo:
                _byLoss = _beforeExperiment;
                break;
            default:
                if (_byLoss is { } limit && _loss.AllowsMore(isKnown: false))
                {
                    _byLoss = limit * Increase > 2 * Math.Max(streamRate, Least) ? null : limit * Increase;
                }
                break;
        }
    }

    /// <summary>Looks at what is known now.</summary>
    internal void Update(Peer peer, double streamRate, TimeSpan now)
    {
        var path = peer.Path;
        Limit = path is { } view ? view.Limit : Lower(_byLoss, Estimate(peer, streamRate, now));
        var isNear = peer.RoundTrip is { } time && time <= options.NearRoundTrip;
        var burst =
            isNear ? options.BurstPacketsPerMillisecond
            : path is { IsProven: false } ? options.UnprovenPacketsPerMillisecond
            : options.FarBurstPacketsPerMillisecond;
        Rate = Limit ?? Math.Max(burst * options.MaxPacketBytes, 3 * streamRate);
    }

    // A viewer that gets little knows of little, so an estimate far above the stream's rate is no limit.
    private double? Estimate(Peer peer, double streamRate, TimeSpan now)
    {
        if (peer.EstimatedBitsPerSecond != _estimate)
        {
            (_estimate, _estimatedAt) = (peer.EstimatedBitsPerSecond, now);
        }
        var rate = Math.Max(Least, _estimate / 8000.0 ?? double.MaxValue);
        return now - _estimatedAt > s_estimateAge || rate > 2 * streamRate ? null : rate;
    }

    private static double? Lower(double? a, double? b) => a is null || b < a ? b : a;
}
