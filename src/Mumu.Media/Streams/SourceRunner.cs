// Runs a stream's source while it is wanted, and again when it fails.
using Microsoft.Extensions.Logging;
using Mumu.Media.Units;

namespace Mumu.Media.Streams;

/// <summary>
/// Owns the running source: one at a time, begun by <see cref="Start"/>, ended by <see cref="Stop"/>, begun anew after a failure. <see cref="Start"/>,
/// <see cref="Stop"/> and <see cref="Hurry"/> are called under the stream's lock; what it tells the stream comes from its own loop.
/// </summary>
internal sealed partial class SourceRunner(
    string name,
    Func<ISource> make,
    MediaStream stream,
    StreamOptions options,
    RetryDelay retry,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    /// <summary>A viewer who comes while a source waits shortens the wait to this, counted from the failure.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);

    private CancellationTokenSource? _running;
    private volatile TaskCompletionSource? _hurry;
    private volatile ISource? _source;
    private long _playingSince;
    private bool _hasPlayed;

    private Task _runs = Task.CompletedTask; // The current run, which awaits all earlier ones.

    public bool IsStarted => _running is not null;

    public void Start()
    {
        if (_running is null)
        {
            _running = new CancellationTokenSource();
            var token = _running.Token;
            var earlier = _runs;
            _runs = Task.Run(() => LoopAsync(earlier, token), CancellationToken.None);
        }
    }

    public void Stop()
    {
        var running = _running;
        _running = null;
        _ = running?.CancelAsync(); // Not on this thread: the source's clean-up may not run under the stream's lock.
    }

    /// <summary>Stops, and waits until the source has really ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await _runs.ConfigureAwait(false);
    }

    /// <summary>Cuts the wait after a failure short, since someone has come to watch; false where the wait has to be kept.</summary>
    public bool Hurry() => _hurry is { } hurry && Signal(hurry);

    private static bool Signal(TaskCompletionSource hurry)
    {
        hurry.TrySetResult();
        return true;
    }

    /// <summary>Notes that the source plays.</summary>
    public void NotePlaying()
    {
        _playingSince = time.GetTimestamp();
        _hasPlayed = true;
    }

    public void RequestKeyFrame() => _source?.RequestKeyFrame();

    /// <summary>See <see cref="ISource.AnswersKeyFrameRequests"/>.</summary>
    public bool AnswersKeyFrameRequests => _source?.AnswersKeyFrameRequests == true;

    private async Task LoopAsync(Task earlier, CancellationToken cancellation)
    {
        await earlier.ConfigureAwait(false); // Two sources must never feed one stream.
        while (!cancellation.IsCancellationRequested)
        {
            if (await RunOnceAsync(cancellation).ConfigureAwait(false) is not { } failure)
            {
                return;
            }
            await WaitAsync(failure, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the source to its end; null where it ended because it was told to.</summary>
    private async Task<SourceException?> RunOnceAsync(CancellationToken cancellation)
    {
        _hasPlayed = false;
        if (!stream.BeginRun(cancellation))
        {
            return null;
        }
        try
        {
            var source = make();
            _source = source;
            await source.RunAsync(stream, cancellation).ConfigureAwait(false);
            return cancellation.IsCancellationRequested ? null : new SourceException(SourceFailure.Stalled, "The source ended by itself.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (SourceException failure)
        {
            return cancellation.IsCancellationRequested ? null : failure;
        }
        catch (Exception error)
        {
            // A defect of one source may not take the process or the other streams with it; the log has its trace.
            LogDefect(logger, error, name);
            return cancellation.IsCancellationRequested
                ? null
                : new SourceException(SourceFailure.Protocol, $"The source stopped on an unexpected error: {error.Message}", error);
        }
        finally
        {
            _source = null;
        }
    }

    private async Task WaitAsync(SourceException failure, CancellationToken cancellation)
    {
        if (_hasPlayed && time.GetElapsedTime(_playingSince) >= options.SteadyAfter)
        {
            retry.Reset();
        }
        var wait = retry.Next();
        LogFailure(logger, name, failure.Message, wait.TotalSeconds);
        var hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // A camera that refused the password may lock itself after a few more tries, so nobody can hurry those.
        _hurry = failure.Failure == SourceFailure.WrongPassword ? null : hurry;
        stream.EndRun(failure, cancellation);
        var least = wait < LeastWait ? wait : LeastWait;
        await Task.Delay(least, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await hurry.Task.WaitAsync(wait - least, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Source of {Stream} failed: {Reason} Next attempt in {Seconds:F1} s.")]
    private static partial void LogFailure(ILogger logger, string stream, string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Source of {Stream} threw what it should not.")]
    private static partial void LogDefect(ILogger logger, Exception error, string stream);
}
