// Writes RTP headers, with or without header extensions.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp;

/// <summary>Writes the header of an RTP packet (RFC 3550 §5.1, extensions RFC 8285).</summary>
public static class RtpHeader
{
    /// <summary>Bytes of a header without contributing sources and extensions.</summary>
    public const int MinLength = 12;

    /// <summary>The profile number of one-byte extension elements.</summary>
    public const ushort OneByteProfile = 0xBEDE;

    /// <summary>
    /// Writes a header and returns its length. <paramref name="extension"/> holds one-byte elements as <see cref="RtpExtensionWriter"/> makes them
    /// (a multiple of four bytes), or is empty for a plain 12-byte header.
    /// </summary>
    /// <exception cref="ArgumentException">The destination is too small or the extension isn't padded.</exception>
    public static int Write(
        Span<byte> destination,
        byte payloadType,
        bool marker,
        SequenceNumber sequence,
        RtpTimestamp timestamp,
        Ssrc ssrc,
        ReadOnlySpan<byte> extension = default
    )
    {
        var length = LengthWith(extension.Length);
        if (destination.Length < length || extension.Length % 4 != 0)
        {
            throw new ArgumentException(
                "The destination is too small, or the extension is not a multiple of four bytes.",
                nameof(destination)
            );
        }
        destination[0] = (byte)(0x80 | (extension.IsEmpty ? 0 : 0x10));
        destination[1] = (byte)((marker ? 0x80 : 0) | (payloadType & 0x7F));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], sequence.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], timestamp.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ssrc.Value);
        if (!extension.IsEmpty)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination[12..], OneByteProfile);
            BinaryPrimitives.WriteUInt16BigEndian(destination[14..], (ushort)(extension.Length / 4));
            extension.CopyTo(destination[16..]);
        }
        return length;
    }

    /// <summary>Header bytes when the extension elements take <paramref name="extensionBytes"/>.</summary>
    public static int LengthWith(int extensionBytes) => extensionBytes == 0 ? MinLength : MinLength + 4 + extensionBytes;

    /// <summary>
    /// Tells RTCP from RTP on a shared port (RFC 5761 §4): packet types 192–223 are RTCP. False for anything shorter than a header.
    /// </summary>
    public static bool IsRtcp(ReadOnlySpan<byte> packet) => packet.Length >= 4 && packet[1] is >= 192 and <= 223;
}
