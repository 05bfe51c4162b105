// The feeds in use, with who uses them.
using Mumu.Media.Streams;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>Makes a stream's feed for its first reader and drops it after the last. One lock orders comings and goings; it is never taken on the loop's thread.</summary>
internal sealed class RtspFeeds(Func<RtspCommand, bool> post, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MediaStream, RtspFeed> _current = [];

    /// <summary>Counts a reader in.</summary>
    internal RtspFeed Acquire(MediaStream stream, RtspTracks tracks)
    {
        lock (_gate)
        {
            if (!_current.TryGetValue(stream, out var feed) || feed.IsOver || !feed.Tracks.IsSameAs(tracks))
            {
                // One of other tracks ends with its readers; a new one begins beside it.
                feed = new RtspFeed(stream, tracks, post, time);
                feed.Start();
                _current[stream] = feed;
            }
            feed.Readers++;
            return feed;
        }
    }

    /// <summary>Counts a reader out.</summary>
    internal void Release(RtspFeed feed)
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
        post(new RtspCommand(RtspCommandKind.DropFeed, feed));
    }
}
