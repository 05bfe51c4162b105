// What arrived in each tenth of a second of the receiver's clock: how much, and behind how long a queue.
namespace Mumu.Protocols.WebRtc.Congestion;

/// <summary>
/// The queue on the path, by the least delay of each tenth of a second above the least of the last half minute. A queue that stands delays every packet; whatever delays some (a busy receiver,
/// a radio, the bursts of our own key frames) leaves the least alone, and since the tenths are the receiver's, a receiver that stood still has hardly any.
/// Only the first packet of a message counts, as the others wait behind it.
/// </summary>
internal sealed class ArrivalBuckets
{
    internal const double Width = 100; // ms
    private const int Kept = 64;
    private const double BaseWindow = 15_000; // ms; the base is the least of this window and the one before
    private readonly Bucket[] _buckets = new Bucket[Kept];
    private long _current = long.MinValue;
    private double _baseNow = double.MaxValue;
    private double _baseBefore = double.MaxValue;
    private double _baseSince;

    /// <summary>The queue of the last whole tenth that had a packet to tell, in ms.</summary>
    internal double Queue { get; private set; }

    /// <summary>The one before it.</summary>
    internal double QueueBefore { get; private set; }

    /// <summary>Takes a packet that arrived. True when a tenth became whole that says something of the queue.</summary>
    /// <param name="arrival">On the receiver's clock, in ms.</param>
    /// <param name="delay">From our clock to the receiver's, in ms; its zero means nothing. Null for a packet that says nothing of the queue.</param>
    /// <param name="bytes">Its bytes.</param>
    internal bool Take(double arrival, double? delay, int bytes)
    {
        var bucket = (long)Math.Floor(arrival / Width);
        var isWhole = false;
        if (_current == long.MinValue)
        {
            Open(bucket);
        }
        else if (bucket > _current)
        {
            isWhole = Close(arrival);
            Open(bucket);
        }
        if (_current - bucket >= Kept)
        {
            return isWhole;
        }
        ref var place = ref _buckets[Index(bucket)];
        if (place.Number == bucket)
        {
            place.Bytes += bytes;
            place.Least = Math.Min(place.Least, delay ?? double.MaxValue);
        }
        return isWhole;
    }

    /// <summary>The most bytes a millisecond over any three tenths of those that the last <paramref name="tenths"/> (up to 60) span.</summary>
    internal double Peak(int tenths)
    {
        long peak = 0;
        var sum = BytesOf(_current - tenths) + BytesOf(_current - tenths + 1);
        for (var i = tenths - 2; i >= 1; i--)
        {
            sum += BytesOf(_current - i);
            peak = Math.Max(peak, sum);
            sum -= BytesOf(_current - i - 2);
        }
        return peak / (3 * Width);
    }

    /// <summary>Forgets everything: the path is another.</summary>
    internal void Clear()
    {
        Array.Clear(_buckets);
        (_current, _baseNow, _baseBefore, Queue, QueueBefore) = (long.MinValue, double.MaxValue, double.MaxValue, 0, 0);
    }

    private static int Index(long bucket) => (int)((ulong)bucket % Kept);

    private long BytesOf(long number)
    {
        ref readonly var bucket = ref _buckets[Index(number)];
        return bucket.Number == number ? bucket.Bytes : 0;
    }

    private void Open(long bucket)
    {
        _current = bucket;
        _buckets[Index(bucket)] = new Bucket
        {
            Number = bucket,
            Bytes = 0,
            Least = double.MaxValue,
        };
    }

    private bool Close(double now)
    {
        var least = _buckets[Index(_current)].Least;
        if (least == double.MaxValue)
        {
            return false;
        }
        if (now - _baseSince > BaseWindow || _baseNow == double.MaxValue)
        {
            (_baseBefore, _baseNow, _baseSince) = (_baseNow, least, now);
        }
        _baseNow = Math.Min(_baseNow, least);
        QueueBefore = Queue;
        Queue = least - Math.Min(_baseNow, _baseBefore);
        return true;
    }

    private struct Bucket
    {
        internal long Number;
        internal long Bytes;
        internal double Least;
    }
}
