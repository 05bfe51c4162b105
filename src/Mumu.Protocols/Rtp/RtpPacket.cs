// An RTP packet seen in place: header fields, header extensions and payload of somebody's buffer.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp;

/// <summary>A parsed RTP packet (RFC 3550 §5.1); a view that owns nothing.</summary>
public readonly ref struct RtpPacket
{
    private readonly ReadOnlySpan<byte> _extension;
    private readonly ushort _profile;

    private RtpPacket(ReadOnlySpan<byte> packet, int headerLength, ReadOnlySpan<byte> extension, ushort profile, ReadOnlySpan<byte> payload)
    {
        HeaderLength = headerLength;
        Marker = (packet[1] & 0x80) != 0;
        PayloadType = (byte)(packet[1] & 0x7F);
        Sequence = new SequenceNumber(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        Timestamp = new RtpTimestamp(BinaryPrimitives.ReadUInt32BigEndian(packet[4..]));
        Ssrc = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(packet[8..]));
        _extension = extension;
        _profile = profile;
        Payload = payload;
    }

    /// <summary>Bytes in front of the payload: fixed header, contributing sources and header extension.</summary>
    public int HeaderLength { get; }

    /// <summary>The marker bit; for video the end of a picture.</summary>
    public bool Marker { get; }

    /// <summary>Payload type, 0–127.</summary>
    public byte PayloadType { get; }

    /// <summary>Packet number.</summary>
    public SequenceNumber Sequence { get; }

    /// <summary>Media time.</summary>
    public RtpTimestamp Timestamp { get; }

    /// <summary>Sender of the stream.</summary>
    public Ssrc Ssrc { get; }

    /// <summary>What the packet carries, without padding; may be empty.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Reads a packet; false when it is not RTP version 2 or its lengths do not fit.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpPacket parsed)
    {
        parsed = default;
        if (packet.Length < RtpHeader.MinLength || packet[0] >> 6 != 2)
        {
            return false;
        }
        var header = RtpHeader.MinLength + (packet[0] & 0x0F) * 4;
        var extension = ReadOnlySpan<byte>.Empty;
        ushort profile = 0;
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < header + 4)
            {
                return false;
            }
            profile = BinaryPrimitives.ReadUInt16BigEndian(packet[header..]);
            var bytes = BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 2)..]) * 4;
            header += 4;
            if (packet.Length < header + bytes)
            {
                return false;
            }
            extension = packet.Slice(header, bytes);
            header += bytes;
        }
        if (packet.Length < header)
        {
            return false;
        }
        var payload = packet[header..];
        if ((packet[0] & 0x20) != 0)
        {
            if (payload.IsEmpty || payload[^1] == 0 || payload[^1] > payload.Length)
            {
                return false;
            }
            payload = payload[..^payload[^1]];
        }
        parsed = new RtpPacket(packet, header, extension, profile, payload);
        return true;
    }

    /// <summary>Finds a header extension element by its id (RFC 8285, one-byte and two-byte forms).</summary>
    public bool TryGetExtension(int id, out ReadOnlySpan<byte> value)
    {
        value = default;
        var oneByte = _profile == RtpHeader.OneByteProfile;
        if (!oneByte && _profile >> 4 != 0x100)
        {
            return false;
        }
        var rest = _extension;
        while (!rest.IsEmpty)
        {
            if (rest[0] == 0)
            {
                rest = rest[1..];
                continue;
            }
            int element;
            int start;
            int length;
            if (oneByte)
            {
                (element, start, length) = (rest[0] >> 4, 1, (rest[0] & 0x0F) + 1);
                if (element == 15)
                {
                    return false;
                }
            }
            else
            {
                if (rest.Length < 2)
                {
                    return false;
                }
                (element, start, length) = (rest[0], 2, rest[1]);
            }
            if (rest.Length < start + length)
            {
                return false;
            }
            if (element == id)
            {
                value = rest.Slice(start, length);
                return true;
            }
            rest = rest[(start + length)..];
        }
        return false;
    }
}
