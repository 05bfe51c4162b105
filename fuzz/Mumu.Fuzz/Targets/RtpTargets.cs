// RTP, RTCP, and what puts units together from payloads.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Rtp.Packetizers;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Fuzz.Targets;

internal static class RtpTargets
{
    private static readonly Ssrc s_us = new(0x11223344);
    private static readonly Ssrc s_them = new(0xAABBCCDD);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("rtp", [Packet([1, 2, 3]), Extended()], ReadPacket),
        new("rtcp", [Compound()], ReadCompound),
        Depacketizer("h264", () => new H264Depacketizer(), new H264Packetizer(), H264Unit()),
        Depacketizer("h265", () => new H265Depacketizer(), new H265Packetizer(), H265Unit()),
        Depacketizer("vp8", () => new Vp8Depacketizer(), new Vp8Packetizer(), [0x10, 2, 0, 0x9D, 1, 0x2A, 0x40, 1, 0xF0, 0, .. Noise(700)]),
        Depacketizer(
            "vp9",
            () => new Vp9Depacketizer(),
            new Vp9Packetizer(),
            [0x82, 0x49, 0x83, 0x42, 0, 0x13, 0xF0, 0x0E, 0xF0, .. Noise(700)]
        ),
        Depacketizer(
            "av1",
            () => new Av1Depacketizer(),
            new Av1Packetizer(),
            [0x0A, 0x0B, 0, 0, 0, 0x42, 0xAB, 0xBF, 0xC3, 0x71, 0xAB, 0xE6, 1, 0x32, 100, .. Noise(100)]
        ),
        Depacketizer("aac", () => new AacDepacketizer(), new AacPacketizer(), Noise(900)),
        Depacketizer("whole-frame", () => new WholeFrameDepacketizer(), new WholeFramePacketizer(), Noise(160)),
        new(
            "rtp-receiver",
            [Pieces.Of(Enumerable.Range(0, 12).Select(i => ((byte)i, Packet(H264Unit()[4..], (ushort)(65530 + i)))))],
            RunReceiver
        )
        {
            Room = 512 * 1024,
        },
    ];

    private static void ReadPacket(ReadOnlySpan<byte> bytes)
    {
        if (RtpPacket.TryParse(bytes, out var packet))
        {
            for (var id = 0; id < 16; id++)
            {
                packet.TryGetExtension(id, out _);
            }
        }
    }

    private static void ReadCompound(ReadOnlySpan<byte> bytes)
    {
        foreach (var packet in new RtcpReader(bytes))
        {
            for (var i = 0; SenderReport.TryParse(packet, out var sr) && i < sr.BlockCount; i++)
            {
                sr.Block(i);
            }
            for (var i = 0; ReceiverReport.TryParse(packet, out var rr) && i < rr.BlockCount; i++)
            {
                rr.Block(i);
            }
            for (var i = 0; Bye.TryParse(packet, out var bye) && i < bye.Count; i++)
            {
                bye.Source(i);
            }
            SourceDescription.TryParse(packet, out _, out _);
            PictureLoss.TryParse(packet, out _);
            FullIntraRequest.TryParse(packet, s_them, out _);
            ReceiverEstimate.TryParse(packet, out _);
            if (GenericNack.TryParse(packet, out var nack))
            {
                foreach (var _ in nack) { }
            }
            if (TransportFeedback.TryParse(packet, out var feedback))
            {
                foreach (var _ in feedback) { }
            }
        }
    }

    private static FuzzTarget Depacketizer(string name, Func<IRtpDepacketizer> make, IRtpPacketizer packetizer, byte[] unit)
    {
        var honest = Pieces.Of(Payloads(packetizer, unit).Concat(Payloads(packetizer, unit)));
        return new("depacketizer-" + name, [honest], input => Push(make(), input)) { Room = 64 * 1024 };
    }

    private static void Push(IRtpDepacketizer depacketizer, ReadOnlySpan<byte> input)
    {
        var timestamp = 0L;
        for (var pieces = new Pieces(input); pieces.MoveNext(); )
        {
            depacketizer.Push(pieces.Current, timestamp, (pieces.Flags & 1) != 0, (pieces.Flags & 2) != 0);
            timestamp += (pieces.Flags & 1) != 0 ? 3000 : 0;
            while (depacketizer.TryRead(out _)) { }
        }
    }

    private static void RunReceiver(ReadOnlySpan<byte> input)
    {
        var receiver = new RtpReceiver(new H264Depacketizer(), 90_000, RtpReceiverOptions.Datagrams);
        var now = TimeSpan.Zero;
        Span<byte> report = stackalloc byte[256];
        for (var pieces = new Pieces(input); pieces.MoveNext(); now += TimeSpan.FromMilliseconds(pieces.Flags))
        {
            receiver.Receive(pieces.Current, now);
            receiver.ReceiveRtcp(pieces.Current, now);
            receiver.Tick(now);
            while (receiver.TryRead(out _)) { }
        }
        receiver.WriteReport(report, s_us, "fuzz"u8, now);
    }

    private static List<(byte, byte[])> Payloads(IRtpPacketizer packetizer, byte[] unit)
    {
        var output = new PacketBuffer(new byte[unit.Length * 2 + 1000], new ushort[unit.Length + 10]);
        packetizer.Packetize(unit, 300, ref output);
        var all = new List<(byte, byte[])>();
        for (var (i, at) = (0, 0); i < output.Count; at += output.Lengths[i++])
        {
            all.Add(((byte)(i == output.Count - 1 ? 1 : 0), output.Bytes.Slice(at, output.Lengths[i]).ToArray()));
        }
        return all;
    }

    private static byte[] H264Unit() => Nals([0x67, 0x42, 0xC0, 0x1F, 0x80, 1, 2, 3], [0x68, 0x80, 9], [0x65, 0x88, .. Noise(700)]);

    private static byte[] H265Unit() => Nals([0x40, 1, 0x0C, 1], [0x42, 1, 1, 2, 3], [0x44, 1, 0x80, 4], [0x26, 1, 0x80, .. Noise(700)]);

    private static byte[] Nals(params byte[][] nals) =>
        [.. nals.SelectMany(nal => (byte[])[0, 0, (byte)(nal.Length >> 8), (byte)nal.Length, .. nal])];

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Packet(byte[] payload, ushort number = 1)
    {
        var packet = new byte[RtpHeader.MinLength + payload.Length];
        RtpHeader.Write(packet, 96, true, new SequenceNumber(number), new RtpTimestamp(90), s_them);
        payload.CopyTo(packet, RtpHeader.MinLength);
        return packet;
    }

    private static byte[] Extended() =>
        [0xB1, 0xE0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0xBE, 0xDE, 0, 2, 0x10, 7, 0x31, 1, 2, 0, 0x50, 9, 1, 2, 3, 3, 3, 3];

    private static byte[] Compound()
    {
        var buffer = new byte[1000];
        var block = new ReportBlock(s_them, 128, -5, 0x0001_FFFF, 77, 0x01020304, 65536);
        var at = SenderReport.Write(buffer, s_us, 0x0102030405060708, new RtpTimestamp(90), 10, 1000, [block]);
        at += ReceiverReport.Write(buffer.AsSpan(at), s_us, [block, block]);
        at += SourceDescription.Write(buffer.AsSpan(at), s_us, "mumu"u8);
        at += GenericNack.Write(buffer.AsSpan(at), s_us, s_them, [new(65534), new(65535), new(14), new(100)]);
        at += new PictureLoss(s_us, s_them).Write(buffer.AsSpan(at));
        at += new FullIntraRequest(s_us, s_them, 9).Write(buffer.AsSpan(at));
        at += new ReceiverEstimate(s_us, 2_500_000).Write(buffer.AsSpan(at), [s_them]);
        TimeSpan?[] arrivals = [TimeSpan.FromSeconds(1), null, TimeSpan.FromMilliseconds(1000.25), TimeSpan.FromMilliseconds(1500), null];
        at += TransportFeedbackWriter.Write(buffer.AsSpan(at), s_us, s_them, new(65530), 3, arrivals);
        at += Bye.Write(buffer.AsSpan(at), s_us);
        return buffer[..at];
    }
}
