// One RTMP reader.
using Mumu.Media.Outputs.Connections;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>
/// A reader of a feed; belongs to the feed's task. A frame that its connection does not take is dropped and counted, and so is what follows until the next key frame: the others never wait for it.
/// </summary>
internal sealed class RtmpReader(Outbox outbox, Action<string> end)
{
    private bool _needsKeyFrame = true;
    private long _dropped;

    /// <summary>Frames dropped because the reader was too slow.</summary>
    internal long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Sends what players have to know, and the cached group.</summary>
    internal void Begin(RtmpFrame description, IReadOnlyList<RtmpFrame> group, long bytes)
    {
        outbox.Limit = Math.Max(outbox.Limit, 2 * bytes);
        outbox.Post(description.Memory);
        foreach (var frame in group)
        {
            Offer(frame);
        }
    }

    /// <summary>The tracks' formats have changed.</summary>
    internal void Describe(RtmpFrame description)
    {
        outbox.Post(description.Memory);
        _needsKeyFrame = true;
    }

    /// <summary>Takes the next frame of the feed.</summary>
    internal void Offer(RtmpFrame frame)
    {
        if (_needsKeyFrame && !frame.StartsGroup)
        {
            _dropped++;
            return;
        }
        _needsKeyFrame = false;
        // Once behind, only a key frame that finds room brings it back.
        if ((frame.StartsGroup && outbox.IsBehind) || !outbox.TryPost(frame))
        {
            _dropped++;
            _needsKeyFrame = true;
        }
    }

    /// <summary>The feed has lost frames.</summary>
    internal void Interrupt() => _needsKeyFrame = true;

    /// <summary>Ends the reader's connection.</summary>
    internal void End(string reason) => end(reason);
}
