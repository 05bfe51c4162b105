// One input that holds several: for cores that take datagrams or payloads in a row.
namespace Mumu.Fuzz.Targets;

/// <summary>A row of pieces, each behind a byte of flags and two of length. Any bytes can be read as such a row, so a mutation may damage the row itself.</summary>
internal ref struct Pieces(ReadOnlySpan<byte> input)
{
    private const int HeaderLength = 3;
    private ReadOnlySpan<byte> _rest = input;

    public byte Flags { get; private set; }

    public ReadOnlySpan<byte> Current { get; private set; }

    public bool MoveNext()
    {
        if (_rest.Length < HeaderLength)
        {
            return false;
        }
        Flags = _rest[0];
        var length = Math.Min(_rest[1] << 8 | _rest[2], _rest.Length - HeaderLength);
        Current = _rest.Slice(HeaderLength, length);
        _rest = _rest[(HeaderLength + length)..];
        return true;
    }

    /// <summary>Makes such a row.</summary>
    public static byte[] Of(IEnumerable<(byte Flags, byte[] Bytes)> pieces) =>
        [.. pieces.SelectMany(p => (byte[])[p.Flags, (byte)(p.Bytes.Length >> 8), (byte)p.Bytes.Length, .. p.Bytes])];
}
