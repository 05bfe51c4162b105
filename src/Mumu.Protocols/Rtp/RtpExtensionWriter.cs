// Collects header extension elements in the one-byte form.
namespace Mumu.Protocols.Rtp;

/// <summary>Fills a buffer with one-byte header extension elements (RFC 8285 §4.2) for <see cref="RtpHeader.Write"/>.</summary>
/// <param name="buffer">Where the elements go; owned by the caller.</param>
public ref struct RtpExtensionWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>Adds an element; false when the id is not 1–14, the value not 1–16 bytes, or the buffer full.</summary>
    public bool TryAdd(int id, ReadOnlySpan<byte> value)
    {
        if (id is < 1 or > 14 || value.Length is < 1 or > 16 || ((_length + 1 + value.Length + 3) & ~3) > _buffer.Length)
        {
            return false;
        }
        _buffer[_length++] = (byte)((id << 4) | (value.Length - 1));
        value.CopyTo(_buffer[_length..]);
        _length += value.Length;
        return true;
    }

    /// <summary>Pads to a multiple of four bytes and returns the elements.</summary>
    public readonly ReadOnlySpan<byte> Finish()
    {
        var padded = (_length + 3) & ~3;
        _buffer[_length..padded].Clear();
        return _buffer[..padded];
    }
}
