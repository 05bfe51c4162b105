// The feed of one viewer: pace, start, repair, retransmission, drop, and no garbage.
using Mumu.Media.WebRtc;

namespace Mumu.Media.Tests.WebRtc;

public sealed class FeedTests
{
    private static readonly TimeSpan s_millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void An_ordinary_frame_leaves_in_one_message_of_equal_packets()
    {
        using var rig = new FeedRig();
        var feed = rig.Start();
        rig.AddVideo(9, isKeyFrame: true);
        rig.Pump(feed);

        var datagrams = rig.TakeRaw();
        Assert.Equal(9, datagrams.Count);
        Assert.Single(datagrams.SkipLast(1).Select(datagram => datagram.Length).Distinct());
        Assert.True(datagrams[^1].Length <= datagrams[0].Length);
        Assert.Equal([.. Enumerable.Repeat(false, 8), true], datagrams.Select(datagram => FeedRig.Header(datagram).Marker));
        Assert.False(feed.IsBehind);
        Assert.True(rig.Output.Segmented == 1 || rig.Output.Datagrams == 9);
    }

    [Fact]
    public void A_burst_leaves_at_its_pace_and_in_order()
    {
        using var rig = new FeedRig(new WebRtcOptions { BurstPacketsPerMillisecond = 16, FarBurstPacketsPerMillisecond = 16 });
        rig.AddVideo(60, isKeyFrame: true);
        for (var i = 0; i < 20; i++)
        {
            rig.AddVideo(7);
        }
        var feed = rig.Start();
        var all = new List<byte[]>();
        var most = 0;
        var steps = 0;
        for (; feed.IsBehind; steps++)
        {
            rig.Pump(feed);
            var now = rig.TakeRaw();
            most = steps == 0 ? 0 : Math.Max(most, now.Count);
            all.AddRange(now);
            rig.Now += s_millisecond;
        }

        Assert.Equal(200, all.Count);
        Assert.True(most <= 17, $"{most} packets left at once.");
        Assert.InRange(steps, 10, 16);
        var first = FeedRig.Header(all[0]).Sequence;
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (ushort)(first + i)), all.Select(datagram => FeedRig.Header(datagram).Sequence));
    }

    [Fact]
    public void A_retransmission_has_the_same_bytes_also_after_repeats_and_sound()
    {
        using var rig = new FeedRig();
        var feed = rig.Start();
        var sent = new Dictionary<(int, ushort), byte[]>();
        for (var i = 0; i < 120; i++)
        {
            rig.AddVideo(i % 30 == 0 ? 12 : 3, isKeyFrame: i % 30 == 0);
            rig.AddAudio();
            if (i % 25 == 20)
            {
                feed.RepairPicture();
            }
            do
            {
                rig.Now += s_millisecond * 11;
                rig.Pump(feed);
            } while (feed.IsBehind);
            foreach (var datagram in rig.TakeRaw())
            {
                var (type, sequence, _, _) = FeedRig.Header(datagram);
                Assert.True(sent.TryAdd((type, sequence), datagram), "A sequence number was used twice.");
            }
        }
        Assert.True(sent.Count > 120 * 4);

        foreach (var ((type, sequence), original) in sent)
        {
            rig.Now += s_millisecond;
            rig.Pump(feed);
            rig.Resend(feed, type == rig.Peer.Tracks[0].PayloadType ? 0 : 1, sequence);
            Assert.Equal(original, Assert.Single(rig.TakeRaw()));
        }
        Assert.Equal(sent.Count, feed.Retransmits);
    }

    [Fact]
    public void A_repeat_presses_behind_the_last_time_and_leaves_sound_alone()
    {
        using var rig = new FeedRig();
        var feed = rig.Start();
        for (var i = 0; i < 10; i++)
        {
            rig.AddVideo(2, isKeyFrame: i == 0);
            rig.AddAudio();
        }
        PumpAll(rig, feed);
        var before = rig.TakeRaw();
        rig.Now += TimeSpan.FromSeconds(1);
        feed.RepairPicture();
        Assert.True(feed.IsBehind);
        PumpAll(rig, feed);
        var again = rig.TakeRaw().ConvertAll(FeedRig.Header);

        var last = FeedRig.Header(before.FindLast(datagram => FeedRig.Header(datagram).Type == rig.Peer.Tracks[0].PayloadType)!).Time;
        Assert.Equal(20, again.Count);
        Assert.All(again, packet => Assert.Equal(rig.Peer.Tracks[0].PayloadType, packet.Type));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => last + 1 + (uint)(i / 2)), again.Select(packet => packet.Time));

        // A second one so soon is left out; later it presses behind the first.
        feed.RepairPicture();
        PumpAll(rig, feed);
        Assert.Empty(rig.TakeRaw());
        rig.Now += TimeSpan.FromSeconds(1);
        feed.RepairPicture();
        PumpAll(rig, feed);
        Assert.Equal(last + 11, FeedRig.Header(rig.TakeRaw()[0]).Time);

        rig.AddVideo(1);
        PumpAll(rig, feed);
        Assert.Equal((10 * 3000) + 1000u, FeedRig.Header(Assert.Single(rig.TakeRaw())).Time);
    }

    [Fact]
    public void A_viewer_that_the_ring_overtakes_goes_on_with_the_newest_key_frame()
    {
        using var rig = new FeedRig(keep: 20);
        var feed = rig.Start();
        rig.AddVideo(2, isKeyFrame: true);
        rig.Pump(feed);
        rig.TakeRaw();
        for (var i = 0; i < 50; i++)
        {
            rig.AddVideo(1, isKeyFrame: i == 40);
        }
        rig.Now += TimeSpan.FromSeconds(1);
        PumpAll(rig, feed);

        var packets = rig.TakeRaw().ConvertAll(FeedRig.Header);
        Assert.Equal(10, packets.Count);
        Assert.Equal((41 * 3000) + 1000u, packets[0].Time);
        Assert.Equal(40, feed.Drops.Late);
    }

    [Fact]
    public void A_viewer_without_a_group_to_start_from_waits_for_the_next()
    {
        using var rig = new FeedRig(keep: 5);
        rig.AddVideo(1, isKeyFrame: true);
        for (var i = 0; i < 10; i++)
        {
            rig.AddVideo(1);
        }
        var feed = rig.Start();
        rig.AddVideo(1);
        rig.AddAudio();
        rig.Pump(feed);
        Assert.Empty(rig.TakeRaw());

        rig.AddVideo(3, isKeyFrame: true);
        rig.AddAudio();
        rig.Pump(feed);
        Assert.Equal(4, rig.TakeRaw().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_steady_stream_makes_no_garbage(bool rtx)
    {
        using var rig = new FeedRig(keep: 60, receive: new() { Rtx = rtx, TransportFeedback = rtx });
        var feed = rig.Start();
        long allocated = 0;
        long packets = 0;
        var buffer = new byte[1500];
        for (var i = 0; i < 900; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            rig.AddVideo(i % 30 == 0 ? 25 : 8, isKeyFrame: i % 30 == 0);
            rig.AddAudio();
            for (var step = 0; step < 3; step++)
            {
                rig.Now += s_millisecond * 11;
                rig.Pump(feed);
            }
            if (i % 10 == 9)
            {
                rig.Resend(feed, 0, (ushort)(rig.Peer.Tracks[0].NextIndex - 20));
            }
            allocated = i < 300 ? 0 : allocated + GC.GetAllocatedBytesForCurrentThread() - before;
            packets += rig.Hear();
            var answered = rig.Answer(buffer);
            allocated = i < 300 ? 0 : allocated + answered;
        }
        Assert.Equal(rtx, rig.Peer.Path?.IsProven == true);
        Assert.Null(feed.Limit);
        Assert.True(packets > 8000);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Loss_in_reports_lowers_the_rate_and_its_end_frees_it()
    {
        using var rig = new FeedRig();
        var path = new PathRate(rig.Options);
        long sent = 0;
        Report(loss: 0, packets: 250);
        Report(loss: 100, packets: 250);
        Assert.Null(path.Limit); // one report may be chance
        Report(loss: 100, packets: 250);
        Assert.Equal(250 * 156 / 256.0 * 0.85, path.Limit!.Value, 3);
        for (var i = 0; i < 30 && path.Limit is not null; i++)
        {
            Report(loss: 0, packets: 200);
        }
        Assert.Null(path.Limit);

        void Report(int loss, int packets)
        {
            rig.Now += TimeSpan.FromSeconds(1);
            path.Report(loss, sent += packets, sent * 1000, streamRate: 250, rig.Now);
            path.Update(rig.Peer, 250, rig.Now);
        }
    }

    [Fact]
    public void Loss_in_reports_that_less_does_not_mend_is_borne()
    {
        using var rig = new FeedRig();
        var path = new PathRate(rig.Options);
        for (var i = 1; i <= 20; i++)
        {
            rig.Now += TimeSpan.FromSeconds(1);
            path.Report(60, i * 250, i * 250_000, streamRate: 250, rig.Now);
            path.Update(rig.Peer, 250, rig.Now);
            Assert.True(path.Limit is null || i is 2 or 3, $"{path.Limit} at report {i}");
        }
    }

    private static void PumpAll(FeedRig rig, ViewerFeed feed)
    {
        while (feed.IsBehind)
        {
            rig.Pump(feed);
            rig.Now += s_millisecond;
        }
    }
}
