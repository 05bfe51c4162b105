// A source that never goes away: where the camera fails, a picture says so until it is back.
using Microsoft.Extensions.Logging;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Sources.Filler;

/// <summary>
/// Runs a camera, again and again after failures, and fills the time between with a picture, so that readers stay. Only for cameras that send H.264; others fail as ever.
/// </summary>
/// <param name="camera">Makes the camera's source of one attempt.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are told.</param>
public sealed partial class FilledSource(Func<ISource> camera, TimeProvider time, ILogger logger) : ISource
{
    private volatile ISource? _source;

    /// <summary>The wait before the second attempt; doubles up to a minute.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public bool AnswersKeyFrameRequests => _source?.AnswersKeyFrameRequests == true;

    /// <inheritdoc />
    public void RequestKeyFrame() => _source?.RequestKeyFrame();

    /// <inheritdoc />
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        var line = new FilledLine(sink, time);
        var retry = new RetryDelay(FirstRetry, TimeSpan.FromSeconds(60), Random.Shared);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var filling = Task.CompletedTask;
        try
        {
            while (true)
            {
                var failure = await TryAsync(line, cancellation).ConfigureAwait(false);
                var wasLive = line.IsLive;
                line.Leave();
                if (!line.CanFill)
                {
                    throw failure;
                }
                if (wasLive)
                {
                    retry.Reset();
                }
                if (filling.IsCompleted)
                {
                    filling = FillAsync(line, time.GetLocalNow(), stop.Token);
                }
                var wait = retry.Next();
                LogFailed(failure.Message, wait.TotalSeconds);
                await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<SourceException> TryAsync(FilledLine line, CancellationToken cancellation)
    {
        try
        {
            _source = camera();
            await _source.RunAsync(line, cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return new SourceException(SourceFailure.Stalled, "The source ended by itself.");
        }
        catch (SourceException failure) when (!cancellation.IsCancellationRequested)
        {
            return failure;
        }
        finally
        {
            _source = null;
        }
    }

    private async Task FillAsync(FilledLine line, DateTimeOffset since, CancellationToken cancellation)
    {
        var (width, height) = line.Size;
        var picture = new FillerPicture(width, height, since);
        for (var isFirst = true; line.Fill(picture.Next(), picture.Headers, isFirst); isFirst = false)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.0 / FillerPicture.Fps), time, cancellation).ConfigureAwait(false);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The camera failed: {Reason} Next attempt in {Seconds:F1} s; a picture stands in.")]
    private partial void LogFailed(string reason, double seconds);
}
