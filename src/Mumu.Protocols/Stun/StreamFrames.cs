// Cuts a stream of bytes into messages.
using System.Buffers.Binary;

namespace Mumu.Protocols.Stun;

/// <summary>Collects messages from a stream, however it is cut. What is no message breaks the stream for good: there is no way to find the next one.</summary>
/// <param name="framing">How messages follow each other.</param>
public sealed class StreamFrames(StreamFraming framing)
{
    /// <summary>Longest message; a stream that announces a longer one is broken.</summary>
    public const int MaxMessage = StunMessage.MaxLength;

    private const int ChannelHeader = 4;
    private byte[] _buffer = [];
    private int _filled;

    /// <summary>True once something came that can't be a message; nothing is read any more.</summary>
    public bool IsBroken { get; private set; }

    private int HeaderLength => framing == StreamFraming.Turn ? ChannelHeader : 2;

    /// <summary>
    /// Takes bytes off the front of <paramref name="bytes"/> until a message is whole. Call it until it gives false: then all are taken, or the stream is broken.
    /// </summary>
    /// <param name="bytes">What came; what is left of it afterwards.</param>
    /// <param name="message">A whole message without prefix and padding, which may be changed; valid until the next call.</param>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out Span<byte> message)
    {
        message = default;
        while (!IsBroken && !bytes.IsEmpty)
        {
            Take(ref bytes, HeaderLength);
            if (_filled < HeaderLength)
            {
                return false;
            }
            if (!TryMeasure(out var start, out var length, out var total))
            {
                IsBroken = true;
                return false;
            }
            Take(ref bytes, total);
            if (_filled < total)
            {
                return false;
            }
            _filled = 0;
            if (length > 0)
            {
                message = _buffer.AsSpan(start, length);
                return true;
            }
        }
        return false;
    }

    private void Take(ref ReadOnlySpan<byte> bytes, int until)
    {
        var count = Math.Min(until - _filled, bytes.Length);
        if (count <= 0)
        {
            return;
        }
        if (_filled + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(until, 256));
        }
        bytes[..count].CopyTo(_buffer.AsSpan(_filled));
        bytes = bytes[count..];
        _filled += count;
    }

    private bool TryMeasure(out int start, out int length, out int total)
    {
        if (framing == StreamFraming.LengthPrefixed)
        {
            start = 2;
            length = BinaryPrimitives.ReadUInt16BigEndian(_buffer);
            total = start + length;
            return length <= MaxMessage;
        }
        start = 0;
        int stated = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(2));
        switch (_buffer[0] >> 6)
        {
            case 0:
                total = length = StunMessage.HeaderLength + stated;
                return (stated & 3) == 0 && length <= MaxMessage;
            case 1:
                length = ChannelHeader + stated;
                total = (length + 3) & ~3;
                return length <= MaxMessage;
            default:
                total = length = 0;
                return false;
        }
    }
}
