// AAC frames to RTP payloads with a four-byte header each.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>Packetises AAC in mode AAC-hbr (RFC 3640 §3.3.6): sizelength=13, indexlength=3, indexdeltalength=3, one frame or one fragment a packet.</summary>
public sealed class AacPacketizer : IRtpPacketizer
{
    private const int Header = 4;
    private const int MaxFrame = (1 << 13) - 1;

    /// <inheritdoc />
    public bool MarksLast => true;

    /// <inheritdoc />
    public int Packetize(ReadOnlySpan<byte> unit, int maxPayload, ref PacketBuffer output)
    {
        RtpPacketizer.CheckLimit(maxPayload);
        if (unit.IsEmpty || unit.Length > MaxFrame)
        {
            return 0;
        }
        var piece = RtpPacketizer.EqualPiece(unit.Length, maxPayload - Header);
        var packets = 0;
        for (var rest = unit; !rest.IsEmpty; packets++)
        {
            var take = Math.Min(piece, rest.Length);
            if (!output.TryAdd(Header + take, out var payload))
            {
                return -1;
            }
            BinaryPrimitives.WriteUInt16BigEndian(payload, 16); // bits of headers that follow: one
            BinaryPrimitives.WriteUInt16BigEndian(payload[2..], (ushort)(unit.Length << 3)); // every fragment tells the whole size
            rest[..take].CopyTo(payload[Header..]);
            rest = rest[take..];
        }
        return packets;
    }
}
