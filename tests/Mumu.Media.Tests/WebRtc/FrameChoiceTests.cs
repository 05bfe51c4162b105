// What is left out on a narrow path, and that nothing sent refers to it.
using System.Collections.Concurrent;
using Mumu.Media.Streams;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Media.Tests.WebRtc;

public sealed class FrameChoiceTests
{
    private readonly ConcurrentQueue<PacketizedFrame> _pool = new();
    private readonly WebRtcOptions _options = new();
    private TimeSpan _now = TimeSpan.FromSeconds(100);
    private long _number;

    [Fact]
    public void Without_a_limit_every_frame_is_sent_however_late()
    {
        var choice = new FrameChoice(_options);
        Assert.True(choice.Wants(Frame(isKey: true), true, State(null, lag: 3000)));
        Assert.True(choice.Wants(Frame(), true, State(null, lag: 3000)));
        Assert.True(choice.Wants(Frame(isDisposable: true), true, State(null, lag: 3000)));
        Assert.Equal(0, choice.Drops.Total);
    }

    [Fact]
    public void Frames_that_no_other_needs_go_first_and_come_back_at_a_key_frame_of_a_wide_path()
    {
        var choice = new FrameChoice(_options);
        Assert.True(choice.Wants(Frame(isKey: true), true, State(100)));
        Assert.True(choice.Wants(Frame(), true, State(100)));
        Assert.False(choice.Wants(Frame(isDisposable: true), true, State(100)));
        Assert.Equal(new DropCounts(1, 0, 0), choice.Drops);

        _now += TimeSpan.FromSeconds(6);
        Assert.False(choice.Wants(Frame(isDisposable: true), true, State(130)));
        Assert.True(choice.Wants(Frame(isKey: true), true, State(115)));
        Assert.False(choice.Wants(Frame(isDisposable: true), true, State(130)));
        Assert.True(choice.Wants(Frame(isKey: true), true, State(130)));
        Assert.True(choice.Wants(Frame(isDisposable: true), true, State(130)));
    }

    [Fact]
    public void What_is_too_late_takes_the_rest_of_its_group_with_it_but_no_sound()
    {
        var choice = new FrameChoice(_options);
        Assert.True(choice.Wants(Frame(isKey: true), true, State(50, lag: 10)));
        Assert.False(choice.Wants(Frame(), true, State(50, lag: 401)));
        Assert.False(choice.Wants(Frame(), true, State(50, lag: 10)));
        Assert.True(choice.Wants(Frame(), false, State(50, lag: 500)));
        Assert.False(choice.Wants(Frame(isKey: true), true, State(50, lag: 401)));
        Assert.False(choice.Wants(Frame(), true, State(50, lag: 10)));
        Assert.True(choice.Wants(Frame(isKey: true), true, State(50, lag: 399)));
        Assert.Equal(new DropCounts(0, 4, 0), choice.Drops);
    }

    [Fact]
    public void An_old_group_is_caught_up_with_only_where_the_path_can()
    {
        var choice = new FrameChoice(_options);
        Assert.True(choice.Wants(Frame(isKey: true), true, State(150, lag: 2000, catchesUp: true)));
        Assert.False(choice.Wants(Frame(), true, State(110, lag: 2000, catchesUp: true)));
        Assert.True(choice.AwaitsKeyFrame);
    }

    [Fact]
    public void Nothing_sent_refers_to_anything_left_out()
    {
        var random = new Random(4);
        var choice = new FrameChoice(_options);
        choice.Await();
        var isWhole = false; // the frames that this one refers to were all sent
        long wanted = 0;
        for (var i = 0; i < 20_000; i++)
        {
            _now += TimeSpan.FromMilliseconds(33);
            var isKey = i % 30 == 0;
            var isDisposable = !isKey && i % 2 == 1;
            var limit = random.Next(4) == 0 ? (double?)null : random.Next(40, 200);
            var sent = choice.Wants(Frame(isKey, isDisposable), true, State(limit, random.Next(0, 450)));
            Assert.True(!sent || isKey || isWhole, $"Frame {i} was sent without those it refers to.");
            isWhole = isKey ? sent : isWhole && (sent || isDisposable);
            wanted += sent ? 1 : 0;
        }
        Assert.InRange(wanted, 1000, 19_000);
        Assert.True(choice.Drops.NonReference > 100 && choice.Drops.Narrow > 100);
    }

    [Fact]
    public async Task Many_wishes_for_a_key_frame_are_one_to_the_source()
    {
        await using var stream = new MediaStream(
            "idle",
            () => throw new InvalidOperationException(),
            new StreamOptions(),
            TimeProvider.System
        );
        var requests = new KeyFrameRequests(stream, TimeSpan.FromSeconds(1));
        Parallel.For(0, 1000, i => Assert.False(requests.Ask(TimeSpan.FromMilliseconds(5000 + i % 900))));
        Assert.Equal(1, requests.Count);
        requests.Ask(TimeSpan.FromSeconds(7));
        Assert.Equal(2, requests.Count);
    }

    private FeedState State(double? limit, double lag = 0, bool catchesUp = false) =>
        new(limit, 100, TimeSpan.FromMilliseconds(lag), catchesUp, _now);

    private PacketizedFrame Frame(bool isKey = false, bool isDisposable = false)
    {
        var frame = PacketizedFrame.Cut(_pool, new WholeFramePacketizer(), [1], 100)!;
        frame.Place(_number, 0, _number, _number, _number, _now, isKey, isDisposable);
        _number++;
        return frame;
    }
}
