// The estimate on simulated links: when there is a limit, how near it is, and when there is none.
namespace Mumu.Protocols.Tests.WebRtc.Congestion;

public sealed class PathEstimateTests(ITestOutputHelper output)
{
    private const double Megabit = 125; // a second, in bytes a millisecond

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0.01, 20, 0, 0)]
    [InlineData(0.05, 60, 0, 0)]
    [InlineData(0, 5, 250, 0)]
    [InlineData(0, 5, 0, 300)]
    [InlineData(0, 5, 0, -300)]
    public void A_wide_path_has_no_limit_whatever_its_jitter_its_loss_and_its_clock(double loss, double jitter, double stall, double drift)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var link = new Bottleneck(seed)
            {
                Loss = loss,
                Jitter = jitter,
                Stall = stall,
                Drift = drift,
            };
            link.Run(120, () => Assert.Null(link.Estimate.Limit));
            Assert.True(link.Estimate.IsProven);
            Assert.Equal(0, link.FramesLeftOut);
        }
    }

    [Theory]
    [InlineData(2.0, 300)]
    [InlineData(1.0, 300)]
    [InlineData(1.0, 1500)]
    [InlineData(0.5, 300)]
    [InlineData(0.3, 600)]
    public void A_narrow_path_is_used_well_and_its_queue_kept_short(double megabits, double queue)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var link = new Bottleneck(seed)
            {
                Capacity = megabits * Megabit,
                QueueLimit = queue,
                Jitter = 5,
                KeySize = 3,
            };
            link.Run(10);
            link.TakeQueues();
            var (lost, sent) = (link.Lost, link.Sent);
            var limits = new List<double>();
            link.Run(50, () => limits.Add((link.Estimate.Limit ?? double.MaxValue) / link.Capacity));
            limits.Sort();
            var (low, middle, high) = (limits[limits.Count / 20], limits[limits.Count / 2], limits[limits.Count * 19 / 20]);
            var queues = link.TakeQueues();
            var ninetieth = queues[queues.Count * 9 / 10];
            output.WriteLine(
                $"{megabits} Mbit/s: limit {low:0.00}, {middle:0.00}, {high:0.00} of it; queue p50 {queues[queues.Count / 2]:0}, p90 {ninetieth:0}, max {queues[^1]:0} ms; lost {link.Lost - lost} of {link.Sent - sent}"
            );
            Assert.InRange(middle, 0.7, 1.2);
            Assert.True(low > 0.5 && high < 1.6);
            Assert.True(ninetieth < 200, $"The queue was {ninetieth:0} ms long.");
            Assert.True(link.Lost - lost <= (link.Sent - sent) / 100);
        }
    }

    [Fact]
    public void A_path_that_recovers_is_soon_used_again_and_one_that_narrows_soon_spared()
    {
        var link = new Bottleneck();
        link.Run(10);
        for (var turn = 0; turn < 3; turn++)
        {
            link.Capacity = Megabit;
            link.Run(4);
            Assert.InRange(link.Estimate.Limit!.Value, 0.4 * Megabit, 1.1 * Megabit);
            link.TakeQueues();
            link.Run(10);
            var queues = link.TakeQueues();
            Assert.True(queues[queues.Count * 9 / 10] < 150);

            link.Capacity = 10 * Megabit;
            link.Run(15);
            Assert.True((link.Estimate.Limit ?? double.MaxValue) > 1.1 * link.Source, $"{link.Estimate.Limit} after recovery");
            var left = link.FramesLeftOut;
            link.Run(10);
            Assert.Equal(left, link.FramesLeftOut);
        }
        link.Run(120);
        Assert.Null(link.Estimate.Limit);
    }

    [Fact]
    public void Loss_that_less_does_not_mend_is_borne()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var link = new Bottleneck(seed) { Loss = 0.2, Jitter = 10 };
            link.Run(15);
            Assert.True((link.Estimate.Limit ?? double.MaxValue) > link.Source, $"{link.Estimate.Limit}");
            var left = link.FramesLeftOut;
            link.Run(60);
            output.WriteLine($"Seed {seed}: left out {left} frames at first, {link.FramesLeftOut - left} in a minute");
            Assert.InRange(link.FramesLeftOut - left, 0, 90);
        }
    }

    [Fact]
    public void A_policer_without_a_queue_is_found_by_the_loss_that_less_mends()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var link = new Bottleneck(seed) { Capacity = 1.2 * Megabit, QueueLimit = 25 };
            link.Run(15);
            var (before, lost, sent) = (link.Delivered, link.Lost, link.Sent);
            link.Run(60);
            var use = (link.Delivered - before) / (60_000 * link.Capacity);
            var share = (double)(link.Lost - lost) / (link.Sent - sent);
            output.WriteLine($"Seed {seed}: {use:P0} used, {share:P1} lost");
            Assert.InRange(use, 0.5, 1.01);
            Assert.InRange(share, 0, 0.15);
        }
    }

    [Fact]
    public void What_others_send_is_given_way_to_and_their_end_made_use_of()
    {
        var link = new Bottleneck { Capacity = 4 * Megabit, QueueLimit = 500 };
        link.Run(10);
        var most = 0.0;
        for (var turn = 0; turn < 6; turn++)
        {
            link.Cross = 2.5 * Megabit;
            link.Run(3);
            link.TakeQueues();
            link.Run(7);
            var queues = link.TakeQueues();
            most = Math.Max(most, queues[queues.Count * 9 / 10]);
            link.Cross = 0;
            link.Run(10);
        }
        output.WriteLine($"Queue p90 at most {most:0} ms, {link.FramesLeftOut} frames left out");
        Assert.True(most < 200, $"The queue was {most:0} ms long.");
        Assert.True(link.Delivered > 0.6 * 130_000 * link.Source);
    }

    [Fact]
    public void A_path_that_falls_silent_is_spared_and_taken_up_again()
    {
        var link = new Bottleneck();
        link.Run(10);
        link.IsCut = true;
        link.Run(6);
        Assert.True(link.Estimate.Limit < link.Source / 2);
        link.IsCut = false;
        link.Run(20);
        Assert.True((link.Estimate.Limit ?? double.MaxValue) > link.Source);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    public void A_silence_behind_which_everything_arrived_costs_nothing_afterwards(double loss)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var link = new Bottleneck(seed) { Loss = loss, Jitter = 10 };
            link.Run(10);
            for (var turn = 0; turn < 3; turn++)
            {
                link.IsMute = true;
                link.Run(5);
                Assert.True(link.Estimate.Limit < link.Source / 2);
                link.IsMute = false;
                link.Run(3);
                Assert.True((link.Estimate.Limit ?? double.MaxValue) > link.Source, $"{link.Estimate.Limit} after a silence");
            }
        }
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.05)]
    public void Loss_that_was_borne_before_does_not_keep_a_path_from_being_used_again(double loss)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var link = new Bottleneck(seed) { Loss = loss, Jitter = 10 };
            link.Run(10);
            link.Capacity = 0.4 * Megabit;
            link.Run(6);
            Assert.True(link.Estimate.Limit < link.Source / 2);
            link.Capacity = 10 * Megabit;
            link.Run(20);
            Assert.True((link.Estimate.Limit ?? double.MaxValue) > 1.1 * link.Source, $"{link.Estimate.Limit} after recovery");
        }
    }
}
