// Numbers in groups of seven bits, as AV1 has them.
namespace Mumu.Protocols.Codecs;

/// <summary>leb128() of AV1 (§4.10.5), for values up to 2³¹−1.</summary>
public static class Leb128
{
    /// <summary>Bytes that <paramref name="value"/> takes, 1 to 5.</summary>
    public static int LengthOf(int value)
    {
        var length = 1;
        while ((value >>= 7) > 0)
        {
            length++;
        }
        return length;
    }

    /// <summary>Writes a number and returns its bytes.</summary>
    public static int Write(int value, Span<byte> destination)
    {
        var at = 0;
        while (value > 0x7F)
        {
            destination[at++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[at++] = (byte)value;
        return at;
    }

    /// <summary>Reads a number and the bytes it took; false where it does not end or is too large.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int value, out int length)
    {
        ulong sum = 0;
        for (var i = 0; i < Math.Min(8, bytes.Length); i++)
        {
            sum |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if ((bytes[i] & 0x80) == 0)
            {
                (value, length) = ((int)sum, i + 1);
                return sum <= int.MaxValue;
            }
        }
        (value, length) = (0, 0);
        return false;
    }
}
