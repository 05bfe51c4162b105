// Takes a transport stream apart into units (ISO/IEC 13818-1).
using Mumu.Protocols.Codecs;
using Mumu.Protocols.MpegTs.Tracks;

namespace Mumu.Protocols.MpegTs;

/// <summary>
/// Bytes in, in pieces of any size; tracks and units out. It follows the first program that has tracks it can use, finds packets again after garbage, and drops what a loss has damaged.
/// Tracks are told before the first unit, once each is known (a key frame, an AAC header), or when one keeps away for long; and again when they change.
/// </summary>
/// <remarks>Feed, then drain: <c>Receive(bytes)</c>, then <c>TryRead</c> until it is false. At the end of a file or segment <see cref="Flush"/>, and drain again.</remarks>
public sealed class TsDemuxer
{
    /// <summary>Bytes of units that wait for a track of which nothing is known yet; then it is left out.</summary>
    private const int MaxWaiting = 4 << 20;

    /// <summary>Packets for which a track may keep away, for streams whose clock stands still.</summary>
    private const int MaxPatience = 50_000;

    /// <summary>The same in ticks of the program's clock: 1.5 s.</summary>
    private const long MaxWait = 27_000_000 * 3L / 2;

    private readonly TsSync _sync = new();
    private readonly TsTimeline _timeline = new();
    private readonly TsUnits _units = new();
    private readonly TsPrograms _programs = new();
    private readonly TsContinuity _continuity = new();
    private Dictionary<int, TsTrackReader> _readers = [];
    private TsTrack[] _tracks = [];
    private bool _isAnnounced;
    private bool _hasNews;
    private long _patience;
    private long? _since;
    private long _scrambled;
    private long _malformed;

    /// <summary>What went wrong so far.</summary>
    public TsCounters Counters =>
        new(
            _continuity.Lost,
            _sync.Losses,
            _malformed + _programs.Malformed + _readers.Values.Sum(reader => reader.Malformed),
            _scrambled,
            _readers.Values.Sum(reader => reader.Dropped),
            _timeline.Jumps
        );

    /// <summary>The last program clock reference, 27 MHz, as the stream told it; null before the first.</summary>
    public long? Clock { get; private set; }

    /// <summary>True once a program was found, whether or not it has tracks we can use.</summary>
    public bool HasProgram => _programs.Streams.Count > 0;

    /// <summary>For people: what the program holds that can't be used, for example <c>AC-3</c>; empty where all can.</summary>
    public IReadOnlyList<string> Unusable =>
        [.. _programs.Streams.Where(s => s.Codec == Codec.Unknown).Select(s => ProgramTables.NameOf(s.Type)).Distinct()];

    /// <summary>Takes bytes; drain with <see cref="TryRead"/> before the next call.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        _sync.Append(bytes);
        Drain(isLast: false);
    }

    /// <summary>Ends what is in work: the end of a file or of a segment.</summary>
    public void Flush()
    {
        Drain(isLast: true);
        foreach (var reader in _readers.Values)
        {
            reader.Flush();
        }
        if (!_isAnnounced && _readers.Values.Any(reader => reader.Track is not null))
        {
            Announce();
        }
    }

    /// <summary>Says that what comes next is of another recording: counters and clock begin anew, the timeline goes on. Ends what is in work.</summary>
    public void Discontinuity()
    {
        Flush();
        _continuity.Reset();
        _programs.Reset();
        _timeline.Cut();
        foreach (var reader in _readers.Values)
        {
            reader.Reset();
        }
    }

    /// <summary>Gives what comes next; false when there is nothing (yet).</summary>
    public bool TryRead(out TsEvent next)
    {
        next = default;
        if (!_isAnnounced)
        {
            return false;
        }
        if (_hasNews)
        {
            _hasNews = false;
            next = new TsEvent { Tracks = _tracks };
            return true;
        }
        return _units.TryRead(out next);
    }

    private void Drain(bool isLast)
    {
        while (_sync.TryRead(isLast, out var bytes))
        {
            if (TsPacket.TryParse(bytes, out var packet))
            {
                Take(packet);
            }
            else
            {
                _malformed++;
            }
        }
        if (!_isAnnounced)
        {
            AnnounceIfKnown();
        }
        else if (_readers.Values.Any(IsNews))
        {
            Announce();
        }
    }

    // A track that had kept away, or sound of another rate. Video that changes says so itself, at its key frames.
    private bool IsNews(TsTrackReader reader) =>
        reader.Track is { } track && (reader.Index is not { } index || (!track.IsVideo && !ReferenceEquals(track, _tracks[index])));

    private void Take(in TsPacket packet)
    {
        _patience++;
        if (
            packet.Pid == TsPacket.NullPid
            || !(_programs.Follows(packet.Pid) || _readers.ContainsKey(packet.Pid) || packet.Clock is not null)
        )
        {
            return;
        }
        var arrival = _continuity.Judge(packet);
        if (packet.Clock is not null && packet.Pid == _programs.ClockPid)
        {
            Clock = packet.Clock;
        }
        if (!packet.HasPayload || arrival == TsArrival.Repeated)
        {
            return;
        }
        if (packet.IsScrambled)
        {
            _scrambled++;
            return;
        }
        if (_programs.Follows(packet.Pid))
        {
            if (_programs.Take(packet, arrival == TsArrival.AfterLoss))
            {
                Follow();
            }
            return;
        }
        if (_readers.TryGetValue(packet.Pid, out var reader))
        {
            if (arrival == TsArrival.AfterLoss)
            {
                reader.Lose();
            }
            reader.Push(packet.Payload, packet.StartsUnit, packet.IsRandomAccess);
        }
    }

    /// <summary>The program has other streams than before.</summary>
    private void Follow()
    {
        var readers = new Dictionary<int, TsTrackReader>();
        foreach (var stream in _programs.Streams)
        {
            if (_readers.TryGetValue(stream.Pid, out var same) && same.Stream == stream)
            {
                readers[stream.Pid] = same;
            }
            else if (Reader(stream) is { } made)
            {
                readers[stream.Pid] = made;
            }
        }
        foreach (var old in _readers.Values.Where(old => !readers.ContainsValue(old)))
        {
            old.Flush();
            old.Index = null;
        }
        _readers = readers;
        (_isAnnounced, _patience, _since) = (false, 0, Clock);
    }

    private TsTrackReader? Reader(TsStream stream) =>
        stream.Codec switch
        {
            Codec.H264 or Codec.H265 => new NalTrackReader(stream, _timeline, _units),
            Codec.Aac => new AdtsTrackReader(stream, _timeline, _units),
            Codec.Opus => new OpusTrackReader(stream, _timeline, _units),
            _ => null,
        };

    private void AnnounceIfKnown()
    {
        var known = _readers.Values.Count(reader => reader.Track is not null);
        if (known > 0 && (known == _readers.Count || IsPatienceOver()))
        {
            Announce();
        }
    }

    private bool IsPatienceOver()
    {
        _since ??= Clock;
        return _units.Waiting > MaxWaiting || _patience > MaxPatience || Math.Abs(Clock - _since ?? 0) > MaxWait;
    }

    private void Announce()
    {
        var known = _readers.Values.Where(reader => reader.Track is not null).ToArray();
        foreach (var reader in _readers.Values)
        {
            reader.Index = null;
        }
        for (var i = 0; i < known.Length; i++)
        {
            known[i].Index = i;
        }
        _tracks = [.. known.Select(reader => reader.Track!)];
        (_isAnnounced, _hasNews) = (true, true);
    }
}
