// AV1 temporal units to RTP payloads.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>
/// Packetises AV1 (RTP payload format for AV1, §4): aggregation header, then open bitstream units or fragments of them, each behind its length (W = 0), without sizes of their own.
/// All packets but the last are filled to the same length, wherever that cuts; temporal delimiters, tile lists and padding are left out.
/// </summary>
public sealed class Av1Packetizer : IRtpPacketizer
{
    internal const byte Continues = 0x80; // Z: the first element goes on with the last of the packet before
    internal const byte GoesOn = 0x40; // Y: the last element goes on in the next packet
    internal const byte NewSequence = 0x08; // N: first packet of a coded video sequence
    private const int Overhead = 1 + 2; // aggregation header, length of the element that the cut makes

    /// <inheritdoc />
    public bool MarksLast => true;

    /// <inheritdoc />
    public int Packetize(ReadOnlySpan<byte> unit, int maxPayload, ref PacketBuffer output)
    {
        RtpPacketizer.CheckLimit(maxPayload);
        var rest = new Elements(unit);
        if (!TryMeasure(unit, out var total, out var isNew) || !rest.Next())
        {
            return 0;
        }
        var limit = Overhead + RtpPacketizer.EqualPiece(total, maxPayload - Overhead);
        var packets = 0;
        for (; rest.Length > 0; packets++)
        {
            var (count, length) = Plan(rest, limit);
            if (!output.TryAdd(length, out var payload))
            {
                return -1;
            }
            payload[0] = (byte)((rest.IsBegun ? Continues : 0) | (packets == 0 && isNew ? NewSequence : 0));
            var at = 1;
            for (; count > 0; count--)
            {
                var take = Fitting(rest.Length, length - at);
                at += Leb128.Write(take, payload[at..]);
                rest.Take(payload.Slice(at, take));
                at += take;
                if (rest.Length == 0)
                {
                    rest.Next();
                }
            }
            payload[0] |= rest.IsBegun ? GoesOn : (byte)0;
        }
        return packets;
    }

    // Elements of the next packet, and its length.
    private static (int Count, int Length) Plan(Elements rest, int limit)
    {
        var (count, used) = (0, 1);
        while (rest.Length > 0 && limit - used >= 2)
        {
            var take = Fitting(rest.Length, limit - used);
            used += Leb128.LengthOf(take) + take;
            count++;
            if (take < rest.Length || !rest.Next())
            {
                break;
            }
        }
        return (count, used);
    }

    // The most of an element that fits into the room together with its length.
    private static int Fitting(int length, int room)
    {
        var take = Math.Min(length, room - 1);
        while (Leb128.LengthOf(take) + take > room)
        {
            take--;
        }
        return take;
    }

    private static bool TryMeasure(ReadOnlySpan<byte> unit, out int total, out bool isNew)
    {
        (total, isNew) = (0, false);
        var obus = new ObuReader(unit);
        while (obus.TryRead(out var obu))
        {
            if (!obu.IsLeftOut)
            {
                var length = obu.Header.Length + obu.Payload.Length;
                total += length + Leb128.LengthOf(length);
                isNew |= obu.Type == ObuType.SequenceHeader;
            }
        }
        return total > 0 && obus.IsAtEnd;
    }

    // The units that are sent, and how much of the first of them is still to go.
    private ref struct Elements(ReadOnlySpan<byte> unit)
    {
        private ObuReader _obus = new(unit);
        private Obu _obu;
        private int _taken;

        internal readonly int Length => _obu.Header.Length + _obu.Payload.Length - _taken;

        internal readonly bool IsBegun => _taken > 0;

        internal bool Next()
        {
            _taken = 0;
            while (_obus.TryRead(out _obu))
            {
                if (!_obu.IsLeftOut)
                {
                    return true;
                }
            }
            _obu = default;
            return false;
        }

        internal void Take(Span<byte> destination)
        {
            while (!destination.IsEmpty && _taken < _obu.Header.Length)
            {
                destination[0] = _taken == 0 ? _obu.FirstByte(hasSize: false) : _obu.Header[_taken];
                destination = destination[1..];
                _taken++;
            }
            _obu.Payload.Slice(_taken - _obu.Header.Length, destination.Length).CopyTo(destination);
            _taken += destination.Length;
        }
    }
}
