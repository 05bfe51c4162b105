// When packets of a track were last sent again.
namespace Mumu.Media.WebRtc;

/// <summary>
/// Tells a request that crossed its answer on the way from one that was lost again. A table of fixed size, made with the first loss; a packet that pushes another out is taken for one asked for the first time.
/// </summary>
internal sealed class ResendTimes
{
    private const int Size = 128; // a power of two
    private (ulong Index, TimeSpan At)[] _last = [];

    /// <summary>Notes that a packet is to be sent again; false if that was done less than <paramref name="least"/> ago, so that it may still be on its way.</summary>
    /// <param name="index">The packet.</param>
    /// <param name="least">How long a resend is given.</param>
    /// <param name="now">The time.</param>
    /// <param name="isRepeat">It was sent again before.</param>
    internal bool TryNote(ulong index, TimeSpan least, TimeSpan now, out bool isRepeat)
    {
        if (_last.Length == 0)
        {
            _last = new (ulong, TimeSpan)[Size];
            Array.Fill(_last, (ulong.MaxValue, TimeSpan.MinValue));
        }
        ref var last = ref _last[index % Size];
        isRepeat = last.Index == index;
        if (isRepeat && now - last.At < least)
        {
            return false;
        }
        last = (index, now);
        return true;
    }
}
