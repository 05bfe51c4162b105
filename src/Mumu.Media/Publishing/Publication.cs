// One publisher's hold on a path.
using Mumu.Media.Units;

namespace Mumu.Media.Publishing;

/// <summary>
/// What a publisher writes into, from begin to end. It ends once: by the publisher (<see cref="End"/>), or because the path has another publisher or is gone; what is published after that is let go.
/// </summary>
public sealed class Publication : IUnitSink
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IUnitSink? _sink;
    private long _bytes;

    internal Publication(Publisher publisher, DateTimeOffset since) => (Publisher, Since) = (publisher, since);

    /// <summary>A random name.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Who publishes.</summary>
    public Publisher Publisher { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>Bytes of all units published.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Completes with a sentence that says why, when the publication is over.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Completes when the stream takes units; before, they are lost.</summary>
    internal Task Attached => _attached.Task;

    /// <inheritdoc />
    public void Announce(IReadOnlyList<TrackFormat> tracks)
    {
        lock (_gate)
        {
            _sink?.Announce(tracks);
        }
    }

    /// <inheritdoc />
    public void Publish(Unit unit)
    {
        lock (_gate)
        {
            if (_sink is { } sink)
            {
                Volatile.Write(ref _bytes, _bytes + unit.Length);
                sink.Publish(unit);
                return;
            }
        }
        unit.Release();
    }

    /// <summary>Ends it; when this returns, nothing more of it reaches the stream.</summary>
    /// <param name="reason">A sentence for people.</param>
    public void End(string reason)
    {
        lock (_gate)
        {
            _sink = null;
        }
        _ended.TrySetResult(reason);
        _attached.TrySetCanceled();
    }

    internal void Attach(IUnitSink sink)
    {
        lock (_gate)
        {
            if (!_ended.Task.IsCompleted)
            {
                _sink = sink;
            }
        }
        _attached.TrySetResult();
    }
}
