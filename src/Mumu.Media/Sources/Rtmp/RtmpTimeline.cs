// The line of time of what comes over RTMP.
namespace Mumu.Media.Sources.Rtmp;

/// <summary>Makes milliseconds that never wrap, from 0 where the first message stands, out of the 32 bits that messages have. A sender that begins anew goes on where it was.</summary>
internal sealed class RtmpTimeline
{
    // Sound and picture stand apart by far less; senders that start over go back by all they have sent.
    private const long MostBack = 5_000;
    private const long MostForward = 60_000;
    private const long Step = 40;
    private uint? _last;
    private long _line;

    /// <summary>The place of a message.</summary>
    internal long Place(uint timestamp)
    {
        if (_last is { } last)
        {
            var step = (long)unchecked((int)(timestamp - last));
            _line += step is < -MostBack or > MostForward ? Step : step;
        }
        _last = timestamp;
        return _line;
    }
}
