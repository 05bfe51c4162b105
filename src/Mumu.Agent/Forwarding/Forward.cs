// Forwards one camera to one target for as long as it lives.
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Units;

namespace Mumu.Agent.Forwarding;

/// <summary>One task: connects, publishes, and after a failure tries again with back-off. The stream and its other readers notice nothing of it.</summary>
internal sealed partial class Forward : IAsyncDisposable
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_steady = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Camera _camera;
    private readonly string _shown;
    private readonly Func<IStreamPush> _make;
    private readonly Func<CancellationToken, Task<string?>> _findLoop;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _run;
    private IStreamPush? _push;
    private ForwardState _state;
    private DateTimeOffset _since;
    private string? _message;
    private long _bytes;
    private long _dropped;

    /// <summary>Begins.</summary>
    /// <param name="camera">What to forward.</param>
    /// <param name="shown">The target as it may be shown.</param>
    /// <param name="make">Makes one session.</param>
    /// <param name="findLoop">A sentence if the target leads back here.</param>
    /// <param name="time">The clock of its waits.</param>
    /// <param name="logger">Where failures are told.</param>
    internal Forward(
        Camera camera,
        string shown,
        Func<IStreamPush> make,
        Func<CancellationToken, Task<string?>> findLoop,
        TimeProvider time,
        ILogger logger
    )
    {
        (_camera, _shown, _make, _findLoop, _time, _logger) = (camera, shown, make, findLoop, time, logger);
        _since = time.GetUtcNow();
        _run = Task.Run(RunAsync);
    }

    internal ForwardStatus Status
    {
        get
        {
            lock (_gate)
            {
                var bytes = _bytes + (_push?.Bytes ?? 0);
                return new ForwardStatus(_shown, _state, _since, _message, bytes, _dropped + (_push?.Dropped ?? 0));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var cancellation = _stop.Token;
        var wait = s_first;
        while (!cancellation.IsCancellationRequested)
        {
            var began = _time.GetTimestamp();
            var hasRun = await TryAsync(cancellation).ConfigureAwait(false);
            if (cancellation.IsCancellationRequested || _state == ForwardState.Refused)
            {
                return;
            }
            wait = hasRun && _time.GetElapsedTime(began) >= s_steady ? s_first : wait;
            // A fifth up or down, so that all who lost one server do not come back together.
            var jittered = wait * (0.8 + Random.Shared.NextDouble() * 0.4);
            wait = wait * 2 < s_last ? wait * 2 : s_last;
            await Task.Delay(jittered, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryAsync(CancellationToken cancellation)
    {
        var hasRun = false;
        var push = _make();
        lock (_gate)
        {
            _push = push;
        }
        try
        {
            if (await _findLoop(cancellation).ConfigureAwait(false) is { } loop)
            {
                Become(ForwardState.Refused, loop);
                LogFailed(_camera.Id, _shown, loop);
                return false;
            }
            await push.RunAsync(
                    _camera.Stream,
                    () =>
                    {
                        hasRun = true;
                        Become(ForwardState.Running, null);
                        LogRunning(_camera.Id, _shown);
                    },
                    cancellation
                )
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException && cancellation.IsCancellationRequested)
        {
            // The camera or the target is gone from the settings.
        }
        catch (Exception e)
        {
            // A defect of one target may not take the process with it; the log has its trace.
            var reason = e is SourceException ? e.Message : "It stopped on an unexpected error.";
            Become(ForwardState.Waiting, reason);
            if (e is not SourceException)
            {
                LogDefect(e, _camera.Id);
            }
            LogFailed(_camera.Id, _shown, reason);
        }
        finally
        {
            lock (_gate)
            {
                (_bytes, _dropped, _push) = (_bytes + push.Bytes, _dropped + push.Dropped, null);
            }
        }
        return hasRun;
    }

    private void Become(ForwardState state, string? message)
    {
        lock (_gate)
        {
            _since = _state == state ? _since : _time.GetUtcNow();
            (_state, _message) = (state, message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Path {Path}: forwarded to {Target}.")]
    private partial void LogRunning(string path, string target);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Path {Path}: forwarding to {Target} failed: {Reason}")]
    private partial void LogFailed(string path, string target, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Path {Path}: forwarding threw what it should not.")]
    private partial void LogDefect(Exception error, string path);
}
