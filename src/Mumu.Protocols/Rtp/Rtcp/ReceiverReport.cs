// The receiver's report: what arrived and what did not.
using System.Buffers.Binary;

namespace Mumu.Protocols.Rtp.Rtcp;

/// <summary>A receiver report (RFC 3550 §6.4.2); the report blocks are read in place.</summary>
public readonly ref struct ReceiverReport
{
    private readonly ReadOnlySpan<byte> _blocks;

    private ReceiverReport(ReadOnlySpan<byte> body, int count)
    {
        Sender = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(body));
        _blocks = body.Slice(4, count * ReportBlock.Length);
    }

    /// <summary>Who reports.</summary>
    public Ssrc Sender { get; }

    /// <summary>Report blocks that follow, 0–31.</summary>
    public int BlockCount => _blocks.Length / ReportBlock.Length;

    /// <summary>Reads report block <paramref name="index"/>.</summary>
    public ReportBlock Block(int index) => ReportBlock.Read(_blocks[(index * ReportBlock.Length)..]);

    /// <summary>Reads a receiver report.</summary>
    public static bool TryParse(in RtcpPacket packet, out ReceiverReport report)
    {
        if (packet.Type != RtcpType.ReceiverReport || packet.Body.Length < 4 + packet.Count * ReportBlock.Length)
        {
            report = default;
            return false;
        }
        report = new ReceiverReport(packet.Body, packet.Count);
        return true;
    }

    /// <summary>Writes a receiver report with up to 31 blocks; returns its length.</summary>
    public static int Write(Span<byte> destination, Ssrc sender, ReadOnlySpan<ReportBlock> blocks = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blocks.Length, 31);
        var length = 8 + blocks.Length * ReportBlock.Length;
        var body = RtcpHeader.Write(destination, RtcpType.ReceiverReport, blocks.Length, length);
        BinaryPrimitives.WriteUInt32BigEndian(body, sender.Value);
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i].Write(body[(4 + i * ReportBlock.Length)..]);
        }
        return length;
    }
}
