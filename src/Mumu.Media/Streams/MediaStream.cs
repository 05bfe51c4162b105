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
    private readonly ReadyGate _ready = new();
    private readonly StreamOptions _options;
    private readonly SourceRunner _runner;
    private readonly StreamFlow _flow;
    private readonly ITimer _stopTimer;
    private SourceException? _failure;
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
        logger ??= NullLogger.Instance;
        Name = name;
        _options = options;
        _flow = new StreamFlow(new ReaderSet(name, StopLater, logger), options, time);
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
    public IReadOnlyList<TrackFormat> Tracks => _flow.Tracks;

    /// <summary>A snapshot of its figures.</summary>
    public StreamStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return _flow.Snapshot(_failures);
            }
        }
    }

    private bool IsWanted => !_isDisposed && (!_options.OnDemand || _flow.Readers.Count + _waiters > 0);

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
            _flow.Readers.Add(reading);
            _flow.Replay(reading, State, Message);
            StartIfWanted();
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
            var failure = StartIfWanted() ? null : _failure;
            ready = failure is null ? _ready.Wait() : Task.FromException(new SourceException(failure.Failure, failure.Message, failure));
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

    /// <summary>See <see cref="ISource.AnswersKeyFrameRequests"/>.</summary>
    public bool AnswersKeyFrameRequests => _runner.AnswersKeyFrameRequests;

    /// <inheritdoc />
    public void Announce(IReadOnlyList<TrackFormat> tracks)
    {
        lock (_gate)
        {
            if (_isAccepting)
            {
                _flow.Announce(tracks);
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
                    Accept(unit);
                }
            }
        }
        finally
        {
            unit.Release();
        }
    }

    /// <summary>Stops the source, ends all readings and waits until the source has really ended.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                Stop();
                _flow.Readers.Clear();
            }
        }
        await _stopTimer.DisposeAsync().ConfigureAwait(false);
        await _runner.DisposeAsync().ConfigureAwait(false);
    }

    internal void Remove(StreamReading reading)
    {
        lock (_gate)
        {
            _flow.Readers.Remove(reading);
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
            _flow.BeginRun();
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
            _flow.EndRun();
            _failures++;
            _failure = failure;
            Become(StreamState.Failed, failure.Message);
            _ready.Fail(failure);
        }
    }

    private void Accept(Unit unit)
    {
        var startsGroup = _flow.StartsGroup(unit);
        if (State != StreamState.Ready)
        {
            if (!startsGroup)
            {
                _flow.Discard();
                return;
            }
            _failure = null;
            _runner.NotePlaying();
            Become(StreamState.Ready, null);
            _ready.Open();
        }
        _flow.Spread(unit, startsGroup);
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
                Stop();
            }
        }
    }

    private void Stop()
    {
        _runner.Stop();
        _isAccepting = false; // The old source may still be on its way out.
        _flow.EndRun();
        _flow.Forget();
        _failure = null;
        Become(StreamState.Idle, null);
        _ready.Fail(new SourceException(SourceFailure.Stalled, "The stream was closed."));
    }

    private void Become(StreamState state, string? message)
    {
        if (State != state || Message != message)
        {
            (State, Message) = (state, message);
            _flow.Readers.State(state, message);
        }
    }
}
