// The send history: numbers that wrap, news told once, what is too old, and feedback that makes no sense.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;
using Mumu.Protocols.WebRtc.Congestion;

namespace Mumu.Protocols.Tests.WebRtc.Congestion;

public sealed class SendHistoryTests
{
    private static readonly TimeSpan s_frame = TimeSpan.FromMilliseconds(33);

    [Fact]
    public void Packets_are_found_by_number_across_the_wrap_with_age_and_size()
    {
        var history = new SendHistory();
        var now = TimeSpan.FromHours(200);
        for (var i = 0; i < 30_000; i++)
        {
            var first = history.Add(7, 1200, 300, now);
            Assert.Equal((ushort)(i * 7), first);
            for (var packet = 0; packet < 7; packet++)
            {
                Assert.Equal(PacketNews.Arrived, history.Tell((ushort)(first + packet), true, now + s_frame, out var sent));
                Assert.Equal((uint)i, sent.Message);
                Assert.Equal(packet == 6 ? 300 : 1200, sent.Bytes);
                Assert.InRange(sent.Age, 32.8, 33.2);
            }
            now += s_frame;
        }
    }

    [Fact]
    public void News_is_told_once_and_a_late_arrival_takes_a_loss_back()
    {
        var history = new SendHistory();
        history.Add(3, 1200, 1200, s_frame);
        Assert.Equal(PacketNews.Missing, history.Tell(1, false, s_frame, out _));
        Assert.Equal(PacketNews.None, history.Tell(1, false, s_frame, out _));
        Assert.Equal(PacketNews.ArrivedLate, history.Tell(1, true, s_frame, out _));
        Assert.Equal(PacketNews.None, history.Tell(1, true, s_frame, out _));
        Assert.Equal(PacketNews.None, history.Tell(1, false, s_frame, out _));
        Assert.Equal(PacketNews.Arrived, history.Tell(0, true, s_frame, out _));
        Assert.Equal(PacketNews.None, history.Tell(3, true, s_frame, out _)); // never sent
        Assert.Equal(PacketNews.None, history.Tell(60_000, true, s_frame, out _));
    }

    [Fact]
    public void What_is_too_old_is_forgotten()
    {
        var history = new SendHistory();
        for (var i = 0; i < 1000; i++)
        {
            history.Add(2, 1200, 1200, s_frame * i);
        }
        Assert.Equal(PacketNews.None, history.Tell(1000, true, s_frame * 1000, out _));
        Assert.Equal(PacketNews.Arrived, history.Tell(1999, true, s_frame * 1000, out _));
        Assert.Equal(PacketNews.Arrived, history.Tell(1600, true, s_frame * 1000, out _));
    }

    [Fact]
    public void Feedback_that_makes_no_sense_breaks_nothing()
    {
        var random = new Random(9);
        var estimate = new PathEstimate();
        var now = TimeSpan.FromSeconds(1);
        var buffer = new byte[1500];
        for (var i = 0; i < 5000; i++)
        {
            now += s_frame;
            estimate.NoteSent(random.Next(1, 65), 1200, 700, now);
            var arrivals = new TimeSpan?[random.Next(1, 100)];
            for (var j = 0; j < arrivals.Length; j++)
            {
                arrivals[j] = random.Next(3) == 0 ? null : TimeSpan.FromMilliseconds(random.Next(-1_000_000, 1_000_000));
            }
            var length = TransportFeedbackWriter.Write(
                buffer,
                new Ssrc(1),
                new Ssrc(2),
                new SequenceNumber((ushort)random.Next(0, 65_536)),
                (byte)i,
                arrivals
            );
            buffer[random.Next(16, length)] ^= (byte)random.Next(256);
            var reader = new RtcpReader(buffer.AsSpan(0, length));
            if (reader.MoveNext() && TransportFeedback.TryParse(reader.Current, out var feedback))
            {
                estimate.Take(feedback, s_frame, now);
            }
            Assert.True(estimate.Limit is null or > 0);
        }
    }
}
