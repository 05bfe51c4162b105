// One access unit on its way from a source through a stream to readers: pooled bytes, counted references, a 64-bit timeline.
using System.Buffers;

namespace Mumu.Media.Units;

/// <summary>
/// An access unit: one picture or one audio frame. The maker rents it with one reference, fills <see cref="Buffer"/>, sets the rest and
/// publishes it; whoever keeps it longer than the call takes a reference. After publication it is read-only.
/// </summary>
public sealed class Unit
{
    private byte[] _buffer;
    private int _references = 1;

    private Unit(byte[] buffer, int length)
    {
        _buffer = buffer;
        Length = length;
    }

    /// <summary>Rents a unit of <paramref name="length"/> bytes with one reference.</summary>
    public static Unit Rent(int length) => new(ArrayPool<byte>.Shared.Rent(length), length);

    /// <summary>Index of the track within its stream, from 0.</summary>
    public int Track { get; init; }

    /// <summary>Presentation time in ticks of the track's clock, never wrapping; 0 is where the source began.</summary>
    public long Timestamp { get; init; }

    /// <summary>When the source got it, on the process's monotonic clock (<see cref="TimeProvider.GetTimestamp"/> as a span).</summary>
    public TimeSpan Arrival { get; init; }

    /// <summary>True where decoding can start: an IDR (with its parameter sets in front) or any audio unit.</summary>
    public bool IsKeyFrame { get; init; }

    /// <summary>Bytes of data, at least 1.</summary>
    public int Length { get; }

    /// <summary>For the maker only, before publication.</summary>
    public Span<byte> Buffer => _buffer.AsSpan(0, Length);

    /// <summary>
    /// The bytes. H.264 and H.265: NAL units, each behind its length in four bytes, big-endian, without start codes (ISO 14496-15). Others: the codec's frame as RTP carries it.
    /// </summary>
    public ReadOnlySpan<byte> Data => _buffer.AsSpan(0, Length);

    /// <summary>The same bytes, for asynchronous writers that hold a reference.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>Takes a reference.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Gives a reference back; the last one returns the bytes to the pool.</summary>
    /// <exception cref="InvalidOperationException">Released once too often.</exception>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left > 0)
        {
            return;
        }
        if (left < 0)
        {
            throw new InvalidOperationException("A unit was released more often than it was referenced.");
        }
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
