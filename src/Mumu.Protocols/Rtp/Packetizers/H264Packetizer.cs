// H.264 pictures to RTP payloads: small NAL units share a STAP-A, large ones become FU-A fragments of equal size.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>Packetises H.264 in packetization-mode 1 (RFC 6184 §5.6 single NAL, §5.7.1 STAP-A, §5.8 FU-A).</summary>
public sealed class H264Packetizer : IRtpPacketizer
{
    private const byte StapA = 24;
    private const byte FuA = 28;

    /// <inheritdoc />
    public bool MarksLast => true;

    /// <inheritdoc />
    public int Packetize(ReadOnlySpan<byte> unit, int maxPayload, ref PacketBuffer output)
    {
        RtpPacketizer.CheckLimit(maxPayload);
        var before = output.Count;
        var nals = new NalUnits(unit);
        var more = nals.MoveNext();
        while (more)
        {
            var first = nals.Current;
            if (first.Length > maxPayload)
            {
                if (!TryFragment(first, maxPayload, ref output))
                {
                    return -1;
                }
                more = nals.MoveNext();
                continue;
            }
            // How many of the following fit beside it? The walk is cheap: it reads lengths only.
            var ahead = nals;
            var count = 1;
            var size = 1 + 2 + first.Length;
            while ((more = ahead.MoveNext()) && size + 2 + ahead.Current.Length <= maxPayload)
            {
                size += 2 + ahead.Current.Length;
                count++;
            }
            if (!(count == 1 ? TrySingle(first, ref output) : TryAggregate(nals, count, size, ref output)))
            {
                return -1;
            }
            nals = ahead;
        }
        return output.Count - before;
    }

    private static bool TrySingle(ReadOnlySpan<byte> nal, ref PacketBuffer output)
    {
        if (!output.TryAdd(nal.Length, out var payload))
        {
            return false;
        }
        nal.CopyTo(payload);
        return true;
    }

    private static bool TryAggregate(NalUnits nals, int count, int size, ref PacketBuffer output)
    {
        if (!output.TryAdd(size, out var payload))
        {
            return false;
        }
        var header = 0; // Forbidden bit: any; importance: the highest of those inside (§5.7.1).
        var importance = 0;
        var at = 1;
        for (var i = 0; i < count; i++)
        {
            var nal = nals.Current;
            header |= nal[0] & 0x80;
            importance = Math.Max(importance, nal[0] & 0x60);
            BinaryPrimitives.WriteUInt16BigEndian(payload[at..], (ushort)nal.Length);
            nal.CopyTo(payload[(at + 2)..]);
            at += 2 + nal.Length;
            nals.MoveNext();
        }
        payload[0] = (byte)(header | importance | StapA);
        return true;
    }

    private static bool TryFragment(ReadOnlySpan<byte> nal, int maxPayload, ref PacketBuffer output)
    {
        var indicator = (byte)((nal[0] & 0xE0) | FuA);
        var type = (byte)(nal[0] & 0x1F);
        var rest = nal[1..];
        var piece = RtpPacketizer.EqualPiece(rest.Length, maxPayload - 2);
        var start = 0x80;
        while (!rest.IsEmpty)
        {
            var take = Math.Min(piece, rest.Length);
            if (!output.TryAdd(take + 2, out var payload))
            {
                return false;
            }
            payload[0] = indicator;
            payload[1] = (byte)(start | (take == rest.Length ? 0x40 : 0) | type);
            rest[..take].CopyTo(payload[2..]);
            rest = rest[take..];
            start = 0;
        }
        return true;
    }
}
