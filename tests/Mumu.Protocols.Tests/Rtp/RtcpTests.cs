// RTCP: each message written and read back, compounds, damage.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.Tests.Rtp;

public sealed class RtcpTests
{
    private static readonly Ssrc Us = new(0x11223344);
    private static readonly Ssrc Them = new(0xAABBCCDD);

    private static byte[] Compound()
    {
        var buffer = new byte[1_000];
        var block = new ReportBlock(Them, 128, -5, 0x0001_FFFF, 77, 0x01020304, 65536);
        var at = SenderReport.Write(buffer, Us, 0x0102030405060708, new RtpTimestamp(90), 10, 1000, [block]);
        at += ReceiverReport.Write(buffer.AsSpan(at), Us, [block, block]);
        at += SourceDescription.Write(buffer.AsSpan(at), Us, "mumu"u8);
        at += GenericNack.Write(buffer.AsSpan(at), Us, Them, [new(65534), new(65535), new(14), new(15), new(100)]);
        at += new PictureLoss(Us, Them).Write(buffer.AsSpan(at));
        at += new FullIntraRequest(Us, Them, 9).Write(buffer.AsSpan(at));
        at += new ReceiverEstimate(Us, 2_500_000).Write(buffer.AsSpan(at), [Them]);
        at += TransportFeedbackWriter.Write(buffer.AsSpan(at), Us, Them, new(65530), 3, Arrivals);
        at += Bye.Write(buffer.AsSpan(at), Us);
        return buffer[..at];
    }

    private static readonly TimeSpan?[] Arrivals =
    [
        TimeSpan.FromMilliseconds(1000),
        null,
        TimeSpan.FromMilliseconds(1000.25),
        TimeSpan.FromMilliseconds(990),
        TimeSpan.FromMilliseconds(1500),
        null,
        null,
        TimeSpan.FromMilliseconds(1500),
        TimeSpan.FromMilliseconds(1501),
    ];

    [Fact]
    public void Every_message_of_a_compound_reads_back()
    {
        var seen = 0;
        var reader = new RtcpReader(Compound());
        while (reader.MoveNext())
        {
            var packet = reader.Current;
            seen++;
            switch (seen)
            {
                case 1:
                    Assert.True(SenderReport.TryParse(packet, out var sr));
                    Assert.Equal(
                        (Us, 0x0102030405060708ul, 90u, 10u, 1000u, 1),
                        (sr.Sender, sr.NtpTime, sr.Timestamp.Value, sr.PacketCount, sr.OctetCount, sr.BlockCount)
                    );
                    Assert.Equal(new ReportBlock(Them, 128, -5, 0x0001_FFFF, 77, 0x01020304, 65536), sr.Block(0));
                    break;
                case 2:
                    Assert.True(ReceiverReport.TryParse(packet, out var rr));
                    Assert.Equal(2, rr.BlockCount);
                    Assert.Equal(TimeSpan.FromSeconds(0.5), rr.Block(1).RoundTrip(0x01020304 + 65536 + 32768));
                    break;
                case 3:
                    Assert.True(SourceDescription.TryParse(packet, out var source, out var cname));
                    Assert.Equal(Us, source);
                    Assert.Equal("mumu"u8, cname);
                    break;
                case 4:
                    Assert.True(GenericNack.TryParse(packet, out var nack));
                    var missing = new List<int>();
                    foreach (var number in nack)
                    {
                        missing.Add(number.Value);
                    }
                    Assert.Equal([65534, 65535, 14, 15, 100], missing);
                    break;
                case 5:
                    Assert.True(PictureLoss.TryParse(packet, out var pli));
                    Assert.Equal(new PictureLoss(Us, Them), pli);
                    break;
                case 6:
                    Assert.True(FullIntraRequest.TryParse(packet, Them, out var fir));
                    Assert.Equal(9, fir.Number);
                    Assert.False(FullIntraRequest.TryParse(packet, Us, out _));
                    break;
                case 7:
                    Assert.True(ReceiverEstimate.TryParse(packet, out var estimate));
                    Assert.InRange(estimate.BitsPerSecond, 2_499_980, 2_500_000);
                    break;
                case 8:
                    Assert.True(TransportFeedback.TryParse(packet, out var feedback));
                    Assert.Equal(3, feedback.FeedbackCount);
                    var arrivals = new List<TimeSpan?>();
                    var expected = new SequenceNumber(65530);
                    foreach (var entry in feedback)
                    {
                        Assert.Equal(expected, entry.Sequence);
                        arrivals.Add(entry.Arrival);
                        expected = expected.Next;
                    }
                    Assert.Equal(Arrivals, arrivals);
                    break;
                case 9:
                    Assert.True(Bye.TryParse(packet, out var bye));
                    Assert.Equal(Us, bye.Source(0));
                    break;
            }
        }
        Assert.Equal(9, seen);
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void Transport_feedback_of_Chrome_with_run_lengths_is_understood()
    {
        // Two received in a run of small deltas, then a run of 40 lost, then a one-bit vector.
        byte[] bytes = [0x8F, 205, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 44, 0, 0, 2, 7, 0x20, 2, 0, 40, 0xA0, 0, 4, 8, 12, 0, 0, 0];
        var reader = new RtcpReader(bytes);
        Assert.True(reader.MoveNext());
        Assert.True(TransportFeedback.TryParse(reader.Current, out var feedback));
        var count = 0;
        var received = 0;
        foreach (var entry in feedback)
        {
            count++;
            received += entry.Arrival is null ? 0 : 1;
        }
        Assert.Equal((44, 3), (count, received));
    }

    [Fact]
    public void A_report_before_any_sender_report_has_no_round_trip() =>
        Assert.Null(new ReportBlock(Them, 0, 0, 0, 0, 0, 0).RoundTrip(12345));

    [Fact]
    public void The_largest_estimate_is_cut_not_wrapped()
    {
        var buffer = new byte[64];
        var length = new ReceiverEstimate(Us, long.MaxValue).Write(buffer, []);
        var packed = buffer.AsSpan(16);
        packed[1] = 0xFF; // exponent 63
        var reader = new RtcpReader(buffer.AsSpan(0, length));
        Assert.True(reader.MoveNext());
        Assert.True(ReceiverEstimate.TryParse(reader.Current, out var estimate));
        Assert.Equal(long.MaxValue, estimate.BitsPerSecond);
    }

    [Fact]
    public void Damaged_compounds_never_throw()
    {
        foreach (var damaged in Mutations.Of(Compound(), 20_000))
        {
            var budget = 0;
            foreach (var packet in new RtcpReader(damaged))
            {
                if (SenderReport.TryParse(packet, out var sr))
                {
                    for (var i = 0; i < sr.BlockCount; i++)
                    {
                        sr.Block(i);
                    }
                }
                if (ReceiverReport.TryParse(packet, out var rr))
                {
                    for (var i = 0; i < rr.BlockCount; i++)
                    {
                        rr.Block(i);
                    }
                }
                _ = SourceDescription.TryParse(packet, out _, out _);
                _ = PictureLoss.TryParse(packet, out _);
                _ = FullIntraRequest.TryParse(packet, Them, out _);
                _ = ReceiverEstimate.TryParse(packet, out _);
                if (Bye.TryParse(packet, out var bye) && bye.Count > 0)
                {
                    bye.Source(bye.Count - 1);
                }
                if (GenericNack.TryParse(packet, out var nack))
                {
                    foreach (var _ in nack)
                    {
                        Assert.True(++budget < 100_000);
                    }
                }
                if (TransportFeedback.TryParse(packet, out var feedback))
                {
                    foreach (var _ in feedback)
                    {
                        Assert.True(++budget < 1_000_000);
                    }
                }
            }
        }
    }
}
