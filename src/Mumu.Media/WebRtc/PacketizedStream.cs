// The packetised form of one stream: each unit cut once, kept for new viewers and for retransmission, handed to every loop that has viewers of it.
using System.Collections.Concurrent;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.WebRtc;

/// <summary>
/// Reads a stream on behalf of all its viewers. It runs on the source's thread: cutting takes no lock, handing on takes one for a moment, once a frame.
/// What it keeps, the loops keep too, by reference.
/// </summary>
internal sealed class PacketizedStream : IUnitReader
{
    private const int MaxBytes = 24 << 20;

    private readonly Lock _gate = new();
    private readonly WebRtcOptions _options;
    private readonly ConcurrentQueue<PacketizedFrame> _pool = new();
    private readonly Queue<PacketizedFrame> _kept = new();
    private readonly long[] _slotFrames = new long[2];
    private readonly long[] _slotPackets = new long[2];
    private StreamTracks _tracks;
    private MomentClock[] _clocks = [];
    private ViewerLoop[] _loops = [];
    private StreamReading? _reading;
    private readonly KeyFrameRequests _requests;
    private PictureImportance? _importance;
    private long _next;
    private long _groupStart = -1;
    private int _keptPackets;
    private long _keptBytes;

    internal PacketizedStream(MediaStream stream, StreamTracks tracks, WebRtcOptions options)
    {
        Stream = stream;
        _options = options;
        _tracks = tracks;
        _requests = new KeyFrameRequests(stream, options.SourceKeyFrameInterval);
        SetClocks();
    }

    /// <summary>Passes viewers' wishes for a key frame on to the source.</summary>
    internal KeyFrameRequests KeyFrames => _requests;

    internal MediaStream Stream { get; }

    /// <summary>True once the stream has another format: its viewers end, and no new ones may come.</summary>
    internal bool IsOver { get; private set; }

    /// <summary>What its viewers agreed to.</summary>
    internal StreamTracks Tracks => _tracks;

    /// <summary>Units that were malformed and so not sent.</summary>
    internal long Malformed { get; private set; }

    /// <summary>Starts to read; replays the stream's cached group at once.</summary>
    internal void Start() => _reading = Stream.AddReader(this);

    /// <summary>Ends reading and lets go of all frames.</summary>
    internal void Stop()
    {
        _reading?.Dispose();
        lock (_gate)
        {
            _loops = [];
            while (_kept.TryDequeue(out var frame))
            {
                frame.Release();
            }
        }
    }

    /// <summary>Hands a loop everything kept, then what comes. False if the loop's queue is full.</summary>
    internal bool Attach(ViewerLoop loop)
    {
        lock (_gate)
        {
            var kept = _kept.ToArray();
            foreach (var frame in kept)
            {
                frame.AddReference();
            }
            if (!loop.TryPost(new LoopCommand(LoopCommandKind.AttachStream, this, kept)))
            {
                foreach (var frame in kept)
                {
                    frame.Release();
                }
                return false;
            }
            _loops = [.. _loops, loop];
            return true;
        }
    }

    /// <summary>Ends what <see cref="Attach"/> began.</summary>
    internal void Detach(ViewerLoop loop)
    {
        lock (_gate)
        {
            _loops = [.. _loops.Where(other => other != loop)];
            loop.Post(new LoopCommand(LoopCommandKind.DetachStream, this));
        }
    }

    /// <inheritdoc />
    public void OnTracks(IReadOnlyList<TrackFormat> tracks)
    {
        var now = new StreamTracks(tracks);
        if (tracks.Count == 0)
        {
            return;
        }
        lock (_gate)
        {
            if (now.IsSameAs(_tracks))
            {
                _tracks = now;
                return;
            }
            IsOver = true;
            foreach (var loop in _loops)
            {
                loop.Post(new LoopCommand(LoopCommandKind.EndStream, this));
            }
        }
    }

    /// <inheritdoc />
    public void OnUnit(Unit unit, bool isBacklog)
    {
        var slot = _tracks.SlotOf(unit.Track);
        if (slot < 0 || IsOver)
        {
            return;
        }
        var maxPayload = _options.MaxPacketBytes - Mumu.Protocols.WebRtc.Peer.MaxOverhead;
        if (PacketizedFrame.Cut(_pool, _tracks.PacketizerOf(slot), unit.Data, maxPayload) is not { } frame)
        {
            Malformed++;
            return;
        }
        if (slot == 0 && unit.IsKeyFrame)
        {
            _importance?.Learn(unit.Data);
        }
        var startsGroup = slot == 0 && (unit.IsKeyFrame || !_tracks.HasVideo);
        frame.Place(
            _next,
            slot,
            _slotFrames[slot]++,
            _slotPackets[slot],
            unit.Timestamp,
            _clocks[slot].At(unit.Timestamp, unit.Arrival),
            startsGroup,
            slot == 0 && !startsGroup && _importance?.IsDisposable(unit.Data) == true
        );
        _slotPackets[slot] += frame.PacketCount;
        lock (_gate)
        {
            Keep(frame, startsGroup);
            foreach (var loop in _loops)
            {
                frame.AddReference();
                if (!loop.TryPost(new LoopCommand(LoopCommandKind.Frame, this, frame)))
                {
                    frame.Release(); // The loop sees the gap in the numbers and goes on with the next key frame.
                }
            }
        }
    }

    /// <inheritdoc />
    public void OnState(StreamState state, string? message)
    {
        // Viewers stay while a camera is away: the stream restarts its source, and the picture goes on.
    }

    private void Keep(PacketizedFrame frame, bool startsGroup)
    {
        if (startsGroup)
        {
            _groupStart = frame.Number;
        }
        _next++;
        _kept.Enqueue(frame);
        _keptPackets += frame.PacketCount;
        _keptBytes += frame.ByteCount;
        while (
            _kept.Count > 1
            && _kept.Peek() is var oldest
            && (
                _keptBytes > MaxBytes
                || ((oldest.Number < _groupStart || _groupStart < 0) && _keptPackets - oldest.PacketCount >= _options.RetransmitPackets)
            )
        )
        {
            _kept.Dequeue();
            _keptPackets -= oldest.PacketCount;
            _keptBytes -= oldest.ByteCount;
            oldest.Release();
        }
        frame.Oldest = _kept.Peek().Number;
        if (_groupStart < frame.Oldest)
        {
            _groupStart = -1; // The group outgrew its bounds; who comes now waits for the next.
        }
        frame.GroupStart = _groupStart;
    }

    private void SetClocks()
    {
        _clocks = [.. _tracks.Tracks.Select(track => new MomentClock(track.ClockRate))];
        _importance = _tracks.HasVideo ? new PictureImportance(_tracks.Tracks[0].Codec) : null;
    }
}
