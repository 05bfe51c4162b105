// The pieces of an AV1 stream: open bitstream units.
namespace Mumu.Protocols.Codecs;

/// <summary>The types of open bitstream units that matter here (AV1 §6.2.2).</summary>
public enum ObuType : byte
{
    /// <summary>What holds for a whole coded video sequence.</summary>
    SequenceHeader = 1,

    /// <summary>Begins a temporal unit; never sent by RTP, never kept in a unit.</summary>
    TemporalDelimiter = 2,

    /// <summary>The head of a frame whose tiles follow apart.</summary>
    FrameHeader = 3,

    /// <summary>Tiles of such a frame.</summary>
    TileGroup = 4,

    /// <summary>Metadata.</summary>
    Metadata = 5,

    /// <summary>A frame's head and its tiles.</summary>
    Frame = 6,

    /// <summary>A frame's head again.</summary>
    RedundantFrameHeader = 7,

    /// <summary>For large-scale tile decoding; never sent by RTP.</summary>
    TileList = 8,

    /// <summary>Nothing.</summary>
    Padding = 15,
}

/// <summary>One open bitstream unit, seen in somebody's buffer.</summary>
/// <param name="header">One byte, two with the extension.</param>
/// <param name="payload">What follows the header and the size.</param>
public readonly ref struct Obu(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
{
    private const byte HasSize = 0x02;
    private const byte HasExtension = 0x04;

    /// <summary>The header as it stood, one byte or two.</summary>
    public ReadOnlySpan<byte> Header { get; } = header;

    /// <summary>The rest, without the size.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Its type.</summary>
    public ObuType Type => (ObuType)((Header[0] >> 3) & 0x0F);

    /// <summary>True for types that RTP does not carry (AV1 RTP specification §5).</summary>
    public bool IsLeftOut => Type is ObuType.TemporalDelimiter or ObuType.TileList or ObuType.Padding;

    /// <summary>The first header byte with or without the flag for a size behind it.</summary>
    public byte FirstByte(bool hasSize) => (byte)(hasSize ? Header[0] | HasSize : Header[0] & ~HasSize);

    /// <summary>Reads the unit at the front of <paramref name="bytes"/>; one without a size takes them all. False where they end early or the forbidden bit is set.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Obu obu, out int length)
    {
        obu = default;
        length = 0;
        if (bytes.IsEmpty || (bytes[0] & 0x80) != 0)
        {
            return false;
        }
        var header = (bytes[0] & HasExtension) != 0 ? 2 : 1;
        if (bytes.Length < header)
        {
            return false;
        }
        var rest = bytes[header..];
        var (size, sizeLength) = (rest.Length, 0);
        if ((bytes[0] & HasSize) != 0 && !Leb128.TryRead(rest, out size, out sizeLength))
        {
            return false;
        }
        if (size > rest.Length - sizeLength)
        {
            return false;
        }
        obu = new Obu(bytes[..header], rest.Slice(sizeLength, size));
        length = header + sizeLength + size;
        return true;
    }
}

/// <summary>Walks the open bitstream units of a temporal unit; stops at what is malformed.</summary>
/// <param name="unit">Units with sizes; the last may lack one.</param>
public ref struct ObuReader(ReadOnlySpan<byte> unit)
{
    private ReadOnlySpan<byte> _rest = unit;

    /// <summary>True once everything was read without a fault.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Takes the next.</summary>
    public bool TryRead(out Obu obu)
    {
        if (!Obu.TryRead(_rest, out obu, out var length))
        {
            return false;
        }
        _rest = _rest[length..];
        return true;
    }
}
