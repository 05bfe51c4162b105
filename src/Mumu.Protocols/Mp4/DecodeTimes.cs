// Finds when pictures are decoded from when they are shown.
namespace Mumu.Protocols.Mp4;

/// <summary>
/// Gives decoding times to pictures that come in decoding order with presentation times only. Where at most n pictures overtake one another, the i-th picture is decoded when the (i−n)-th smallest
/// presentation time is due: known at once, without waiting for later pictures. A depth nobody told is learned when a picture comes too late.
/// </summary>
/// <param name="depth">Pictures that may be decoded before one that is shown earlier; null is learned.</param>
/// <param name="usualDuration">Ticks between pictures, to begin with.</param>
public sealed class DecodeTimes(int? depth, long usualDuration)
{
    private const int MaxDepth = 16;
    private readonly PriorityQueue<long, long> _shown = new(MaxDepth + 1);
    private int _depth = Math.Clamp(depth ?? 0, 0, MaxDepth);
    private long? _last;

    /// <summary>Gives the decoding time of the next picture: later than that of the one before, and no later than it is shown, unless the depth was told wrong.</summary>
    /// <param name="presentation">When it is shown, in ticks.</param>
    public long Next(long presentation)
    {
        if (_last is null)
        {
            // As if pictures had come before, so that the first ones are decoded early enough.
            for (var i = _depth; i > 0; i--)
            {
                var earlier = presentation - i * usualDuration;
                _shown.Enqueue(earlier, earlier);
            }
        }
        else if (presentation < _last && _depth < MaxDepth)
        {
            _depth++;
        }
        _shown.Enqueue(presentation, presentation);
        var due = _shown.Count > _depth ? _shown.Dequeue() : _shown.Peek();
        _last = _last is { } last && due <= last ? last + 1 : due;
        return _last.Value;
    }
}
