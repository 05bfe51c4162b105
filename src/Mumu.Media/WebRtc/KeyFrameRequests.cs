// Passes viewers' wishes for a key frame on to their source: merged, and not too often.
using Mumu.Media.Streams;

namespace Mumu.Media.WebRtc;

/// <summary>One for all viewers of a stream, on all loops. A key frame is dear for every viewer, so one that many ask for is asked for once.</summary>
internal sealed class KeyFrameRequests(MediaStream stream, TimeSpan interval)
{
    private long _last = -interval.Ticks;

    /// <summary>Requests passed on.</summary>
    internal long Count => Interlocked.Read(ref _count);

    private long _count;

    /// <summary>Asks the source, unless it was asked just before. True if a key frame can be expected soon.</summary>
    internal bool Ask(TimeSpan now)
    {
        var last = Interlocked.Read(ref _last);
        if (now.Ticks - last >= interval.Ticks && Interlocked.CompareExchange(ref _last, now.Ticks, last) == last)
        {
            Interlocked.Increment(ref _count);
            stream.RequestKeyFrame();
        }
        return stream.AnswersKeyFrameRequests;
    }
}
