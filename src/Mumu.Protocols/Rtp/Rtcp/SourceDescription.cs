// The name that joins the streams of one sender.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>Source description with the one item everybody must send, CNAME (RFC 3550 §6.5.1).</summary>
public static class SourceDescription
{
    private const byte CName = 1;

    /// <summary>Finds the CNAME of the first chunk, 0–255 bytes of UTF-8 in place.</summary>
    public static bool TryParse(in RtcpPacket packet, out Ssrc source, out ReadOnlySpan<byte> cname)
    {
        source = default;
        cname = default;
        var body = packet.Body;
        if (packet.Type != RtcpType.SourceDescription || packet.Count < 1 || body.Length < 4)
        {
            return false;
        }
        source = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(body));
        for (var rest = body[4..]; rest.Length >= 2 && rest[0] != 0 && rest.Length >= 2 + rest[1]; rest = rest[(2 + rest[1])..])
        {
            if (rest[0] == CName)
            {
                cname = rest.Slice(2, rest[1]);
                return true;
            }
        }
        return false;
    }

    /// <summary>Writes one chunk with a CNAME of at most 255 bytes; returns its length.</summary>
    public static int Write(Span<byte> destination, Ssrc source, ReadOnlySpan<byte> cname)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cname.Length, 255);
        var length = (4 + 4 + 2 + cname.Length + 1 + 3) & ~3; // at least one zero ends the chunk
        var body = RtcpHeader.Write(destination, RtcpType.SourceDescription, 1, length);
        body.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(body, source.Value);
        body[4] = CName;
        body[5] = (byte)cname.Length;
        cname.CopyTo(body[6..]);
        return length;
    }
}
