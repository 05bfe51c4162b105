// The two sources that every feedback message names.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>Common part of feedback messages (RFC 4585 §6.1).</summary>
internal static class Feedback
{
    internal const int Nack = 1;
    internal const int TransportCc = 15;
    internal const int Pli = 1;
    internal const int Fir = 4;
    internal const int ApplicationLayer = 15;

    internal static bool TryParse(
        in RtcpPacket packet,
        RtcpType type,
        int format,
        out Ssrc sender,
        out Ssrc media,
        out ReadOnlySpan<byte> information
    )
    {
        if (packet.Type != type || packet.Count != format || packet.Body.Length < 8)
        {
            (sender, media) = (default, default);
            information = default;
            return false;
        }
        sender = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(packet.Body));
        media = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(packet.Body[4..]));
        information = packet.Body[8..];
        return true;
    }

    internal static Span<byte> Write(Span<byte> destination, RtcpType type, int format, Ssrc sender, Ssrc media, int informationLength)
    {
        var body = RtcpHeader.Write(destination, type, format, 12 + informationLength);
        BinaryPrimitives.WriteUInt32BigEndian(body, sender.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], media.Value);
        return body[8..];
    }
}
