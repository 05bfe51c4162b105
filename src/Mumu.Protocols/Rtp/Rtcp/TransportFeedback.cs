// Transport-wide congestion control: when each packet of a transport arrived.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>
/// Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). Enumerate it for one entry a packet, in order of their transport-wide numbers.
/// </summary>
public ref struct TransportFeedback
{
    private const int TickMicroseconds = 250;
    private ReadOnlySpan<byte> _chunks;
    private ReadOnlySpan<byte> _deltas;
    private int _left;
    private int _chunkLeft;
    private ushort _chunk;
    private ushort _next;
    private long _ticks;

    private TransportFeedback(Ssrc sender, Ssrc media, ReadOnlySpan<byte> information, int chunkBytes)
    {
        Sender = sender;
        Media = media;
        _next = BinaryPrimitives.ReadUInt16BigEndian(information);
        PacketCount = _left = BinaryPrimitives.ReadUInt16BigEndian(information[2..]);
        var word = BinaryPrimitives.ReadInt32BigEndian(information[4..]);
        ReferenceTime = word >> 8;
        FeedbackCount = (byte)word;
        _ticks = (long)ReferenceTime * 256; // 64 ms in ticks of 250 µs
        _chunks = information.Slice(8, chunkBytes);
        _deltas = information[(8 + chunkBytes)..];
    }

    /// <summary>Who reports.</summary>
    public Ssrc Sender { get; }

    /// <summary>The media source named; any of the transport.</summary>
    public Ssrc Media { get; }

    /// <summary>Packets reported on.</summary>
    public int PacketCount { get; }

    /// <summary>The receiver's reference time in units of 64 ms; 24 bits, signed, wraps.</summary>
    public int ReferenceTime { get; }

    /// <summary>Counts feedback messages; wraps.</summary>
    public byte FeedbackCount { get; }

    /// <summary>The transport-wide number at hand.</summary>
    public SequenceNumber Sequence { get; private set; }

    /// <summary>When it arrived, on the receiver's clock; null when it didn't.</summary>
    public TimeSpan? Arrival { get; private set; }

    /// <summary>For <c>foreach</c>: the entry at hand is the enumerator itself.</summary>
    public readonly TransportFeedback Current => this;

    /// <summary>For <c>foreach</c>.</summary>
    public readonly TransportFeedback GetEnumerator() => this;

    /// <summary>Steps to the next packet.</summary>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }
        if (_chunkLeft == 0)
        {
            if (_chunks.Length < 2)
            {
                return false;
            }
            _chunk = BinaryPrimitives.ReadUInt16BigEndian(_chunks);
            _chunks = _chunks[2..];
            _chunkLeft = LengthOf(_chunk);
            if (_chunkLeft == 0)
            {
                return false;
            }
        }
        var symbol = SymbolOf(_chunk, LengthOf(_chunk) - _chunkLeft);
        if (!TryReadDelta(symbol))
        {
            _left = 0;
            return false;
        }
        Sequence = new SequenceNumber(_next);
        _next = unchecked((ushort)(_next + 1));
        _chunkLeft--;
        _left--;
        return true;
    }

    /// <summary>Reads a feedback message; false when its chunks or deltas do not fit.</summary>
    public static bool TryParse(in RtcpPacket packet, out TransportFeedback feedback)
    {
        feedback = default;
        var isOurs = Feedback.TryParse(
            packet,
            RtcpType.TransportFeedback,
            Feedback.TransportCc,
            out var sender,
            out var media,
            out var information
        );
        if (!isOurs || information.Length < 8)
        {
            return false;
        }
        var left = (int)BinaryPrimitives.ReadUInt16BigEndian(information[2..]);
        var chunkBytes = 0;
        var deltaBytes = 0;
        while (left > 0)
        {
            if (information.Length < 8 + chunkBytes + 2)
            {
                return false;
            }
            var chunk = BinaryPrimitives.ReadUInt16BigEndian(information[(8 + chunkBytes)..]);
            var covers = Math.Min(left, LengthOf(chunk));
            if (covers == 0)
            {
                return false;
            }
            for (var i = 0; i < covers; i++)
            {
                deltaBytes += DeltaSize(SymbolOf(chunk, i));
            }
            chunkBytes += 2;
            left -= covers;
        }
        if (information.Length < 8 + chunkBytes + deltaBytes)
        {
            return false;
        }
        feedback = new TransportFeedback(sender, media, information, chunkBytes);
        return true;
    }

    private static int LengthOf(ushort chunk) =>
        (chunk & 0x8000) == 0 ? chunk & 0x1FFF
        : (chunk & 0x4000) == 0 ? 14
        : 7;

    private static int SymbolOf(ushort chunk, int index) =>
        (chunk & 0x8000) == 0 ? (chunk >> 13) & 3
        : (chunk & 0x4000) == 0 ? (chunk >> (13 - index)) & 1
        : (chunk >> (12 - 2 * index)) & 3;

    private static int DeltaSize(int symbol) => symbol == 3 ? 0 : symbol; // 3 is reserved

    private bool TryReadDelta(int symbol)
    {
        Arrival = null;
        if (symbol is 0 or 3)
        {
            return true;
        }
        if (_deltas.Length < symbol)
        {
            return false;
        }
        _ticks += symbol == 1 ? _deltas[0] : BinaryPrimitives.ReadInt16BigEndian(_deltas);
        _deltas = _deltas[symbol..];
        Arrival = TimeSpan.FromMicroseconds((double)_ticks * TickMicroseconds);
        return true;
    }
}
