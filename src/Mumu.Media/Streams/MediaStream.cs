// A stream: carries units from one source to any number of readers.
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Media.Units;

namespace Mumu.Media.Streams;

/// <summary>
/// A named stream. It runs its source on demand and again after failures, keeps the group of pictures that is playing, and hands every unit to every
/// reader. Attaching is atomic: a reader gets the tracks, the units since the last key frame, then what comes, none twice and none left out.
/// </summary>
/// <remarks>One lock, held once a unit, orders publishing, attaching and states; readers are called under it and so must not block.</remarks>
public sealed class MediaStream : IAsyncDisposable, IUnitSink
{
    private readonly Lock _gate = new();
    private readonly StreamOptions _options;
    private readonly SourceRunner _runner;
    private readonly ReaderSet _readers;
    private readonly GroupCache _group;
    private readonly StreamTimeline _timeline;
    private readonly StreamMeter _meter;
    private readonly ITimer _stopTimer;
    private StreamShape _shape = StreamShape.Unknown;
    private TaskCompletionSource? _ready;
    private SourceException? _failure;
    private long _discarded;
    private int _failures;
    private int _waiters;
    private bool _isAccepting = true;
    private bool _isDisposed;

    /// <summary>Makes a stream; one that is not on demand starts its source at once.</summary>
    /// <param name="name">The name people and logs know it by.</param>
    /// <param name="source">Makes the source of one run.</param>
    /// <param name="options">How it treats its source.</param>
    /// <param name="time">The clock of all its waits and figures.</param>
    /// <param name="logger">Where failures are told.</param>
    public MediaStream(string name, Func<ISource> source, StreamOptions options, TimeProvider time, ILogger? logger = null)
    {
        Name = name;
        _options = options;
        logger ??= NullLogger.Instance;
        _readers = new ReaderSet(name, logger);
        _group = new GroupCache(options.MaxGroupBytes, options.MaxGroupUnits);
        _timeline = new StreamTimeline(time);
        _meter = new StreamMeter(time);
        var retry = new RetryDelay(options.FirstRetry, options.LastRetry, Random.Shared);
        _runner = new SourceRunner(name, source, this, options, retry, time, logger);
        _stopTimer = time.CreateTimer(_ => StopIfUnused(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            StartIfWanted();
        }
    }

    /// <summary>The name people and logs know it by.</summary>
    public string Name { get; }

    /// <summary>Where it stands.</summary>
    public StreamState State { get; private set; }

    /// <summary>The sentence of the last failure while <see cref="State"/> is <see cref="StreamState.Failed"/>, else null.</summary>
    public string? Message { get; private set; }

    /// <summary>The tracks in order of their index; empty until the source has announced them, and again once it was stopped.</summary>
    public IReadOnlyList<TrackFormat> Tracks => _shape.Tracks;

    /// <summary>A snapshot of its figures.</summary>
    public StreamStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                var (perSecond, bits) = _meter.Rates();
                return new StreamStatistics(
                    _meter.Bytes,
                    _meter.Units,
                    _discarded,
                    _meter.KeyFrames,
                    _failures,
                    _readers.Count,
                    _shape.HasVideo ? perSecond : 0,
                    bits,
                    _shape.Width,
                    _shape.Height,
                    _meter.LastUnitAge,
                    _group.Units.Count,
                    _group.Bytes
                );
            }
        }
    }

    private bool IsWanted => !_isDisposed && (!_options.OnDemand || _readers.Count + _waiters > 0);

    /// <summary>
    /// Attaches a reader: tells it the state, then the tracks if they are known, then the cached group of pictures, all before it returns; then
    /// everything that comes. Starts the source of an on-demand stream.
    /// </summary>
    public StreamReading AddReader(IUnitReader reader)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var reading = new StreamReading(this, reader);
            _readers.Add(reading);
            StartIfWanted();
            if (!_readers.Replay(reading, State, Message, Tracks, _group.Units))
            {
                StopLater();
            }
            return reading;
        }
    }

    /// <summary>
    /// Completes when the stream plays (its first key frame has come); wanting it starts the source of an on-demand stream.
    /// </summary>
    /// <exception cref="SourceException">The source failed first; carries the sentence of that failure.</exception>
    public async Task WaitReadyAsync(CancellationToken cancellation)
    {
        Task ready;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (State == StreamState.Ready)
            {
                return;
            }
            _waiters++;
            ready = (_ready ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            if (!StartIfWanted() && _failure is { } failure)
            {
                ready = Task.FromException(new SourceException(failure.Failure, failure.Message, failure));
            }
        }
        try
        {
            await ready.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _waiters--;
                StopLater();
            }
        }
    }

    /// <summary>Asks the source for a key frame, where it can make one.</summary>
    public void RequestKeyFrame() => _runner.RequestKeyFrame();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                StopNow();
                _readers.Clear();
            }
        }
        await _stopTimer.DisposeAsync().ConfigureAwait(false);
        await _runner.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Announce(IReadOnlyList<TrackFormat> tracks)
    {
        lock (_gate)
        {
            if (_isAccepting && !_shape.HasSameTracks(tracks))
            {
                _shape = StreamShape.Of(tracks);
                _group.Clear(); // What was cached belongs to the old formats.
                _readers.Interrupt();
                _readers.Tracks(Tracks);
            }
        }
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The unit is of a track that was not announced.</exception>
    public void Publish(Unit unit)
    {
        try
        {
            lock (_gate)
            {
                if (_isAccepting)
                {
                    Spread(unit);
                }
            }
        }
        finally
        {
            unit.Release();
        }
    }

    internal void Remove(StreamReading reading)
    {
        lock (_gate)
        {
            if (_readers.Remove(reading))
            {
                StopLater();
            }
        }
    }

    /// <summary>The runner is about to run the source. False where that is no longer wanted.</summary>
    internal bool BeginRun(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (cancellation.IsCancellationRequested)
            {
                return false;
            }
            _isAccepting = true;
            _timeline.BeginRun();
            Become(StreamState.Connecting, null);
            return true;
        }
    }

    /// <summary>The source failed.</summary>
    internal void EndRun(SourceException failure, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (cancellation.IsCancellationRequested)
            {
                return;
            }
            Interrupt();
            _failures++;
            _failure = failure;
            Become(StreamState.Failed, failure.Message);
            Conclude(failure);
        }
    }

    private void Spread(Unit unit)
    {
        if ((uint)unit.Track >= (uint)Tracks.Count)
        {
            throw new ArgumentException(
                $"The source published a unit of track {unit.Track}, but announced {Tracks.Count} tracks.",
                nameof(unit)
            );
        }
        var isMain = unit.Track == _shape.MainTrack;
        var startsGroup = isMain && unit.IsKeyFrame;
        if (State != StreamState.Ready && !startsGroup)
        {
            _discarded++;
            return;
        }
        _timeline.Place(unit, Tracks[unit.Track].ClockRate);
        _meter.Count(unit.Length, isMain, startsGroup);
        if (State != StreamState.Ready)
        {
            _failure = null;
            _runner.NotePlaying();
            Become(StreamState.Ready, null);
            Conclude(null);
        }
        _group.Add(unit, startsGroup); // From here on, who attaches gets it from the cache; who is there gets it now.
        _readers.Unit(unit, startsGroup);
    }

    /// <summary>Starts the source if it is wanted and not running, or hurries its next attempt; false where its last failure stands for now.</summary>
    private bool StartIfWanted()
    {
        if (!IsWanted)
        {
            return false;
        }
        _stopTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_runner.IsStarted)
        {
            return State != StreamState.Failed || _runner.Hurry();
        }
        Become(StreamState.Connecting, null);
        _runner.Start();
        return true;
    }

    private void StopLater()
    {
        if (!IsWanted && _runner.IsStarted)
        {
            _stopTimer.Change(_options.StopDelay, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopIfUnused()
    {
        lock (_gate)
        {
            if (!IsWanted)
            {
                StopNow();
            }
        }
    }

    private void StopNow()
    {
        _runner.Stop();
        _isAccepting = false; // The old source may still be on its way out.
        Interrupt();
        _shape = StreamShape.Unknown;
        _failure = null;
        Become(StreamState.Idle, null);
        Conclude(new SourceException(SourceFailure.Stalled, "The stream was closed."));
    }

    private void Interrupt()
    {
        _group.Clear();
        _meter.Pause();
        _readers.Interrupt();
    }

    private void Become(StreamState state, string? message)
    {
        if (State != state || Message != message)
        {
            (State, Message) = (state, message);
            _readers.State(state, message);
        }
    }

    /// <summary>Answers all who wait for the stream to play.</summary>
    private void Conclude(SourceException? failure)
    {
        var ready = Interlocked.Exchange(ref _ready, null);
        if (failure is null)
        {
            ready?.TrySetResult();
        }
        else if (ready is not null)
        {
            ready.TrySetException(failure);
            _ = ready.Task.Exception; // Seen: nobody may be left to await it.
        }
    }
}
