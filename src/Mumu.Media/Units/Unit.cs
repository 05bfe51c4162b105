// One access unit on its way from a source through a stream to readers: pooled bytes, counted references, a 64-bit timeline.
using System.Buffers;

namespace Mumu.Media.Units;

/// <summary>
/// An access unit: one picture or one audio frame. The maker rents it with one reference, fills <see cref="Buffer"/>, sets the rest and
/// publishes it; whoever keeps it longer than the call takes a reference. After publication it is read-only.
/// </summary>
/// <remarks>
/// The bytes are pooled, the object is not: an object that is never used twice turns a release too many, or a read after the last release, into an
/// exception at the culprit instead of damage to a stranger's picture, for the price of 64 bytes of short-lived garbage a frame.
/// </remarks>
public sealed class Unit
{
    /// <summary>The largest unit, in bytes: far above any camera's key frame, so that a wild length from a source can't eat the memory.</summary>
    public const int MaxLength = 32 << 20;

    private byte[] _buffer;
    private int _length;
    private int _references = 1;

    private Unit(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
    }

    /// <summary>Rents a unit of <paramref name="length"/> bytes (1 to <see cref="MaxLength"/>, contents undefined) with one reference.</summary>
    public static Unit Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        return new Unit(ArrayPool<byte>.Shared.Rent(length), length);
    }

    /// <summary>Rents a unit that holds a copy of <paramref name="data"/>.</summary>
    public static Unit Copy(ReadOnlySpan<byte> data)
    {
        var unit = Rent(data.Length);
        data.CopyTo(unit.Buffer);
        return unit;
    }

    /// <summary>Index of the track within its stream, from 0. Set by the maker before publication.</summary>
    public int Track { get; set; }

    /// <summary>
    /// Presentation time in ticks of the track's clock, never wrapping. The maker counts from 0 where its run began; the stream moves it onto its own
    /// timeline on publication, so that readers see time go on across restarts of the source.
    /// </summary>
    public long Timestamp { get; set; }

    /// <summary>When the source got it, on the process's monotonic clock (<see cref="TimeProvider.GetTimestamp"/> as a span). Set by the maker.</summary>
    public TimeSpan Arrival { get; set; }

    /// <summary>True where decoding can start: an IDR (with its parameter sets in front) or any audio unit. Set by the maker.</summary>
    public bool IsKeyFrame { get; set; }

    /// <summary>Bytes of data, at least 1.</summary>
    public int Length => _length;

    /// <summary>References held now; 0 after the last release. For tests and diagnosis.</summary>
    public int References => Volatile.Read(ref _references);

    /// <summary>For the maker only, before publication.</summary>
    public Span<byte> Buffer => _buffer.AsSpan(0, _length);

    /// <summary>
    /// The bytes. H.264 and H.265: NAL units, each behind its length in four bytes, big-endian, without start codes (ISO 14496-15). AV1: a temporal unit of open bitstream
    /// units with sizes, without delimiters. Others: the codec's frame.
    /// </summary>
    public ReadOnlySpan<byte> Data => _buffer.AsSpan(0, _length);

    /// <summary>The same bytes, for asynchronous writers that hold a reference.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <summary>Shortens the unit to its first <paramref name="length"/> bytes: for a maker that knows the size only afterwards, before publication.</summary>
    public void Trim(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
    }

    /// <summary>Takes a reference.</summary>
    /// <exception cref="InvalidOperationException">The last reference is already gone.</exception>
    public void AddReference()
    {
        if (Interlocked.Increment(ref _references) <= 1)
        {
            throw new InvalidOperationException("A unit was referenced after its last reference had been released.");
        }
    }

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
