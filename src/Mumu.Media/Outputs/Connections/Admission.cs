// Who may come in: what the owner of a server answers when that asks.
using Mumu.Media.Publishing;
using Mumu.Media.Streams;
using Mumu.Media.Transcoding;
using Mumu.Media.Units;

namespace Mumu.Media.Outputs.Connections;

/// <summary>The doorkeeper's answer.</summary>
/// <param name="Status">The status that refuses, as HTTP and RTSP number them; 200 lets in.</param>
/// <param name="Reason">A sentence for the log.</param>
public sealed record Admission(int Status, string Reason)
{
    /// <summary>The path's name.</summary>
    public string Path { get; init; } = "";

    /// <summary>The name of the key the client came with.</summary>
    public string Key { get; init; } = "";

    /// <summary>What is to be read.</summary>
    public MediaStream? Stream { get; init; }

    /// <summary>Gives the form of <see cref="Stream"/> for readers of some formats, once it plays; null where there is but one.</summary>
    public Func<ReaderFormats, MediaStream>? Derive { get; init; }

    /// <summary>Cancelled when the path is gone.</summary>
    public CancellationToken Retired { get; init; }

    /// <summary>Tells of a reader that begins; what it gives tells of its end.</summary>
    public Func<ReaderInfo, IDisposable>? Join { get; init; }

    /// <summary>Begins to publish.</summary>
    public Func<Publisher, CancellationToken, Task<Publication>>? PublishAsync { get; init; }

    /// <summary>Waits until the stream that is to be read plays.</summary>
    /// <exception cref="RefusedException">It does not, in this time.</exception>
    internal Task WaitReadyAsync(TimeSpan time, TimeProvider clock, CancellationToken cancellation) =>
        PlaysAsync(null, time, clock, cancellation);

    /// <summary>The same for a reader of some formats; gives the form of the stream for it.</summary>
    /// <exception cref="RefusedException">It does not play, in this time.</exception>
    internal Task<MediaStream> WaitReadyAsync(ReaderFormats formats, TimeSpan time, TimeProvider clock, CancellationToken cancellation) =>
        PlaysAsync(formats, time, clock, cancellation);

    private async Task<MediaStream> PlaysAsync(ReaderFormats? formats, TimeSpan time, TimeProvider clock, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Retired);
        var timer = clock.CreateTimer(_ => limit.Cancel(), null, time, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            try
            {
                var stream = Stream!;
                await stream.WaitReadyAsync(limit.Token).ConfigureAwait(false);
                if (formats is not null && Derive?.Invoke(formats) is { } derived && derived != stream)
                {
                    stream = derived;
                    await stream.WaitReadyAsync(limit.Token).ConfigureAwait(false);
                }
                return stream;
            }
            catch (Exception e)
                when (e is SourceException or ObjectDisposedException
                    || (e is OperationCanceledException && !cancellation.IsCancellationRequested)
                )
            {
                throw new RefusedException(503, Stream!.Message ?? "The camera does not play.");
            }
        }
    }
}

/// <summary>A reader that begins.</summary>
/// <param name="Protocol"><c>rtsp</c>, <c>rtsps</c>, <c>rtmp</c> or <c>rtmps</c>.</param>
/// <param name="Remote">Where it is.</param>
/// <param name="Bytes">Tells how much it was sent.</param>
/// <param name="Kick">Ends it.</param>
public sealed record ReaderInfo(string Protocol, string Remote, Func<long> Bytes, Action Kick)
{
    /// <summary>True if its media travels in datagrams.</summary>
    public bool IsUdp { get; init; }

    /// <summary>The connection it is on.</summary>
    public Guid Connection { get; init; }
}

/// <summary>The path can't be had after all; the message is a sentence.</summary>
/// <param name="status">The status that says so.</param>
/// <param name="message">Why.</param>
public sealed class RefusedException(int status, string message) : Exception(message)
{
    /// <summary>The status that says so.</summary>
    public int Status { get; } = status;
}
