// The feed of events: numbers them, keeps the last ones, hands them to whoever follows.
using System.Globalization;
using System.Threading.Channels;
using Mumu.Agent.Cameras;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Events;

/// <summary>
/// Keeps the last <see cref="Kept"/> events, so that who comes back with the id of the last one it saw gets the rest. A follower that does not keep up is ended, alone, and knows from where to go on.
/// </summary>
internal sealed class EventFeed : IDisposable
{
    /// <summary>Events that are kept.</summary>
    public const int Kept = 1000;

    /// <summary>Events that may wait for one follower.</summary>
    public const int MaxWaiting = 2000;

    /// <summary>The type of the first event for one who comes back too late.</summary>
    public const string Gap = "feed.gap";

    private readonly CameraRegistry _cameras;
    private readonly TimeProvider _time;
    private readonly string _run;
    private readonly Lock _gate = new();
    private readonly Queue<(long Number, FeedEvent Event)> _kept = new();
    private readonly List<Channel<FeedEvent>> _followers = [];
    private long _last;

    public EventFeed(CameraRegistry cameras, TimeProvider time)
    {
        (_cameras, _time) = (cameras, time);
        _run = time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
        _cameras.Happened += Take;
    }

    /// <summary>Followers now.</summary>
    public int Followers
    {
        get
        {
            lock (_gate)
            {
                return _followers.Count;
            }
        }
    }

    /// <summary>Begins to follow.</summary>
    /// <param name="since">The id of the last event seen; null begins with what comes.</param>
    /// <returns>The events; completes with an exception where the follower did not keep up.</returns>
    public Channel<FeedEvent> Follow(string? since)
    {
        var channel = Channel.CreateBounded<FeedEvent>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
        lock (_gate)
        {
            if (since is not null)
            {
                Replay(channel.Writer, since);
            }
            _followers.Add(channel);
        }
        return channel;
    }

    /// <summary>Follows no more.</summary>
    public void Leave(Channel<FeedEvent> follower)
    {
        lock (_gate)
        {
            _followers.Remove(follower);
        }
        follower.Writer.TryComplete();
    }

    public void Dispose() => _cameras.Happened -= Take;

    // Called under locks of the media engine.
    private void Take(PathEvent happened)
    {
        lock (_gate)
        {
            var told = new FeedEvent(
                IdOf(++_last),
                _time.GetUtcNow(),
                EnumWords.Of(happened.Kind),
                happened.Path,
                happened.Protocol,
                happened.Remote,
                happened.User,
                happened.Session,
                happened.Message
            );
            _kept.Enqueue((_last, told));
            if (_kept.Count > Kept)
            {
                _kept.Dequeue();
            }
            for (var i = _followers.Count - 1; i >= 0; i--)
            {
                if (!_followers[i].Writer.TryWrite(told))
                {
                    _followers[i].Writer.TryComplete(new InvalidOperationException("Events were not taken fast enough."));
                    _followers.RemoveAt(i);
                }
            }
        }
    }

    private void Replay(ChannelWriter<FeedEvent> writer, string since)
    {
        var number = NumberOf(since);
        // Seen in an earlier run, or so long ago that some are gone: then the follower has to look at the lists again.
        if (number is null || number > _last || number + 1 < _last - _kept.Count + 1)
        {
            writer.TryWrite(
                new FeedEvent(
                    IdOf(_last - _kept.Count),
                    _time.GetUtcNow(),
                    Gap,
                    Message: "Events before these are gone; read the lists again."
                )
            );
        }
        foreach (var (kept, told) in _kept)
        {
            if (number is null || number > _last || kept > number)
            {
                writer.TryWrite(told);
            }
        }
    }

    private string IdOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{_run}-{number}");

    private long? NumberOf(string id) =>
        id.StartsWith(_run + "-", StringComparison.Ordinal)
        && long.TryParse(id.AsSpan(_run.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
