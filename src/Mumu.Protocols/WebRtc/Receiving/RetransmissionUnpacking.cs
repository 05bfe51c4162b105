// Gives a retransmission its original form again (RFC 4588 §4).
using System.Buffers.Binary;
using System.Globalization;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>The receiving half of RTX.</summary>
internal static class RetransmissionUnpacking
{
    /// <summary>The second source of a section's "ssrc-group:FID"; null if it has none.</summary>
    internal static Ssrc? RtxOf(MediaDescription media)
    {
        foreach (var value in media.Attributes.GetAll("ssrc-group"))
        {
            var words = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["FID", _, var repair] && uint.TryParse(repair, NumberStyles.None, CultureInfo.InvariantCulture, out var ssrc))
            {
                return new Ssrc(ssrc);
            }
        }
        return null;
    }

    /// <summary>Changes the packet at the start of a datagram into the one it repeats; false for one without an original, which only fills the path.</summary>
    internal static bool TryUnpack(Span<byte> datagram, in RtpPacket packet, byte payloadType, Ssrc media, ref int length)
    {
        if (packet.Payload.Length < 2)
        {
            return false;
        }
        var number = BinaryPrimitives.ReadUInt16BigEndian(packet.Payload);
        datagram[1] = (byte)((datagram[1] & 0x80) | payloadType);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], number);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[8..], media.Value);
        datagram[(packet.HeaderLength + 2)..length].CopyTo(datagram[packet.HeaderLength..]);
        length -= 2;
        return true;
    }
}
