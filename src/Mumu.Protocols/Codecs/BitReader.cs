// Reads fields of bits, big-endian, out of NAL units and codec configurations.
namespace Mumu.Protocols.Codecs;

/// <summary>
/// A bit reader. Reading past the end gives zeros and sets <see cref="IsOverrun"/>, so a parser reads all it wants and asks once.
/// </summary>
public ref struct BitReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _isEscaped;
    private int _at;
    private int _zeros;
    private uint _current;
    private int _left;

    private BitReader(ReadOnlySpan<byte> bytes, bool isEscaped)
    {
        _bytes = bytes;
        _isEscaped = isEscaped;
    }

    /// <summary>Reads the payload of a NAL unit, skipping emulation prevention bytes (H.264 §7.3.1).</summary>
    public static BitReader OverNal(ReadOnlySpan<byte> payload) => new(payload, isEscaped: true);

    /// <summary>Reads plain bytes.</summary>
    public static BitReader OverBytes(ReadOnlySpan<byte> bytes) => new(bytes, isEscaped: false);

    /// <summary>True once more bits were asked for than there are, or a number had no end.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>Reads one bit.</summary>
    public bool Flag() => Bits(1) != 0;

    /// <summary>Reads 0 to 32 bits.</summary>
    public uint Bits(int count)
    {
        var value = 0u;
        while (count > 0)
        {
            if (_left == 0 && !NextByte())
            {
                IsOverrun = true;
                return 0;
            }
            var take = Math.Min(count, _left);
            _left -= take;
            count -= take;
            value = value << take | _current >> _left & (1u << take) - 1;
        }
        return value;
    }

    /// <summary>Skips bits.</summary>
    public void Skip(int count)
    {
        for (; count > 0 && !IsOverrun; count -= 32)
        {
            Bits(Math.Min(count, 32));
        }
    }

    /// <summary>Reads an unsigned Exp-Golomb number, ue(v) (H.264 §9.1).</summary>
    public uint Unsigned()
    {
        var zeros = 0;
        while (!Flag())
        {
            if (IsOverrun || ++zeros > 31)
            {
                IsOverrun = true;
                return 0;
            }
        }
        return (1u << zeros) - 1 + Bits(zeros);
    }

    /// <summary>Reads a signed Exp-Golomb number, se(v) (H.264 §9.1.1).</summary>
    public int Signed()
    {
        var code = Unsigned();
        return (code & 1) != 0 ? (int)(code / 2 + 1) : -(int)(code / 2);
    }

    private bool NextByte()
    {
        if (_isEscaped && _zeros >= 2 && _at < _bytes.Length && _bytes[_at] == 3)
        {
            _at++;
            _zeros = 0;
        }
        if (_at >= _bytes.Length)
        {
            return false;
        }
        _current = _bytes[_at++];
        _zeros = _current == 0 ? _zeros + 1 : 0;
        _left = 8;
        return true;
    }
}
