// Keeps the tracks of one sender together by its reports.
using Mumu.Protocols.Rtp;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>
/// Moves the timeline of one track so that what its sender made at one moment has one time (RFC 3550 §6.4.1). Until both tracks' reports are there, arrival places them. The first reports move the track to
/// its place; later ones only follow clocks that drift, by the mean of several, since a single report may be off by some ms.
/// </summary>
/// <param name="main">The track that stays: the picture.</param>
/// <param name="moved">The track that is moved: the sound.</param>
internal sealed class TrackAlignment(IncomingTrack main, IncomingTrack moved)
{
    private const double Least = 0.005; // s; below it nobody notices
    private const double LeastDrift = 0.015;
    private const double Most = 10; // what is farther apart is not one sender's clock
    private const int Reports = 4;
    private (ulong Main, ulong Moved) _seen;
    private bool _isPlaced;
    private double _sum;
    private int _count;

    /// <summary>How often the track was moved.</summary>
    internal int Shifts { get; private set; }

    /// <summary>Begins the moved track where its sender says, if that is known before its first packet.</summary>
    internal void Begin(RtpTimeline mainLine, RtpTimeline line, RtpTimestamp first, TimeSpan now)
    {
        if (line.HasStarted || !mainLine.HasStarted || main.Clock is not { } ours || moved.Clock is not { } theirs)
        {
            return;
        }
        var moment = ours.SecondsTo(theirs) + (double)first.Since(theirs.Time) / moved.ClockRate;
        var place = (double)mainLine.PlaceOf(ours.Time) / main.ClockRate + moment;
        if (line.Origin is { } origin && Math.Abs(place - (now - origin).TotalSeconds) < Most)
        {
            line.Start(first, (long)(place * moved.ClockRate), now);
            _isPlaced = true;
        }
    }

    /// <summary>Looks at the reports that came last.</summary>
    internal void Align(RtpTimeline mainLine, RtpTimeline line)
    {
        if (!line.HasStarted || !mainLine.HasStarted || main.Clock is not { } ours || moved.Clock is not { } theirs)
        {
            return;
        }
        if (_seen == (ours.Ntp, theirs.Ntp))
        {
            return;
        }
        _seen = (ours.Ntp, theirs.Ntp);
        var wanted = (double)mainLine.PlaceOf(ours.Time) / main.ClockRate + ours.SecondsTo(theirs);
        var shift = wanted - (double)line.PlaceOf(theirs.Time) / moved.ClockRate;
        if (Math.Abs(shift) >= Most)
        {
            return;
        }
        if (!_isPlaced)
        {
            _isPlaced = true;
            Move(line, shift, Least);
            return;
        }
        _sum += shift;
        if (++_count == Reports)
        {
            Move(line, _sum / Reports, LeastDrift);
            (_sum, _count) = (0, 0);
        }
    }

    private void Move(RtpTimeline line, double shift, double least)
    {
        if (Math.Abs(shift) > least)
        {
            line.Shift((long)(shift * moved.ClockRate));
            Shifts++;
        }
    }
}

/// <summary>One moment on a sender's two clocks.</summary>
/// <param name="Ntp">Wall clock in NTP's form.</param>
/// <param name="Time">The track's clock.</param>
internal readonly record struct SenderClock(ulong Ntp, RtpTimestamp Time)
{
    /// <summary>Seconds from this moment to another, negative if that was earlier.</summary>
    internal double SecondsTo(SenderClock other) => unchecked((long)(other.Ntp - Ntp)) / 4294967296.0;
}
