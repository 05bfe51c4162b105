// Turns a stream into low-latency HLS, pictures and sound in the same segments.
using Mumu.Media.Outputs.Fmp4;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Outputs.Hls;

/// <summary>
/// A reader of a stream that keeps the last seconds of it as HLS. It looks at the first pictures to learn how long they last, since the part target may not change afterwards, and is ready when its first segment is complete, since only that tells how
/// long segments are. A source that starts anew makes a discontinuity; one that comes back with other formats ends the muxer, as its multivariant playlist may not change.
/// </summary>
public sealed class HlsMuxer : IUnitReader, IDisposable
{
    private const int LearnedPictures = 12;
    private const int MostLearned = 400;
    private const int MostAwaited = 4_000;
    private static readonly TimeSpan MadeSoundLimit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan SoundLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LearningTime = TimeSpan.FromSeconds(1.5);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private readonly HlsOptions _options;
    private readonly TimeProvider _time;
    private readonly HlsWallClock _clock;
    private readonly MediaStream _stream;
    private readonly List<Unit> _learned = [];
    private IReadOnlyList<TrackFormat> _tracks = [];
    private HlsProgram? _program;
    private StreamReading? _reading;
    private long _learningSince;
    private bool _isNewFormat;
    private bool _isInterrupted;
    private volatile string _reason = "The muxer was closed.";

    /// <summary>Makes a muxer; <see cref="Start"/> attaches it.</summary>
    public HlsMuxer(MediaStream stream, HlsOptions options, TimeProvider time)
    {
        (_stream, _options, _time, _clock) = (stream, options, time, new HlsWallClock(time));
        Ended = _ended.Token;
    }

    /// <summary>Cancelled when it serves no more: closed, or the stream's formats changed.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Why it ended, for people.</summary>
    public string Reason => _reason;

    /// <summary>Completes when there is something to play; fails with a <see cref="HlsUnfitException"/> where HLS can carry nothing of the stream.</summary>
    public Task Ready => _ready.Task;

    /// <summary>What it serves, once it is ready.</summary>
    public HlsProgram? Program => _ready.Task.IsCompletedSuccessfully ? Volatile.Read(ref _program) : null;

    /// <summary>Begins to read the stream.</summary>
    /// <exception cref="ObjectDisposedException">The stream is gone.</exception>
    public void Start() => _reading = _stream.AddReader(this);

    /// <inheritdoc />
    public void OnTracks(IReadOnlyList<TrackFormat> tracks)
    {
        _tracks = tracks;
        _isNewFormat = true;
    }

    /// <inheritdoc />
    public void OnState(StreamState state, string? message) => _isInterrupted |= state != StreamState.Ready;

    /// <inheritdoc />
    public void OnUnit(Unit unit, bool isBacklog)
    {
        if (_ended.IsCancellationRequested || _ready.Task.IsFaulted)
        {
            return;
        }
        if (_program is not { } program)
        {
            Learn(unit);
            return;
        }
        if (_isNewFormat || _isInterrupted)
        {
            if (!program.TryGoOn(_isNewFormat ? Fmp4Tracks.Of(_tracks) : null))
            {
                End("The camera's formats changed; load the address again.");
                return;
            }
            _clock.Reset();
            (_isNewFormat, _isInterrupted) = (false, false);
        }
        program.Add(unit);
        if (!_ready.Task.IsCompleted && program.IsReady())
        {
            _ready.TrySetResult();
        }
    }

    /// <summary>Ends it and gives its bytes back.</summary>
    public void Dispose()
    {
        _reading?.Dispose(); // afterwards it is not called again
        End(_reason);
        Forget();
        _program?.Dispose();
        _ended.Dispose();
    }

    private void Learn(Unit unit)
    {
        if (_isNewFormat || _isInterrupted)
        {
            Forget();
            (_isNewFormat, _isInterrupted) = (false, false);
        }
        var tracks = Fmp4Tracks.Of(_tracks);
        var main = tracks.Video is null ? tracks.AudioIndex : tracks.VideoIndex;
        if (main < 0)
        {
            _ready.TrySetException(new HlsUnfitException(tracks.Statement ?? "The stream has nothing to play."));
            return;
        }
        if (_learned.Count == 0)
        {
            _learningSince = _time.GetTimestamp();
        }
        unit.AddReference();
        _learned.Add(unit);
        if (AwaitsSound(tracks))
        {
            return;
        }
        var first = _learned[0];
        var time = Span(unit) - Span(first);
        if (_learned.Count(u => u.Track == main) < LearnedPictures && _learned.Count < MostLearned && time < LearningTime)
        {
            return;
        }
        var program = new HlsProgram(tracks, _tracks, _learned, _options, _clock);
        Volatile.Write(ref _program, program);
        foreach (var learned in _learned)
        {
            program.Add(learned);
        }
        Forget();
    }

    // A program without sound stays without. Publishers often begin with pictures alone; and of a cached group, which comes at once, sound is made a moment later.
    private bool AwaitsSound(Fmp4Tracks tracks) =>
        tracks is { Video: not null, Audio: not null }
        && _learned.Count < MostAwaited
        && _time.GetElapsedTime(_learningSince) < (_options.AwaitsSound ? MadeSoundLimit : SoundLimit)
        && !_learned.Exists(u => u.Track == tracks.AudioIndex);

    private TimeSpan Span(Unit unit) => TimeSpan.FromSeconds((double)unit.Timestamp / _tracks[unit.Track].ClockRate);

    private void Forget()
    {
        _learned.ForEach(u => u.Release());
        _learned.Clear();
    }

    private void End(string reason)
    {
        if (!_ended.IsCancellationRequested)
        {
            _reason = reason;
            _ = _ended.CancelAsync(); // what is waiting goes on elsewhere: this may be the source's thread
            _ready.TrySetException(new HlsUnfitException(reason));
        }
    }
}
