// The engine on loopback with our own receiving peers: nothing is lost, joins are quick, neighbours do not suffer.
using Mumu.Media.WebRtc;

namespace Mumu.Media.Tests.WebRtc;

public sealed class EngineTests
{
    [Fact]
    public async Task Every_frame_arrives_whole_and_in_order()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, session) = await crowd.JoinAsync(rig);

        await crowd.WaitAsync(() => viewer.Frames.Count >= 75, "The frames did not come.");

        var frames = viewer.Frames;
        Assert.True(frames[0].IsKeyFrame);
        Assert.All(frames, frame => Assert.True(frame.IsWhole));
        Assert.Equal(Enumerable.Range(0, frames.Count).Select(i => frames[0].Number + (uint)i), frames.Select(frame => frame.Number));
        AssertOriginalTimes(frames);
        Assert.Equal(0, viewer.TimesGoneBack);
        Assert.Equal(64, session.LocalFingerprint.Length);
        Assert.Equal(rig.Engine.LocalFingerprint, session.LocalFingerprint);
        Assert.Contains(
            Convert.ToHexString(Convert.FromHexString(session.RemoteFingerprint)),
            viewer.Offer.Replace(":", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_viewer_that_comes_later_starts_from_the_cached_group_at_once()
    {
        await using var rig = new Rig(simulator: Rig.Small with { GroupSeconds = 20 });
        using var crowd = new Crowd();
        var (first, _) = await crowd.JoinAsync(rig);
        await crowd.WaitAsync(() => first.Frames.Count >= 60, "The first viewer got no frames.");

        var (second, _) = await crowd.JoinAsync(rig);
        await crowd.WaitAsync(() => second.Frames.Count >= 90, "The second viewer got no frames.");

        var frames = second.Frames;
        Assert.Equal(0u, frames[0].Number); // the group's key frame, long past
        Assert.True(frames[0].IsKeyFrame);
        Assert.Equal(Enumerable.Range(0, frames.Count).Select(i => (uint)i), frames.Select(frame => frame.Number));
        AssertOriginalTimes(frames);
        // Sixty frames of the past came faster than they were made.
        Assert.True(frames[55].At - frames[0].At < TimeSpan.FromSeconds(1), $"It took {frames[55].At - frames[0].At}.");
    }

    [Fact]
    public async Task A_lost_picture_is_repaired_by_sending_the_group_again()
    {
        await using var rig = new Rig(simulator: Rig.Small with { GroupSeconds = 20 });
        using var crowd = new Crowd();
        var (viewer, session) = await crowd.JoinAsync(rig);
        await crowd.WaitAsync(() => viewer.Frames.Count >= 30, "No frames came.");

        viewer.RequestKeyFrame();
        await crowd.WaitAsync(() => viewer.Frames.Count(frame => frame.IsKeyFrame) == 2, "The group did not come again.");
        var count = viewer.Frames.Count;
        await crowd.WaitAsync(() => viewer.Frames.Count >= count + 60, "The stream did not go on.");

        var frames = viewer.Frames;
        var again = frames.Select((frame, at) => (frame, at)).Last(item => item.frame.IsKeyFrame).at;
        Assert.Equal(0u, frames[again].Number);
        // All that had been sent comes again, one tick apart; then new frames at their own times.
        for (var i = again; i < again * 2; i++)
        {
            Assert.Equal((uint)(i - again), frames[i].Number);
            Assert.Equal(frames[again - 1].Time + 1 + (i - again), frames[i].Time);
        }
        Assert.Equal((uint)again, frames[again * 2].Number);
        AssertOriginalTimes([frames[again - 1], .. frames.Skip(again * 2)]);
        Assert.Equal(0, viewer.TimesGoneBack);
        await crowd.WaitAsync(() => session.Statistics.KeyFrameRequests == 1, "The request was not counted.");
    }

    [Fact]
    public async Task Lost_packets_are_sent_again_and_every_frame_survives()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var random = new Random(11);
        var (viewer, session) = await crowd.JoinAsync(
            rig,
            viewer => viewer.Loses = datagram => datagram.Length > 0 && datagram[0] >= 128 && random.NextDouble() < 0.1
        );

        await crowd.WaitAsync(() => viewer.Frames.Count >= 90, "The frames did not come.");

        var frames = viewer.Frames;
        Assert.All(frames, frame => Assert.True(frame.IsWhole));
        var missing = frames[^1].Number - frames[0].Number + 1 - frames.Count;
        Assert.True(missing <= 1, $"{missing} frames of {frames.Count} are missing.");
        await crowd.WaitAsync(() => session.Statistics.Retransmits > 10, "Nothing was sent again.");
    }

    [Fact]
    public async Task Fifty_viewers_all_get_every_frame()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        for (var i = 0; i < 50; i++)
        {
            await crowd.JoinAsync(rig);
        }
        await crowd.WaitAsync(() => crowd.Viewers.All(viewer => viewer.Frames.Count >= 60), "Some viewer got no frames.", 60);

        foreach (var viewer in crowd.Viewers)
        {
            var frames = viewer.Frames;
            Assert.All(frames, frame => Assert.True(frame.IsWhole));
            Assert.Equal((uint)frames.Count, frames[^1].Number - frames[0].Number + 1);
        }
        Assert.Equal(50, rig.Engine.Viewers);
        Assert.Equal(1, rig.Stream.Statistics.Readers);
        Assert.Equal(0, rig.Engine.Statistics.Drops.Total);
    }

    [Fact]
    public async Task A_viewer_on_a_thin_path_drops_frames_alone()
    {
        await using var rig = new Rig(simulator: Rig.Small with { Kbps = 2500 });
        using var crowd = new Crowd();
        var (good, goodSession) = await crowd.JoinAsync(rig);
        var budget = 0.0;
        var last = TestViewer.Now;
        var (_, session) = await crowd.JoinAsync(
            rig,
            viewer =>
                viewer.Loses = datagram =>
                {
                    // 600 kbit/s with a queue of 30 kB in front; what does not fit is lost.
                    budget = Math.Min(30_000, budget + (TestViewer.Now - last).TotalSeconds * 75_000);
                    last = TestViewer.Now;
                    if (datagram.Length < 200)
                    {
                        return false; // checks and reports get through
                    }
                    budget -= datagram.Length;
                    return budget < 0 && (budget += datagram.Length) <= 30_000;
                }
        );

        await crowd.WaitAsync(() => session.Statistics.Drops.Total > 0, "The slow viewer dropped nothing.", 40);

        Assert.Equal(default, goodSession.Statistics.Drops);
        var frames = good.Frames;
        Assert.Equal((uint)frames.Count, frames[^1].Number - frames[0].Number + 1);
        Assert.All(frames, frame => Assert.True(frame.IsWhole));
    }

    [Fact]
    public async Task Leaving_is_seen_at_once_and_the_last_one_out_stops_the_reading()
    {
        await using var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, session) = await crowd.JoinAsync(rig);
        var (_, other) = await crowd.JoinAsync(rig);
        await crowd.WaitAsync(() => viewer.Frames.Count > 5, "No frames came.");

        viewer.Leave();
        ViewerEvent? last = null;
        await foreach (var e in session.Events.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            last = e;
        }
        await other.CloseAsync();

        Assert.Equal(ViewerEndReason.ViewerLeft, Assert.IsType<ViewerEvent.Ended>(last).Reason);
        await crowd.WaitAsync(() => rig.Engine.Viewers == 0 && rig.Stream.Statistics.Readers == 0, "Something was left behind.");
    }

    [Fact]
    public async Task Stopping_ends_all_sessions_with_a_reason()
    {
        var rig = new Rig();
        using var crowd = new Crowd();
        var (viewer, session) = await crowd.JoinAsync(rig);
        await crowd.WaitAsync(() => viewer.Frames.Count > 5, "No frames came.");

        var before = Environment.TickCount64;
        await rig.DisposeAsync();

        Assert.True(Environment.TickCount64 - before < 2000);
        var events = new List<ViewerEvent>();
        await foreach (var e in session.Events.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            events.Add(e);
        }
        Assert.IsType<ViewerEvent.Connected>(events[^2]);
        Assert.Equal(ViewerEndReason.EngineStopped, Assert.IsType<ViewerEvent.Ended>(events[^1]).Reason);
        await crowd.WaitAsync(() => viewer.Peer.End == Mumu.Protocols.WebRtc.PeerEnd.RemoteClosed, "The viewer heard no good-bye.");
    }

    /// <summary>Thirty a second; a slow machine's simulator leaves some out.</summary>
    private static void AssertOriginalTimes(IReadOnlyList<ViewerFrame> frames) =>
        Assert.All(
            frames.Zip(frames.Skip(1)),
            pair =>
            {
                Assert.True(pair.Second.Time > pair.First.Time);
                Assert.Equal(0, (pair.Second.Time - pair.First.Time) % 3000);
            }
        );
}
