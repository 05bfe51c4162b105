// The media that a client sends us: packets in, units on one timeline out.
using Mumu.Media.Units;
using Mumu.Protocols.Rtp;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Receives all tracks of a publisher; its owner calls it under one lock.</summary>
internal sealed class RecordedMedia(IReadOnlyList<RecordedTrack> tracks, IUnitSink sink)
{
    // Below it nobody notices; a line that is moved for less only trembles.
    private const double LeastShift = 0.005;
    private readonly int _main = Math.Max(0, tracks.ToList().FindIndex(track => track.IsVideo));
    private bool _isAnnounced;

    internal IReadOnlyList<RecordedTrack> Tracks => tracks;

    internal RecordedTrack Main => tracks[_main];

    /// <summary>When the last packet came; null before the first.</summary>
    internal TimeSpan? LastPacket { get; private set; }

    internal void ReceiveRtp(int index, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        var track = tracks[index];
        var timeline = track.Receiver.Timeline;
        timeline.Origin ??= tracks.Select(other => other.Receiver.Timeline.Origin).FirstOrDefault(origin => origin is not null) ?? now;
        if (!timeline.HasStarted && RtpPacket.TryParse(packet, out var first))
        {
            StartByClock(track, first.Timestamp, now);
        }
        if (track.Receiver.Receive(packet, now))
        {
            LastPacket = now;
        }
        track.Receiver.Tick(now);
        Publish(index, now);
    }

    /// <summary>Takes reports; true when the publisher said goodbye.</summary>
    internal bool ReceiveRtcp(int index, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        var isOver = tracks[index].ReceiveRtcp(packet, now);
        foreach (var track in tracks)
        {
            Align(track);
        }
        return isOver;
    }

    // With both clocks known before the first packet, the track begins where its sender says.
    private void StartByClock(RecordedTrack track, RtpTimestamp first, TimeSpan now)
    {
        var main = Main;
        if (track == main || main.Clock is not { } ours || track.Clock is not { } theirs || !main.Receiver.Timeline.HasStarted)
        {
            return;
        }
        var clock = track.Track.Format.ClockRate;
        var moment = theirs.Seconds + (double)first.Since(theirs.Time) / clock;
        var place = (double)main.Receiver.Timeline.PlaceOf(ours.Time) / main.Track.Format.ClockRate + (moment - ours.Seconds);
        if (Math.Abs(place - (now - track.Receiver.Timeline.Origin!.Value).TotalSeconds) < 10)
        {
            track.Receiver.Timeline.Start(first, (long)(place * clock), now);
        }
    }

    // Tracks were placed by arrival until both senders' clocks were known; the picture's line stays, the others move.
    private void Align(RecordedTrack track)
    {
        var main = Main;
        if (
            track == main
            || main.Clock is not { } ours
            || track.Clock is not { } theirs
            || !main.Receiver.Timeline.HasStarted
            || !track.Receiver.Timeline.HasStarted
        )
        {
            return;
        }
        var clock = track.Track.Format.ClockRate;
        var wanted = (double)main.Receiver.Timeline.PlaceOf(ours.Time) / main.Track.Format.ClockRate - ours.Seconds;
        var now = (double)track.Receiver.Timeline.PlaceOf(theirs.Time) / clock - theirs.Seconds;
        var shift = wanted - now;
        // Clocks that differ by more than this are not one sender's.
        if (Math.Abs(shift) is > LeastShift and < 10)
        {
            track.Receiver.Timeline.Shift((long)(shift * clock));
        }
    }

    private void Publish(int index, TimeSpan now)
    {
        var track = tracks[index];
        while (track.Receiver.TryRead(out var made))
        {
            if (!_isAnnounced && tracks.All(other => other.IsFormatKnown))
            {
                _isAnnounced = true;
                sink.Announce([.. tracks.Select(other => other.Format)]);
            }
            if (!_isAnnounced || made.Data.IsEmpty || !TryPlace(track, made.Timestamp, out var time))
            {
                continue; // before the first picture, of which nothing is known yet
            }
            track.Last = time;
            var unit = Unit.Copy(made.Data);
            (unit.Track, unit.Timestamp, unit.Arrival, unit.IsKeyFrame) = (index, time, now, made.IsKeyFrame);
            sink.Publish(unit);
        }
    }

    // Sound never goes back: frames of one packet lie a frame apart even while a report moves the line, so the next may come too early. Only a sender whose own clock jumps loses what it repeats.
    private static bool TryPlace(RecordedTrack track, long time, out long place)
    {
        place = track.IsVideo ? time : Math.Max(time, track.Last + 1);
        return place - time < track.Track.Format.ClockRate;
    }
}
