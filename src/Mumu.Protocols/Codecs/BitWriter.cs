// Writes fields of bits, big-endian, and wraps them as NAL units.
using System.Buffers.Binary;
using System.Numerics;

namespace Mumu.Protocols.Codecs;

/// <summary>A bit writer over its own fixed buffer, made once and reset for each use; it allocates nothing after that.</summary>
/// <param name="capacity">Bytes of the buffer; writing more throws <see cref="IndexOutOfRangeException"/> or <see cref="ArgumentOutOfRangeException"/>.</param>
public sealed class BitWriter(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity + sizeof(uint)];
    private ulong _pending;
    private int _pendingBits;
    private int _length;

    /// <summary>Bits written so far.</summary>
    public int BitCount => _length * 8 + _pendingBits;

    /// <summary>The bytes written; whole only after <see cref="Trail"/> or <see cref="Align"/>.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        _pending = 0;
        _pendingBits = 0;
        _length = 0;
    }

    /// <summary>Writes the low <paramref name="count"/> bits (0 to 32) of a value whose other bits are zero.</summary>
    public void Bits(uint value, int count)
    {
        _pending = _pending << count | value;
        _pendingBits += count;
        if (_pendingBits >= 32)
        {
            _pendingBits -= 32;
            BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(_length), (uint)(_pending >> _pendingBits));
            _length += 4;
        }
    }

    /// <summary>Writes one bit.</summary>
    public void Flag(bool value) => Bits(value ? 1u : 0u, 1);

    /// <summary>Writes an unsigned Exp-Golomb number, ue(v) (H.264 §9.1), up to 65534.</summary>
    public void Unsigned(uint value)
    {
        var length = BitOperations.Log2(value + 1);
        Bits(value + 1, 2 * length + 1);
    }

    /// <summary>Writes a signed Exp-Golomb number, se(v) (H.264 §9.1.1), within ±32767.</summary>
    public void Signed(int value) => Unsigned(value > 0 ? (uint)(2 * value - 1) : (uint)(-2 * value));

    /// <summary>Fills up the last byte with zeros and makes <see cref="Written"/> whole.</summary>
    public void Align()
    {
        Bits(0, -_pendingBits & 7);
        while (_pendingBits > 0)
        {
            _pendingBits -= 8;
            _bytes[_length++] = (byte)(_pending >> _pendingBits);
        }
    }

    /// <summary>Ends a NAL unit's payload: a one and zeros up to the byte (rbsp_trailing_bits, H.264 §7.3.2.11).</summary>
    public void Trail()
    {
        Bits(1, 1);
        Align();
    }

    /// <summary>
    /// Writes the bytes as a NAL unit behind its four-byte length, with emulation prevention, and returns the bytes used. <paramref name="destination"/> needs
    /// at most 5 and one and a half times <see cref="Written"/>.
    /// </summary>
    public int WriteNal(byte header, Span<byte> destination)
    {
        var at = 4;
        destination[at++] = header;
        var rest = Written;
        // Two zeros and a byte up to three would look like a start code, so a three goes between (H.264 §7.4.1). Stretches without that are copied whole.
        while (true)
        {
            var zeros = rest.IndexOf((ReadOnlySpan<byte>)[0, 0]);
            if (zeros < 0 || zeros + 2 >= rest.Length)
            {
                rest.CopyTo(destination[at..]);
                at += rest.Length;
                break;
            }
            rest[..(zeros + 2)].CopyTo(destination[at..]);
            at += zeros + 2;
            rest = rest[(zeros + 2)..];
            if (rest[0] <= 3)
            {
                destination[at++] = 3;
            }
        }
        BinaryPrimitives.WriteInt32BigEndian(destination, at - 4);
        return at;
    }
}
