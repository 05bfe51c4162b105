// One RTCP packet seen in place, and the walk over a compound of them.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>RTCP packet types (RFC 3550 §12.1, RFC 4585 §6.1).</summary>
public enum RtcpType : byte
{
    /// <summary>Sender report.</summary>
    SenderReport = 200,

    /// <summary>Receiver report.</summary>
    ReceiverReport = 201,

    /// <summary>Source description.</summary>
    SourceDescription = 202,

    /// <summary>Goodbye.</summary>
    Bye = 203,

    /// <summary>Application-defined.</summary>
    Application = 204,

    /// <summary>Transport-layer feedback: NACK (format 1), transport-wide congestion control (15).</summary>
    TransportFeedback = 205,

    /// <summary>Payload-specific feedback: PLI (1), FIR (4), REMB (15).</summary>
    PayloadFeedback = 206,

    /// <summary>Extended report.</summary>
    ExtendedReport = 207,
}

/// <summary>One packet of a compound; a view that owns nothing.</summary>
public readonly ref struct RtcpPacket
{
    internal RtcpPacket(RtcpType type, int count, ReadOnlySpan<byte> body)
    {
        Type = type;
        Count = count;
        Body = body;
    }

    /// <summary>Packet type.</summary>
    public RtcpType Type { get; }

    /// <summary>The five bits beside the version: a count of blocks, or the format of feedback.</summary>
    public int Count { get; }

    /// <summary>Everything behind the four header bytes, without padding.</summary>
    public ReadOnlySpan<byte> Body { get; }
}

/// <summary>
/// Walks a compound RTCP packet (RFC 3550 §6.1; reduced-size ones of RFC 5506 too). Stops at the first packet that is malformed and says so.
/// </summary>
/// <param name="compound">The datagram, already decrypted.</param>
public ref struct RtcpReader(ReadOnlySpan<byte> compound)
{
    private ReadOnlySpan<byte> _rest = compound;
    private RtcpPacket _current;

    /// <summary>The packet at hand.</summary>
    public readonly RtcpPacket Current => _current;

    /// <summary>True when the walk ended at bytes that are no RTCP.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly RtcpReader GetEnumerator() => this;

    /// <summary>Steps to the next packet.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty || IsMalformed)
        {
            return false;
        }
        IsMalformed = true; // until shown otherwise
        if (_rest.Length < 4 || _rest[0] >> 6 != 2)
        {
            return false;
        }
        var length = 4 + BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]) * 4;
        if (length > _rest.Length)
        {
            return false;
        }
        var body = _rest[4..length];
        if ((_rest[0] & 0x20) != 0)
        {
            if (body.IsEmpty || body[^1] == 0 || body[^1] > body.Length)
            {
                return false;
            }
            body = body[..^body[^1]];
        }
        _current = new RtcpPacket((RtcpType)_rest[1], _rest[0] & 0x1F, body);
        _rest = _rest[length..];
        IsMalformed = false;
        return true;
    }
}

internal static class RtcpHeader
{
    /// <summary>Writes the four header bytes of a packet of <paramref name="length"/> bytes (a multiple of four) and returns what follows them.</summary>
    internal static Span<byte> Write(Span<byte> destination, RtcpType type, int count, int length)
    {
        if (destination.Length < length)
        {
            throw new ArgumentException("The destination is too small for the RTCP packet.", nameof(destination));
        }
        destination[0] = (byte)(0x80 | count);
        destination[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(length / 4 - 1));
        return destination[4..length];
    }
}
