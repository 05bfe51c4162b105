// The packetised streams in use, with who uses them.
using Mumu.Media.Streams;

namespace Mumu.Media.WebRtc;

/// <summary>
/// Packetises a stream while it has viewers, on each loop that has some. One lock orders comings and goings; it is never taken on a loop's thread.
/// </summary>
internal sealed class SharedStreams(WebRtcOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MediaStream, PacketizedStream> _current = [];
    private readonly Dictionary<(PacketizedStream, ViewerLoop), int> _viewers = [];

    /// <summary>Brings a stream to a loop, if it is not there yet, and counts a viewer of it there. Null if the loop can't take it now.</summary>
    internal PacketizedStream? Acquire(MediaStream stream, StreamTracks tracks, ViewerLoop loop)
    {
        lock (_gate)
        {
            if (!_current.TryGetValue(stream, out var shared) || shared.IsOver || !shared.Tracks.IsSameAs(tracks))
            {
                // One of other tracks ends with its viewers; a new one begins beside it.
                _current[stream] = shared = new PacketizedStream(stream, tracks, options);
                shared.Start();
            }
            var viewers = _viewers.GetValueOrDefault((shared, loop));
            if (viewers == 0 && !shared.Attach(loop))
            {
                StopIfUnused(shared);
                return null;
            }
            _viewers[(shared, loop)] = viewers + 1;
            return shared;
        }
    }

    /// <summary>Counts a viewer out; a stream without viewers on a loop leaves it, and one without any is no longer read.</summary>
    internal void Release(PacketizedStream shared, ViewerLoop loop)
    {
        lock (_gate)
        {
            if (--_viewers[(shared, loop)] == 0)
            {
                _viewers.Remove((shared, loop));
                shared.Detach(loop);
                StopIfUnused(shared);
            }
        }
    }

    private void StopIfUnused(PacketizedStream shared)
    {
        if (_viewers.Keys.Any(key => key.Item1 == shared))
        {
            return;
        }
        shared.Stop();
        if (_current.TryGetValue(shared.Stream, out var current) && current == shared)
        {
            _current.Remove(shared.Stream);
        }
    }
}
