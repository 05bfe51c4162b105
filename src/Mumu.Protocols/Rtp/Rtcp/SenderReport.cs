// The sender's report: which wall-clock moment a media time is, and how much was sent.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>A sender report (RFC 3550 §6.4.1); the report blocks are read in place.</summary>
public readonly ref struct SenderReport
{
    private readonly ReadOnlySpan<byte> _blocks;

    private SenderReport(ReadOnlySpan<byte> body, int count)
    {
        Sender = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(body));
        NtpTime = BinaryPrimitives.ReadUInt64BigEndian(body[4..]);
        Timestamp = new RtpTimestamp(BinaryPrimitives.ReadUInt32BigEndian(body[12..]));
        PacketCount = BinaryPrimitives.ReadUInt32BigEndian(body[16..]);
        OctetCount = BinaryPrimitives.ReadUInt32BigEndian(body[20..]);
        _blocks = body.Slice(24, count * ReportBlock.Length);
    }

    /// <summary>Who reports.</summary>
    public Ssrc Sender { get; }

    /// <summary>Wall-clock time in NTP's form: seconds since 1900 in the upper 32 bits, fraction below.</summary>
    public ulong NtpTime { get; }

    /// <summary>The same moment in the media's clock.</summary>
    public RtpTimestamp Timestamp { get; }

    /// <summary>Packets sent since the beginning.</summary>
    public uint PacketCount { get; }

    /// <summary>Payload bytes sent since the beginning.</summary>
    public uint OctetCount { get; }

    /// <summary>Report blocks that follow, 0–31.</summary>
    public int BlockCount => _blocks.Length / ReportBlock.Length;

    /// <summary>Reads report block <paramref name="index"/>.</summary>
    public ReportBlock Block(int index) => ReportBlock.Read(_blocks[(index * ReportBlock.Length)..]);

    /// <summary>Reads a sender report.</summary>
    public static bool TryParse(in RtcpPacket packet, out SenderReport report)
    {
        if (packet.Type != RtcpType.SenderReport || packet.Body.Length < 24 + packet.Count * ReportBlock.Length)
        {
            report = default;
            return false;
        }
        report = new SenderReport(packet.Body, packet.Count);
        return true;
    }

    /// <summary>Writes a sender report with up to 31 blocks; returns its length.</summary>
    public static int Write(
        Span<byte> destination,
        Ssrc sender,
        ulong ntpTime,
        RtpTimestamp timestamp,
        uint packetCount,
        uint octetCount,
        ReadOnlySpan<ReportBlock> blocks = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blocks.Length, 31);
        var length = 28 + blocks.Length * ReportBlock.Length;
        var body = RtcpHeader.Write(destination, RtcpType.SenderReport, blocks.Length, length);
        BinaryPrimitives.WriteUInt32BigEndian(body, sender.Value);
        BinaryPrimitives.WriteUInt64BigEndian(body[4..], ntpTime);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], timestamp.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], packetCount);
        BinaryPrimitives.WriteUInt32BigEndian(body[20..], octetCount);
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i].Write(body[(24 + i * ReportBlock.Length)..]);
        }
        return length;
    }
}
