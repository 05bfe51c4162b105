// The buffer in which a depacketiser grows units, finished ones in front of the one in work.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Depacketizers;

/// <summary>A growing buffer with finished units waiting to be read and one in work behind them. Bounded: what would exceed the limit is refused.</summary>
internal sealed class UnitAssembly(int limit)
{
    private readonly record struct Finished(int Start, int Length, long Timestamp, bool IsKeyFrame);

    private readonly List<Finished> _finished = [];
    private byte[] _bytes = new byte[4_096];
    private int _read;
    private int _start;
    private int _end;

    /// <summary>Bytes of the unit in work.</summary>
    internal int Length => _end - _start;

    /// <summary>Bytes of the unit in work.</summary>
    internal Span<byte> InWork => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Called before anything is appended: when all finished units were read, the one in work moves to the front.</summary>
    internal void Compact()
    {
        if (_read < _finished.Count || _start == 0)
        {
            return;
        }
        _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
        (_start, _end) = (0, _end - _start);
        _finished.Clear();
        _read = 0;
    }

    /// <summary>Appends bytes; false when the limit is reached.</summary>
    internal bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > limit - _end)
        {
            return false;
        }
        if (bytes.Length > _bytes.Length - _end)
        {
            Array.Resize(ref _bytes, Math.Max(_end + bytes.Length, Math.Min(limit, _bytes.Length * 2)));
        }
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
        return true;
    }

    /// <summary>Appends a NAL unit behind its length.</summary>
    internal bool TryAppendNal(ReadOnlySpan<byte> nal)
    {
        Span<byte> prefix = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(prefix, nal.Length);
        return TryAppend(prefix) && TryAppend(nal);
    }

    /// <summary>Puts bytes into the unit in work; false when the limit is reached.</summary>
    internal bool TryInsert(int at, ReadOnlySpan<byte> bytes)
    {
        var behind = Length - at;
        if (!TryAppend(bytes))
        {
            return false;
        }
        InWork.Slice(at, behind).CopyTo(InWork[(at + bytes.Length)..]);
        bytes.CopyTo(InWork[at..]);
        return true;
    }

    /// <summary>Cuts the unit in work to its first <paramref name="length"/> bytes.</summary>
    internal void Shorten(int length) => _end = _start + length;

    /// <summary>Throws the unit in work away.</summary>
    internal void Discard() => _end = _start;

    /// <summary>Finishes the unit in work.</summary>
    internal void Finish(long timestamp, bool isKeyFrame)
    {
        _finished.Add(new Finished(_start, _end - _start, timestamp, isKeyFrame));
        _start = _end;
    }

    internal bool TryRead(out DepacketizedUnit unit)
    {
        if (_read == _finished.Count)
        {
            unit = default;
            return false;
        }
        var next = _finished[_read++];
        unit = new DepacketizedUnit(_bytes.AsSpan(next.Start, next.Length), next.Timestamp, next.IsKeyFrame);
        return true;
    }
}
