// The RTP form of one stream, made once for all its RTSP readers.
using System.Collections.Concurrent;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>
/// Reads a stream on behalf of all its RTSP readers: cuts each unit once, on the source's thread, and posts it to the loop. Sequence numbers, times and source are the same for all, so a frame's bytes are, too.
/// </summary>
internal sealed class RtspFeed : IUnitReader, IFeed
{
    /// <summary>Most bytes of an RTP payload: with its header below what every path takes.</summary>
    internal const int MaxPayload = 1388;

    private readonly Lock _numbersGate = new();
    private readonly ConcurrentQueue<RtspFrame> _pool = new();
    private readonly RtspScratch _scratch = new();
    private readonly Func<RtspCommand, bool> _post;
    private readonly RtspNumbers[] _numbers;
    private readonly RtspClock _clock;
    private StreamReading? _reading;
    private volatile bool _isOver;
    private long _next;

    internal RtspFeed(MediaStream stream, RtspTracks tracks, Func<RtspCommand, bool> post, TimeProvider time)
    {
        Stream = stream;
        Tracks = tracks;
        _post = post;
        _numbers =
        [
            .. tracks.All.Select(t => new RtspNumbers(
                t.PayloadType,
                new Ssrc((uint)Random.Shared.NextInt64(1, uint.MaxValue)),
                (uint)Random.Shared.NextInt64(uint.MaxValue),
                (ushort)Random.Shared.Next(1 << 15)
            )),
        ];
        _clock = new RtspClock(tracks.All[tracks.Main].Format.ClockRate, time);
    }

    public MediaStream Stream { get; }

    internal RtspTracks Tracks { get; }

    /// <summary>True once the stream has other tracks: its readers end.</summary>
    public bool IsOver => _isOver;

    /// <inheritdoc />
    public int Readers { get; set; }

    /// <summary>Units that could not be cut.</summary>
    internal long Malformed { get; private set; }

    /// <summary>Starts to read; what the stream has cached is posted before this returns.</summary>
    public void Start() => _reading = Stream.AddReader(this);

    public void Stop()
    {
        _reading?.Dispose();
        _post(new RtspCommand(RtspCommandKind.DropFeed, this));
    }

    /// <summary>The RTP time of a moment on the stream's line.</summary>
    internal uint RtpTimeOf(int track, TimeSpan moment)
    {
        var clock = Tracks.All[track].Format.ClockRate;
        return _numbers[track].TimeOf((long)((Int128)moment.Ticks * clock / TimeSpan.TicksPerSecond)).Value;
    }

    /// <summary>A sender report of a track with its CNAME (RFC 3550 §6.4.1); null before the first unit.</summary>
    internal RtspFrame? Report(int track)
    {
        lock (_numbersGate)
        {
            var numbers = _numbers[track];
            if (!_clock.TryNow(Tracks.All[track].Format.ClockRate, out var ntp, out var now))
            {
                return null;
            }
            Span<byte> bytes = stackalloc byte[96];
            var length = SenderReport.Write(bytes, numbers.Source, ntp, numbers.TimeOf(now), numbers.Packets, numbers.Octets);
            length += SourceDescription.Write(bytes[length..], numbers.Source, "mumu"u8);
            return RtspFrame.OfBytes(bytes[..length], track);
        }
    }

    /// <inheritdoc />
    public void OnTracks(IReadOnlyList<TrackFormat> tracks)
    {
        if (tracks.Count > 0 && !IsOver && !new RtspTracks(tracks).IsSameAs(Tracks))
        {
            _isOver = true;
            _post(new RtspCommand(RtspCommandKind.EndFeed, this));
        }
    }

    /// <inheritdoc />
    public void OnUnit(Unit unit, bool isBacklog)
    {
        var track = Tracks.NumberOf(unit.Track);
        if (track < 0 || IsOver)
        {
            return;
        }
        var packetizer = Tracks.All[track].Packetizer;
        if (RtspFrame.Cut(_pool, _scratch, packetizer, unit.Data, MaxPayload) is not { } frame)
        {
            Malformed++;
            return;
        }
        lock (_numbersGate)
        {
            var isMain = track == Tracks.Main;
            if (isMain)
            {
                _clock.Note(unit.Timestamp, unit.Arrival);
            }
            frame.Place(_next++, track, isMain && unit.IsKeyFrame, unit.Timestamp, _numbers[track], packetizer.MarksLast);
            _numbers[track].Count(frame);
        }
        if (!_post(new RtspCommand(RtspCommandKind.Frame, this, frame)))
        {
            frame.Release(); // The loop sees the gap in the numbers and goes on with the next key frame.
        }
    }

    /// <inheritdoc />
    public void OnState(StreamState state, string? message)
    {
        // Readers stay while a camera is away: the stream restarts its source, and the picture goes on.
    }
}
