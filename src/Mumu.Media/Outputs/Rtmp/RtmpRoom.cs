// The readers of a feed and what a new one begins with.
namespace Mumu.Media.Outputs.Rtmp;

/// <summary>Belongs to the feed's task.</summary>
internal sealed class RtmpRoom
{
    private const int MaxGroupFrames = 4096;
    private const long MaxGroupBytes = 24 << 20;
    private readonly List<RtmpFrame> _group = [];
    private readonly List<RtmpReader> _readers = [];
    private RtmpFrame? _description;
    private long _groupBytes;
    private long _next;

    /// <summary>Takes a frame with its reference, and hands it to every reader.</summary>
    internal void Take(RtmpFrame frame)
    {
        if (frame.IsDescription)
        {
            // What is cached was described otherwise.
            Clear();
            _description = frame;
            _next = frame.Number + 1;
            _readers.ForEach(reader => reader.Describe(frame));
            return;
        }
        if (frame.Number != _next)
        {
            Clear();
            _readers.ForEach(reader => reader.Interrupt());
        }
        _next = frame.Number + 1;
        Keep(frame);
        foreach (var reader in _readers)
        {
            reader.Offer(frame);
        }
        frame.Release();
    }

    internal void Join(RtmpReader reader)
    {
        _readers.Add(reader);
        reader.Begin(_description!, _group, _groupBytes);
    }

    internal void Leave(RtmpReader reader) => _readers.Remove(reader);

    /// <summary>Ends all readers.</summary>
    internal void End(string reason) => _readers.ForEach(reader => reader.End(reason));

    /// <summary>Lets go of the cached group.</summary>
    internal void Clear()
    {
        _group.ForEach(frame => frame.Release());
        _group.Clear();
        _groupBytes = 0;
    }

    private void Keep(RtmpFrame frame)
    {
        if (frame.StartsGroup)
        {
            Clear();
        }
        else if (_group.Count == 0)
        {
            return; // Half a group is of no use.
        }
        frame.AddReference();
        _group.Add(frame);
        _groupBytes += frame.Length;
        if (_group.Count > MaxGroupFrames || _groupBytes > MaxGroupBytes)
        {
            Clear();
        }
    }
}
