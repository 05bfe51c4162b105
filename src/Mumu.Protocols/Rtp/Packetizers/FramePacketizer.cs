// What the packetisers of VP8 and VP9 share: a frame in equal pieces behind a byte of description.
namespace Mumu.Protocols.Rtp.Packetizers;

/// <summary>
/// Cuts a frame into equal pieces, each behind a payload descriptor of one byte: no picture ids, since one packetised form serves all viewers and a group may be sent twice;
/// receivers then order by sequence numbers.
/// </summary>
public abstract class FramePacketizer : IRtpPacketizer
{
    private const int Header = 1;

    private protected FramePacketizer() { }

    /// <inheritdoc />
    public bool MarksLast => true;

    /// <inheritdoc />
    public int Packetize(ReadOnlySpan<byte> unit, int maxPayload, ref PacketBuffer output)
    {
        RtpPacketizer.CheckLimit(maxPayload);
        if (unit.IsEmpty || !TryDescribe(unit, out var descriptor))
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
            payload[0] = (byte)(descriptor | (packets == 0 ? StartBit : 0) | (take == rest.Length ? EndBit : 0));
            rest[..take].CopyTo(payload[Header..]);
            rest = rest[take..];
        }
        return packets;
    }

    /// <summary>Set in the first packet's descriptor.</summary>
    private protected abstract byte StartBit { get; }

    /// <summary>Set in the last packet's descriptor.</summary>
    private protected abstract byte EndBit { get; }

    /// <summary>The bits of the descriptor that all packets of a frame have; false if it is no such frame.</summary>
    private protected abstract bool TryDescribe(ReadOnlySpan<byte> unit, out byte descriptor);
}
