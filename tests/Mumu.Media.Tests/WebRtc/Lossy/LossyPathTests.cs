// Watching over bad networks with real loops: what is lost is repaired, what does not fit is left out, and a session outlives it.
using Mumu.Media.Sources.Simulator;

namespace Mumu.Media.Tests.WebRtc.Lossy;

public sealed class LossyPathTests(ITestOutputHelper output)
{
    private static readonly SimulatorOptions s_camera = Rig.Small with { Kbps = 2000, GroupSeconds = 2 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Five_percent_loss_with_delay_and_reordering_is_repaired_without_a_freeze(bool rtx)
    {
        await using var rig = await LossyRig.StartAsync(
            1,
            relay =>
            {
                relay.Delay = TimeSpan.FromMilliseconds(50);
                relay.Jitter = TimeSpan.FromMilliseconds(10);
                relay.Loss = 0.05;
            },
            s_camera,
            new() { Audio = [], Rtx = rtx }
        );
        await rig.WaitAsync(1);
        var from = TestViewer.Now;
        await rig.WaitAsync(15);
        var figures = LossyFigures.Of(rig, from, TestViewer.Now);
        output.WriteLine(figures.ToString());

        Assert.True(figures.Lost > 100);
        Assert.True(figures.Lost - figures.RepairedInTime <= Math.Max(2, figures.Lost / 100), figures.ToString());
        Assert.True(figures.LongestFreeze < TimeSpan.FromSeconds(1), figures.ToString());
        Assert.True(figures.Missing <= figures.Frames / 50, figures.ToString());
        Assert.Equal(rtx, rig.Viewer.Peer.Tracks[0].Repaired > 0);
        Assert.Equal(rtx, rig.Viewer.Peer.FeedbackSent > 0);
    }

    [Fact]
    public async Task A_session_lives_at_twenty_percent_loss()
    {
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("MUMU_LOSSY_SECONDS"), out var asked) ? asked : 30;
        await using var rig = await LossyRig.StartAsync(
            2,
            relay =>
            {
                relay.Delay = TimeSpan.FromMilliseconds(50);
                relay.Jitter = TimeSpan.FromMilliseconds(10);
                relay.Loss = 0.2;
            },
            s_camera
        );
        var from = TestViewer.Now;
        await rig.WaitAsync(seconds);
        var figures = LossyFigures.Of(rig, from, TestViewer.Now);
        output.WriteLine($"{seconds} s: {figures}");

        Assert.True(figures.Statistics.IsConnected);
        Assert.False(rig.Session.Events.Completion.IsCompleted);
        Assert.True(figures.Frames > 15 * seconds, figures.ToString());
        Assert.True(figures.LongestFreeze < TimeSpan.FromSeconds(3), figures.ToString());
    }

    [Fact]
    public async Task A_path_too_narrow_gets_fewer_frames_and_no_growing_delay_and_then_all_again()
    {
        await using var rig = await LossyRig.StartAsync(3, relay => relay.Delay = TimeSpan.FromMilliseconds(20), s_camera);
        await rig.WaitAsync(4);
        var wide = TestViewer.Now;
        rig.Relay.Rate = 125; // half of what the camera makes
        await rig.WaitAsync(3);
        var narrow = TestViewer.Now;
        await rig.WaitAsync(10);
        var between = LossyFigures.Of(rig, narrow, TestViewer.Now);
        output.WriteLine($"narrowed: {LossyFigures.Of(rig, wide, narrow)}");
        output.WriteLine($"narrow:   {between}");
        rig.Relay.Rate = 0;
        await rig.ShowsAllAsync(3, 60);
        var again = TestViewer.Now;
        await rig.WaitAsync(6);
        var after = LossyFigures.Of(rig, again, TestViewer.Now);
        output.WriteLine($"after:    {after}");

        Assert.InRange(between.Frames, 20, 250);
        Assert.True(between.LateMost < 1000, between.ToString());
        Assert.True(between.Statistics.Drops.Narrow > 0 && between.Statistics.LimitBitsPerSecond is > 300_000 and < 1_500_000);
        Assert.Equal(0, after.Missing);
        Assert.True(after.Frames > 6 * 25, after.ToString());
        Assert.True(after.LateMost < 500, after.ToString());
        Assert.Equal(0, after.Statistics.KeyFrameRequests);
    }
}
