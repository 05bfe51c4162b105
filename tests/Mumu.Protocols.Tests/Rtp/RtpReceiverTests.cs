// The receiver's bookkeeping: sources, gaps, restarts, time, reports.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.Tests.Rtp;

public sealed class RtpReceiverTests
{
    private static RtpReceiver Receiver(RtpReceiverOptions? options = null) =>
        new(new WholeFrameDepacketizer(), 8_000, options ?? RtpReceiverOptions.Datagrams);

    private static byte[] Packet(int number, uint timestamp = 0, uint ssrc = 1, byte type = 8)
    {
        var packet = new byte[14];
        RtpHeader.Write(packet, type, false, new SequenceNumber((ushort)number), new RtpTimestamp(timestamp), new Ssrc(ssrc));
        packet[12] = (byte)number;
        return packet;
    }

    private static List<int> Read(RtpReceiver receiver)
    {
        var numbers = new List<int>();
        while (receiver.TryRead(out var unit))
        {
            numbers.Add(unit.Data[0]);
        }
        return numbers;
    }

    [Fact]
    public void A_gap_is_given_up_when_its_time_is_up()
    {
        var receiver = Receiver();
        receiver.Receive(Packet(1), TimeSpan.Zero);
        receiver.Receive(Packet(3), TimeSpan.FromMilliseconds(10));
        receiver.Receive(Packet(4), TimeSpan.FromMilliseconds(20));
        Assert.Equal([1], Read(receiver));
        Assert.Equal(TimeSpan.FromMilliseconds(110), receiver.NextDeadline);
        receiver.Tick(TimeSpan.FromMilliseconds(109));
        Assert.Empty(Read(receiver));
        receiver.Tick(TimeSpan.FromMilliseconds(110));
        Assert.Equal([3, 4], Read(receiver));
        Assert.Equal(1, receiver.Lost);
        Assert.Null(receiver.NextDeadline);
        receiver.Receive(Packet(2), TimeSpan.FromMilliseconds(120));
        Assert.Equal(1, receiver.Late);
    }

    [Fact]
    public void A_full_window_gives_up_only_the_gap_in_its_way()
    {
        var receiver = Receiver(new RtpReceiverOptions(8, TimeSpan.FromHours(1)));
        receiver.Receive(Packet(0), default);
        receiver.Receive(Packet(2), default);
        receiver.Receive(Packet(4), default);
        Assert.Equal([0], Read(receiver));
        receiver.Receive(Packet(9), default);
        Assert.Equal([2], Read(receiver));
        receiver.Receive(Packet(3), default);
        Assert.Equal([3, 4], Read(receiver));
        receiver.Receive(Packet(200), default);
        Assert.Equal([9, 200], Read(receiver));
        Assert.Equal(1 + 4 + 190, receiver.Lost);
    }

    [Fact]
    public void Restarted_numbers_are_believed_at_the_second_packet()
    {
        var receiver = Receiver();
        receiver.Receive(Packet(100), default);
        receiver.Receive(Packet(30_000), default);
        Assert.Equal([100], Read(receiver));
        receiver.Receive(Packet(30_001), default);
        receiver.Receive(Packet(30_002), default);
        Assert.Equal([30_001 & 255, 30_002 & 255], Read(receiver));
    }

    [Fact]
    public void A_stranger_is_ignored_until_it_persists()
    {
        var receiver = Receiver();
        receiver.Receive(Packet(1), default);
        Assert.False(receiver.Receive(Packet(50, ssrc: 2), default));
        receiver.Receive(Packet(2), default);
        Assert.False(receiver.Receive(Packet(60, ssrc: 2), default));
        Assert.True(receiver.Receive(Packet(61, ssrc: 2), default));
        Assert.Equal([1, 2, 61], Read(receiver));
        Assert.Equal(new Ssrc(2), receiver.Source);
        Assert.False(receiver.Receive(Packet(62, ssrc: 2, type: 13), default));
        Assert.Equal(3, receiver.Rejected);
    }

    [Fact]
    public void Time_never_wraps_and_bridges_a_cameras_jump()
    {
        var timeline = new RtpTimeline(90_000) { Origin = TimeSpan.FromSeconds(1) };
        Assert.Equal(45_000, timeline.Unwrap(new RtpTimestamp(uint.MaxValue - 10), TimeSpan.FromSeconds(1.5)));
        Assert.Equal(45_000 + 90_000, timeline.Unwrap(new RtpTimestamp(90_000 - 11), TimeSpan.FromSeconds(2.5)));
        Assert.Equal(45_000 + 90_000 - 3_000, timeline.Unwrap(new RtpTimestamp(87_000 - 11), TimeSpan.FromSeconds(2.5)));
        Assert.Equal(45_000 + 180_000 - 3_000, timeline.Unwrap(new RtpTimestamp(3_000_000_000), TimeSpan.FromSeconds(3.5)));
        Assert.Equal(1, timeline.Jumps);
    }

    [Fact]
    public void A_long_silence_is_no_jump()
    {
        var timeline = new RtpTimeline(90_000);
        timeline.Unwrap(new RtpTimestamp(0), TimeSpan.Zero);
        Assert.Equal(90_000L * 3_600, timeline.Unwrap(new RtpTimestamp(90_000 * 3_600), TimeSpan.FromHours(1)));
        Assert.Equal(0, timeline.Jumps);
    }

    [Fact]
    public void Reports_tell_loss_highest_number_and_the_senders_last_report()
    {
        var receiver = Receiver(RtpReceiverOptions.Ordered);
        for (var number = 65_530; number < 65_530 + 16; number++)
        {
            if (number % 4 != 0)
            {
                receiver.Receive(Packet(number, (uint)number * 160), TimeSpan.FromMilliseconds(number * 20));
            }
        }
        var buffer = new byte[200];
        var now = TimeSpan.FromSeconds(2_000);
        var length = SenderReport.Write(buffer, new Ssrc(1), 0x11112222_33334444, default, 0, 0);
        Assert.False(receiver.ReceiveRtcp(buffer.AsSpan(0, length), now));
        length = receiver.WriteReport(buffer, new Ssrc(9), "us"u8, now + TimeSpan.FromSeconds(1));
        var reader = new RtcpReader(buffer.AsSpan(0, length));
        Assert.True(reader.MoveNext());
        Assert.True(ReceiverReport.TryParse(reader.Current, out var report));
        var block = report.Block(0);
        Assert.Equal(
            (new Ssrc(1), 65_545u, 4, 0x22223333u, 65_536u),
            (block.Source, block.HighestSequence, block.CumulativeLost, block.LastSenderReport, block.DelaySinceLastSenderReport)
        );
        Assert.Equal(4 * 256 / 16, block.FractionLost);
        Assert.Equal(0u, block.Jitter);
        Assert.True(reader.MoveNext());
        Assert.True(SourceDescription.TryParse(reader.Current, out _, out var cname));
        Assert.Equal("us"u8, cname);
        length = Bye.Write(buffer, new Ssrc(1));
        Assert.True(receiver.ReceiveRtcp(buffer.AsSpan(0, length), now));
    }

    [Fact]
    public void Mutated_packets_never_throw()
    {
        var receiver = Receiver();
        var random = new Random(2);
        for (var i = 0; i < 20_000; i++)
        {
            var packet = Packet(i % 65_536, (uint)i * 160);
            if (random.Next(3) == 0)
            {
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            }
            receiver.Receive(
                packet.AsSpan(0, random.Next(5) == 0 ? random.Next(packet.Length) : packet.Length),
                TimeSpan.FromMilliseconds(i)
            );
            receiver.Tick(TimeSpan.FromMilliseconds(i));
            Read(receiver);
        }
    }
}
