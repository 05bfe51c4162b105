// The place of a path's one publisher.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Publishing;

/// <summary>Lets at most one publisher feed a stream; a run of the stream's source lasts as long as one publication.</summary>
/// <param name="time">Tells when publications begin.</param>
public sealed class PublisherSlot(TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _arrival = NewArrival();
    private Publication? _current;
    private Publication? _taken;

    /// <summary>The publication that is on; null while nobody publishes.</summary>
    public Publication? Current
    {
        get
        {
            lock (_gate)
            {
                return _current is { Ended.IsCompleted: false } on ? on : null;
            }
        }
    }

    /// <summary>How a stream has to treat the sources made here: always running, and again at once when a publisher has left.</summary>
    public static StreamOptions StreamOptions { get; } =
        new()
        {
            OnDemand = false,
            FirstRetry = TimeSpan.Zero,
            LastRetry = TimeSpan.Zero,
        };

    /// <summary>Makes the source of one run: it waits for a publisher and ends with it.</summary>
    public ISource CreateSource() => new SlotSource(this);

    /// <summary>Begins to publish; a publication that is on is ended first. Completes when the stream takes units.</summary>
    /// <exception cref="OperationCanceledException">Another publisher came, the path went, or the caller gave up.</exception>
    public async Task<Publication> BeginAsync(Publisher publisher, CancellationToken cancellation)
    {
        var publication = new Publication(publisher, time.GetUtcNow());
        TaskCompletionSource arrival;
        lock (_gate)
        {
            _current?.End("Another publisher has taken over the path.");
            _current = publication;
            arrival = _arrival;
        }
        arrival.TrySetResult();
        try
        {
            await publication.Attached.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            publication.End("The publisher gave up.");
            throw;
        }
        return publication;
    }

    private async Task<Publication> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (_current is { Ended.IsCompleted: false } on && on != _taken)
                {
                    return _taken = on;
                }
                if (_arrival.Task.IsCompleted)
                {
                    _arrival = NewArrival();
                }
                arrival = _arrival.Task;
            }
            await arrival.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class SlotSource(PublisherSlot slot) : ISource
    {
        private volatile Publication? _publication;

        public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
        {
            var publication = await slot.TakeAsync(cancellation).ConfigureAwait(false);
            _publication = publication;
            publication.Attach(sink);
            try
            {
                throw new SourceException(SourceFailure.Stalled, await publication.Ended.WaitAsync(cancellation).ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                publication.End("The path was removed or its settings changed.");
                throw;
            }
        }

        public void RequestKeyFrame() => _publication?.Publisher.RequestKeyFrame?.Invoke();

        public bool AnswersKeyFrameRequests => _publication?.Publisher.RequestKeyFrame is not null;
    }
}
