// Sends one stream to one viewer: from the cached group, then live; the group again for a lost picture; the next key frame for a slow one.
using Mumu.Io;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.WebRtc;

namespace Mumu.Media.WebRtc;

/// <summary>
/// A viewer's place in its stream. It pulls: frames wait in the stream's ring, not in a queue of the viewer, and nothing is copied. Runs on the loop's thread.
/// </summary>
internal sealed class ViewerFeed
{
    private static readonly TimeSpan s_groupPatience = TimeSpan.FromSeconds(4); // the time even a long group takes at three times its rate

    private const int MaxOverdraft = 64; // packets: a flood of NACKs must not be a lever for more than a burst

    private readonly WebRtcOptions _options;
    private readonly LoopStream _stream;
    private readonly Peer _peer;
    private readonly FeedTrack?[] _tracks;
    private readonly PathRate _path = new();
    private Pace _pace;
    private long _cursor;
    private int _packet; // of the frame at the cursor
    private Repeat? _repeat;
    private long _repeatEnd;
    private bool _awaitsKeyFrame;
    private TimeSpan? _behindSince;
    private bool _isStarting = true;
    private bool _isPictureLost;
    private TimeSpan _lastRepair = TimeSpan.FromDays(-1);

    internal ViewerFeed(WebRtcOptions options, LoopStream stream, Peer peer, FeedTrack?[] tracks)
    {
        _options = options;
        _stream = stream;
        _peer = peer;
        _tracks = tracks;
        HasVideo = tracks.Any(track => track is { Outgoing.IsVideo: true });
        Begin();
    }

    internal bool HasVideo { get; }

    /// <summary>Bytes sent, with headers and tags, without retransmissions.</summary>
    internal long Bytes { get; private set; }

    internal long Retransmits { get; private set; }

    internal long DroppedFrames { get; private set; }

    /// <summary>True if there is something to send.</summary>
    internal bool IsBehind => _cursor < _stream.Next || _isPictureLost;

    /// <summary>Sends what may leave now.</summary>
    internal void Pump(in PacketPath path, TimeSpan now)
    {
        if (_cursor < _stream.First)
        {
            Drop(); // The ring went past: far too slow, or a gap in the stream.
        }
        _pace.Fill(PacketsPerMillisecond(), now);
        if (_packet == 0)
        {
            RepairIfAsked(now);
        }
        while (_cursor < _stream.Next)
        {
            var frame = _stream[_cursor];
            if (_packet == 0 && !Wants(frame))
            {
                _cursor++;
                continue;
            }
            if (_pace.Available <= 0 || !SendSome(path, frame))
            {
                GiveUpIfTooSlow(now);
                return;
            }
            if (_packet == frame.PacketCount)
            {
                _packet = 0;
                _cursor++;
                RepairIfAsked(now);
            }
        }
        (_behindSince, _isStarting, _repeat) = (null, false, null);
    }

    /// <summary>Sends one packet again: in the retransmission stream, or else with the same bytes.</summary>
    internal void Resend(in PacketPath path, OutgoingTrack outgoing, SequenceNumber sequence)
    {
        var track = TrackOf(outgoing);
        var index = outgoing.IndexOf(sequence);
        if (
            _pace.Available <= -MaxOverdraft
            || !track.Runs.TryFind(index, out var number, out var repeat)
            || _stream.Find(outgoing.Index, number) is not { } frame
        )
        {
            return;
        }
        var packet = (int)(number - frame.FirstPacket);
        var room = path.Reserve(frame.LengthOf(packet) + Peer.MaxOverhead + path.Overhead);
        if (!room.IsEmpty)
        {
            var length = _peer.Retransmit(
                track.Outgoing,
                index,
                new RtpTimestamp(track.TimeOf(frame, repeat)),
                frame.MarksLast && packet == frame.PacketCount - 1,
                frame.IsKeyFrame,
                frame.Payload(packet),
                room[path.Front..]
            );
            length = path.Seal(room, length);
            path.Commit(length, length);
            _pace.Take(1);
            Retransmits++;
        }
    }

    /// <summary>The viewer reported on its video.</summary>
    internal void TakeReport(OutgoingTrack track, TimeSpan now) =>
        _path.Report(track.LastReport?.FractionLost ?? 0, track.Packets + Retransmits, _stream.PacketsPerMillisecond, now);

    /// <summary>The viewer has lost the picture; the repair begins with the next frame.</summary>
    internal void RepairPicture() => _isPictureLost = true;

    private FeedTrack TrackOf(OutgoingTrack outgoing) => _tracks[outgoing.Index]!; // the index is the slot

    private void Begin()
    {
        _cursor = HasVideo && _stream.GroupStart >= 0 ? _stream.GroupStart : _stream.Next;
        _awaitsKeyFrame = HasVideo;
        if (HasVideo && _stream.GroupStart < 0)
        {
            _stream.Source.Stream.RequestKeyFrame();
        }
    }

    /// <summary>Between two frames: sends the group again if the picture is lost, at times that press behind the last one.</summary>
    private void RepairIfAsked(TimeSpan now)
    {
        if (!_isPictureLost)
        {
            return;
        }
        _isPictureLost = false;
        if (!HasVideo || _awaitsKeyFrame || _isStarting || now - _options.KeyFrameInterval < _lastRepair)
        {
            return; // A key frame is on its way already.
        }
        _lastRepair = now;
        if (_stream.GroupStart < 0 || _stream.GroupPackets > _options.RetransmitPackets)
        {
            _awaitsKeyFrame = true;
            _stream.Source.Stream.RequestKeyFrame();
        }
        else if (_stream.GroupStart < _cursor)
        {
            _repeat = new Repeat(_tracks[0]!.LastTime, _stream[_stream.GroupStart].SlotNumber);
            _repeatEnd = Math.Max(_repeatEnd, _cursor);
            _cursor = _stream.GroupStart;
        }
    }

    private bool Wants(PacketizedFrame frame)
    {
        if (_tracks[frame.Slot] is not { } track || (IsRepeated(frame) && !track.Outgoing.IsVideo))
        {
            return false; // Sound is not repeated with the picture.
        }
        if (_awaitsKeyFrame)
        {
            if (!frame.IsKeyFrame)
            {
                return false;
            }
            _awaitsKeyFrame = false;
        }
        return true;
    }

    private bool SendSome(in PacketPath path, PacketizedFrame frame)
    {
        var track = _tracks[frame.Slot]!;
        var segment = frame.LengthOf(_packet);
        var most = Math.Min(Math.Min(_pace.Available, frame.PacketCount - _packet), MostIn(path, segment));
        var count = 1;
        var bytes = segment;
        // One message: equal packets, and behind them one that may be shorter.
        while (count < most && frame.LengthOf(_packet + count - 1) == segment && frame.LengthOf(_packet + count) <= segment)
        {
            bytes += frame.LengthOf(_packet + count++);
        }
        var room = path.Reserve(bytes + count * (Peer.MaxOverhead + path.Overhead));
        if (room.IsEmpty)
        {
            return false;
        }
        var repeat = IsRepeated(frame) ? _repeat : null;
        var index = track.Outgoing.Take(count, bytes);
        track.Runs.Note(index, frame.FirstPacket + _packet, repeat);
        var written = 0;
        var first = 0;
        for (var i = 0; i < count; i++)
        {
            var rest = room[written..];
            written += path.Seal(rest, Write(track, index + (ulong)i, frame, _packet + i, repeat, rest[path.Front..]));
            first = i == 0 ? written : first;
        }
        path.Commit(written, first);
        _pace.Take(count);
        _packet += count;
        Bytes += written;
        if (_packet == frame.PacketCount)
        {
            track.LastTime = track.TimeOf(frame, repeat);
            if (repeat is null)
            {
                track.Outgoing.SetClock(frame.Moment, new RtpTimestamp(track.LastTime));
            }
        }
        return true;
    }

    private static int MostIn(in PacketPath path, int segment) =>
        Math.Min(UdpSendBatch.MaxSegments, path.MaxMessageBytes / (segment + Peer.MaxOverhead + path.Overhead));

    private bool IsRepeated(PacketizedFrame frame) => _repeat is not null && frame.Number < _repeatEnd;

    private int Write(FeedTrack track, ulong index, PacketizedFrame frame, int packet, in Repeat? repeat, Span<byte> room) =>
        _peer.Protect(
            track.Outgoing,
            index,
            new RtpTimestamp(track.TimeOf(frame, repeat)),
            frame.MarksLast && packet == frame.PacketCount - 1,
            frame.IsKeyFrame,
            frame.Payload(packet),
            room
        );

    private double PacketsPerMillisecond()
    {
        var isNear = _peer.RoundTrip is { } time && time <= _options.NearRoundTrip;
        var burst = isNear ? _options.BurstPacketsPerMillisecond : _options.FarBurstPacketsPerMillisecond;
        return _path.Limit ?? Math.Max(burst, 3 * _stream.PacketsPerMillisecond);
    }

    private void GiveUpIfTooSlow(TimeSpan now)
    {
        _behindSince ??= now;
        var patience = _isStarting || _repeat is not null ? s_groupPatience : TimeSpan.Zero;
        if (now - _behindSince > _options.MaxLag + patience)
        {
            Drop();
            _behindSince = null;
        }
    }

    /// <summary>Leaves out everything up to the newest key frame, or up to the next.</summary>
    private void Drop()
    {
        var target = _stream.GroupStart > _cursor ? _stream.GroupStart : _stream.Next;
        DroppedFrames += target - _cursor;
        (_cursor, _packet, _repeat, _isStarting) = (target, 0, null, true);
        _awaitsKeyFrame = HasVideo;
    }
}
