// Sends one stream to one viewer: from the cached group, then live; the group again for a lost picture; fewer frames on a narrow path.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.WebRtc;

namespace Mumu.Media.WebRtc;

/// <summary>
/// A viewer's place in its stream. It pulls: frames wait in the stream's ring, not in a queue of the viewer, and nothing is copied. Runs on the loop's thread.
/// </summary>
internal sealed class ViewerFeed
{
    private static readonly TimeSpan s_groupPatience = TimeSpan.FromSeconds(4); // the time even a long group takes at three times its rate
    private static readonly TimeSpan s_sourcePatience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_skipLag = TimeSpan.FromMilliseconds(100); // behind by more, the rest of an old group gives way to a new one
    private const double CheapRepeat = 250; // ms that a repeated group may take where the source could make a key frame
    private const double HighLoss = 0.1; // 0–1
    private const double SomeLoss = 0.03; // which is no sign of a narrow path where no limit was found
    private const double DearRepeat = 1000; // ms that it may take at all

    private readonly WebRtcOptions _options;
    private readonly LoopStream _stream;
    private readonly Peer _peer;
    private readonly FeedTrack?[] _tracks;
    private readonly PathRate _rate;
    private readonly FrameChoice _choice;
    private readonly FeedSender _sender;
    private long _cursor;
    private int _packet; // of the frame at the cursor
    private Repeat? _repeat;
    private long _repeatEnd;
    private TimeSpan? _behindSince;
    private bool _isStarting = true;
    private bool _isPictureLost;
    private TimeSpan? _expectsKeyFrameUntil;
    private TimeSpan _lastRepair = TimeSpan.FromDays(-1);

    internal ViewerFeed(WebRtcOptions options, LoopStream stream, Peer peer, FeedTrack?[] tracks, TimeSpan now)
    {
        _options = options;
        _stream = stream;
        _peer = peer;
        _tracks = tracks;
        _rate = new PathRate(options);
        _choice = new FrameChoice(options);
        _sender = new FeedSender(peer);
        HasVideo = tracks.Any(track => track is { Outgoing.IsVideo: true });
        Begin(now);
    }

    internal bool HasVideo { get; }

    /// <summary>Bytes sent, with headers and tags, without retransmissions.</summary>
    internal long Bytes => _sender.Bytes;

    internal long Retransmits => _sender.Retransmits;

    /// <summary>Frames left out, by cause.</summary>
    internal DropCounts Drops => _choice.Drops;

    /// <summary>What the path takes, in bytes a millisecond; null while it has shown no limit.</summary>
    internal double? Limit => _rate.Limit;

    /// <summary>True if there is something to send.</summary>
    internal bool IsBehind => _cursor < _stream.Next || _isPictureLost;

    /// <summary>Sends what may leave now.</summary>
    internal void Pump(in PacketPath path, TimeSpan now)
    {
        if (_cursor < _stream.First)
        {
            Drop(now); // The ring went past: far too slow, or a gap in the stream.
        }
        var streamRate = _stream.BytesPerMillisecond;
        _rate.Update(_peer, streamRate, now);
        _sender.Fill(_rate, _options.MaxPacketBytes, now);
        if (_packet == 0)
        {
            Repair(now);
        }
        while (_cursor < _stream.Next)
        {
            var frame = _stream[_cursor];
            if (_packet == 0 && !Wants(frame, streamRate, now))
            {
                _cursor++;
                continue;
            }
            if (!Send(path, frame, now))
            {
                GiveUpIfTooSlow(now);
                return;
            }
            if (_packet == frame.PacketCount)
            {
                _packet = 0;
                _cursor++;
                Repair(now);
            }
        }
        (_behindSince, _isStarting, _repeat) = (null, false, null);
    }

    /// <summary>Sends one packet again.</summary>
    internal void Resend(in PacketPath path, OutgoingTrack outgoing, SequenceNumber sequence, TimeSpan now)
    {
        var track = _tracks[outgoing.Index]!; // the index is the slot
        var index = outgoing.IndexOf(sequence);
        if (
            track.Runs.TryFind(index, out var number, out var repeat)
            && _stream.Find(outgoing.Index, number) is { } frame
            && track.Resends.TryNote(index, (_peer.RoundTrip ?? TimeSpan.Zero) / 2, now, out var isRepeat)
        )
        {
            // Where much is lost, much of what is sent again is lost too; asking once more takes a round trip, a second copy none. Where less is, that is for what was lost twice.
            var isLossy = _peer.Path?.Loss > (isRepeat && _rate.Limit is null ? SomeLoss : HighLoss);
            for (var copies = isLossy && outgoing.Retransmission is not null ? 2 : 1; copies > 0; copies--)
            {
                _sender.Resend(path, track, index, frame, (int)(number - frame.FirstPacket), repeat, now);
            }
        }
    }

    /// <summary>The viewer reported on its video.</summary>
    internal void TakeReport(OutgoingTrack track, TimeSpan now) =>
        _rate.Report(
            track.LastReport?.FractionLost ?? 0,
            track.Packets + Retransmits,
            Bytes + _sender.RetransmittedBytes,
            _stream.BytesPerMillisecond,
            now
        );

    /// <summary>The viewer has lost the picture; the repair begins with the next frame.</summary>
    internal void RepairPicture() => _isPictureLost = true;

    private void Begin(TimeSpan now)
    {
        _cursor = HasVideo && _stream.GroupStart >= 0 ? _stream.GroupStart : _stream.Next;
        if (HasVideo)
        {
            _choice.Await();
        }
        if (HasVideo && _stream.GroupStart < 0)
        {
            _stream.Source.KeyFrames.Ask(now);
        }
    }

    /// <summary>
    /// Between two frames: mends a lost picture. With the group again, at times that press behind the last one, where that is cheap; with a new key frame, where the source makes one; else with
    /// the group again if that is bearable; else with the next key frame.
    /// </summary>
    private void Repair(TimeSpan now)
    {
        if (_expectsKeyFrameUntil is { } until && (!_choice.AwaitsKeyFrame || now >= until))
        {
            _expectsKeyFrameUntil = null;
            if (_choice.AwaitsKeyFrame && RepeatTime() <= DearRepeat)
            {
                RepeatGroup(); // The source did not answer.
            }
        }
        if (!_isPictureLost)
        {
            return;
        }
        _isPictureLost = false;
        if (!HasVideo || _choice.AwaitsKeyFrame || _isStarting || now - _options.KeyFrameInterval < _lastRepair)
        {
            return; // A key frame is on its way already.
        }
        _lastRepair = now;
        var time = RepeatTime();
        var isDear = time > CheapRepeat || _peer.Path?.Loss > HighLoss; // Of a long repeat, much would be lost again.
        if (isDear && _stream.Source.KeyFrames.Ask(now))
        {
            _choice.Await();
            _expectsKeyFrameUntil = now + s_sourcePatience;
        }
        else if (time <= DearRepeat)
        {
            RepeatGroup();
        }
        else
        {
            _choice.Await();
        }
    }

    /// <summary>How many milliseconds the group would take.</summary>
    private double RepeatTime() =>
        _stream.GroupStart < 0 || _stream.GroupPackets > _options.RetransmitPackets
            ? double.PositiveInfinity
            : _stream.GroupBytes / Math.Max(1, _rate.Rate);

    private void RepeatGroup()
    {
        if (_stream.GroupStart < _cursor)
        {
            _choice.Await(); // satisfied by the group's own key frame
            _repeat = new Repeat(_tracks[0]!.LastTime, _stream[_stream.GroupStart].SlotNumber);
            _repeatEnd = Math.Max(_repeatEnd, _cursor);
            _cursor = _stream.GroupStart;
        }
    }

    private bool Wants(PacketizedFrame frame, double streamRate, TimeSpan now)
    {
        if (_tracks[frame.Slot] is not { } track || (IsRepeated(frame) && !track.Outgoing.IsVideo))
        {
            return false; // Sound is not repeated with the picture.
        }
        var lag = now - frame.Moment;
        var catchesUp = _isStarting || _repeat is not null;
        if (_rate.Limit is not null && lag > s_skipLag && !catchesUp && _stream.GroupStart > frame.Number && !_choice.AwaitsKeyFrame)
        {
            _choice.Await(isNarrow: true, from: _stream.GroupStart);
        }
        return _choice.Wants(frame, track.Outgoing.IsVideo, new FeedState(_rate.Limit, streamRate, lag, catchesUp, now));
    }

    private bool Send(in PacketPath path, PacketizedFrame frame, TimeSpan now)
    {
        var track = _tracks[frame.Slot]!;
        var repeat = IsRepeated(frame) ? _repeat : null;
        var sent = _sender.Send(path, track, frame, _packet, repeat, now);
        _packet += sent;
        if (sent > 0 && _packet == frame.PacketCount)
        {
            track.LastTime = track.TimeOf(frame, repeat);
            if (repeat is null)
            {
                track.Outgoing.SetClock(frame.Moment, new RtpTimestamp(track.LastTime));
            }
        }
        return sent > 0;
    }

    private bool IsRepeated(PacketizedFrame frame) => _repeat is not null && frame.Number < _repeatEnd;

    private void GiveUpIfTooSlow(TimeSpan now)
    {
        _behindSince ??= now;
        var patience = _isStarting || _repeat is not null ? s_groupPatience : TimeSpan.Zero;
        if (_rate.Limit is null && now - _behindSince > _options.MaxLag + patience)
        {
            Drop(now);
            _behindSince = null;
        }
    }

    /// <summary>Leaves out everything up to the newest key frame, or up to the next.</summary>
    private void Drop(TimeSpan now)
    {
        var target = _stream.GroupStart > _cursor ? _stream.GroupStart : _stream.Next;
        _choice.CountLate(target - _cursor);
        (_cursor, _packet, _repeat, _isStarting) = (target, 0, null, true);
        if (HasVideo)
        {
            _choice.Await();
        }
        if (HasVideo && target == _stream.Next)
        {
            _stream.Source.KeyFrames.Ask(now);
        }
    }
}
