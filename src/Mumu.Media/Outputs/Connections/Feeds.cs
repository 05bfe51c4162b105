// The feeds in use, with who uses them.
using Mumu.Media.Streams;

namespace Mumu.Media.Outputs.Connections;

/// <summary>One stream in the form of a protocol, made once for all its readers.</summary>
internal interface IFeed
{
    /// <summary>The stream it reads.</summary>
    MediaStream Stream { get; }

    /// <summary>True once the stream has other tracks: its readers end.</summary>
    bool IsOver { get; }

    /// <summary>Readers counted in, under the lock of <see cref="Feeds{TFeed}"/>.</summary>
    int Readers { get; set; }

    /// <summary>Starts to read; what the stream has cached is there when this returns.</summary>
    void Start();

    /// <summary>Reads no more; called once.</summary>
    void Stop();
}

/// <summary>Makes a stream's feed for its first reader and drops it after the last. One lock orders comings and goings; it is never taken where frames are handed on.</summary>
internal sealed class Feeds<TFeed>
    where TFeed : class, IFeed
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MediaStream, TFeed> _current = [];

    /// <summary>Counts a reader in.</summary>
    /// <param name="stream">What is read.</param>
    /// <param name="fits">True if a feed has the tracks that the reader was told.</param>
    /// <param name="make">Makes one that has.</param>
    internal TFeed Acquire(MediaStream stream, Func<TFeed, bool> fits, Func<TFeed> make)
    {
        lock (_gate)
        {
            if (!_current.TryGetValue(stream, out var feed) || feed.IsOver || !fits(feed))
            {
                // One of other tracks ends with its readers; a new one begins beside it.
                feed = make();
                feed.Start();
                _current[stream] = feed;
            }
            feed.Readers++;
            return feed;
        }
    }

    /// <summary>Counts a reader out.</summary>
    internal void Release(TFeed feed)
    {
        lock (_gate)
        {
            if (--feed.Readers > 0)
            {
                return;
            }
            if (_current.TryGetValue(feed.Stream, out var current) && current == feed)
            {
                _current.Remove(feed.Stream);
            }
        }
        feed.Stop();
    }
}
