// Bytes on their way to the server.
using System.Buffers.Binary;
using System.Text;

namespace Mumu.Protocols.Rtsp;

/// <summary>A bounded queue of bytes.</summary>
internal sealed class RtspOutput
{
    private byte[] _bytes = new byte[1024];
    private int _start;
    private int _end;

    internal void Add(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, Reserve(length));
    }

    /// <summary>Adds an interleaved packet (RFC 2326 §10.12) unless too much waits already.</summary>
    internal bool TryAddInterleaved(int channel, ReadOnlySpan<byte> packet)
    {
        if (_end - _start + packet.Length > RtspLimits.Output || packet.Length > ushort.MaxValue)
        {
            return false;
        }
        var room = Reserve(4 + packet.Length);
        room[0] = (byte)'$';
        room[1] = (byte)channel;
        BinaryPrimitives.WriteUInt16BigEndian(room[2..], (ushort)packet.Length);
        packet.CopyTo(room[4..]);
        return true;
    }

    internal bool TryTake(Span<byte> destination, out int length)
    {
        length = Math.Min(destination.Length, _end - _start);
        _bytes.AsSpan(_start, length).CopyTo(destination);
        _start += length;
        return length > 0;
    }

    private Span<byte> Reserve(int length)
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
}
