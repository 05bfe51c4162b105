// The streams that viewers of one loop watch.
namespace Mumu.Media.WebRtc;

/// <summary>Leads frames to the streams of a loop. Belongs to the loop's thread.</summary>
internal sealed class LoopStreams
{
    private readonly Dictionary<PacketizedStream, LoopStream> _streams = [];

    /// <summary>The stream's place in this loop; null if it is not attached.</summary>
    internal LoopStream? Find(PacketizedStream source) => _streams.GetValueOrDefault(source);

    /// <summary>A stream comes, with the frames kept so far.</summary>
    internal void Attach(PacketizedStream source, PacketizedFrame[] kept)
    {
        var stream = new LoopStream(source);
        _streams.Add(source, stream);
        foreach (var frame in kept)
        {
            stream.Add(frame);
        }
    }

    /// <summary>A stream leaves.</summary>
    internal void Detach(PacketizedStream source)
    {
        if (_streams.Remove(source, out var left))
        {
            left.Clear();
        }
    }

    /// <summary>A frame comes; of a stream that has left, it is given back.</summary>
    internal void Add(PacketizedStream source, PacketizedFrame frame)
    {
        if (_streams.TryGetValue(source, out var stream))
        {
            stream.Add(frame);
        }
        else
        {
            frame.Release();
        }
    }

    /// <summary>Hands new frames to those who wait for them.</summary>
    internal void Feed(ViewerSchedule schedule)
    {
        foreach (var stream in _streams.Values)
        {
            if (stream.TakeNews())
            {
                schedule.Feed(stream.Viewers);
            }
        }
    }
}
