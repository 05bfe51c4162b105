// Bytes on their way to the peer.
namespace Mumu.Protocols.Rtmp;

/// <summary>A queue of bytes; what is put in are answers, of which a peer can't cause many at a time.</summary>
internal sealed class RtmpOutput
{
    private byte[] _bytes = new byte[512];
    private int _start;
    private int _end;

    /// <summary>Room for so many bytes at the end.</summary>
    internal Span<byte> Reserve(int length)
    {
        if (length > _bytes.Length - _end)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
            if (length > _bytes.Length - _end)
            {
                Array.Resize(ref _bytes, Math.Max(_end + length, _bytes.Length * 2));
            }
        }
        _end += length;
        return _bytes.AsSpan(_end - length, length);
    }

    internal bool TryTake(Span<byte> destination, out int length)
    {
        length = Math.Min(destination.Length, _end - _start);
        _bytes.AsSpan(_start, length).CopyTo(destination);
        _start += length;
        return length > 0;
    }
}
