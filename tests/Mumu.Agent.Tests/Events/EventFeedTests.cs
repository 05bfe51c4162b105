// The feed: what is told, in which order, what a follower who comes back gets, and what happens to one who does not keep up.
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Agent.Cameras;
using Mumu.Agent.Events;
using Mumu.Agent.Paths;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Publishing;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Agent.Tests.Events;

public sealed class EventFeedTests : IAsyncDisposable
{
    private readonly DataDirectory _data = new();
    private readonly FakeSources _sources = new();
    private readonly CameraRegistry _cameras;
    private readonly EventFeed _feed;

    public EventFeedTests()
    {
        var settings = _data.Open("""{ "cameras": { "front": { "url": "rtsp://192.0.2.1/a" }, "desk": { "source": "publisher" } } }""");
        _cameras = new CameraRegistry(settings, _sources.Factory, TimeProvider.System, NullLogger<CameraRegistry>.Instance);
        _feed = new EventFeed(_cameras, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _feed.Dispose();
        await _cameras.DisposeAsync();
        _data.Dispose();
    }

    private void Raise(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _cameras.Raise(new PathEvent(PathEventKind.PathReady, $"p{i}"));
        }
    }

    private List<FeedEvent> Since(string? id)
    {
        var follower = _feed.Follow(id);
        _feed.Leave(follower);
        List<FeedEvent> all = [];
        while (follower.Reader.TryRead(out var told))
        {
            all.Add(told);
        }
        return all;
    }

    [Fact]
    public async Task A_camera_tells_that_it_plays_fails_and_plays_again()
    {
        var follower = _feed.Follow(null);
        async Task<FeedEvent> NextAsync() =>
            await follower.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Within("event");
        var camera = _cameras.Find("front")!;
        using var reading = camera.Stream.AddReader(new NoReader());
        Assert.Equal(("path.ready", "front"), ((await NextAsync()) is var e ? (e.Type, e.Path) : default));
        _sources.Last("front").Break(new SourceException(SourceFailure.Stalled, "It stopped."));
        var error = await NextAsync();
        Assert.Equal(("source.error", "It stopped."), (error.Type, error.Message));
        Assert.Equal("path.not_ready", (await NextAsync()).Type);
        Assert.Equal("path.ready", (await NextAsync()).Type);
        var reader = new PathReader("rtsp", "192.0.2.7:5", "tv", DateTimeOffset.UtcNow, () => 0, () => { });
        camera.Readers.Add(reader);
        var joined = await NextAsync();
        Assert.Equal(
            ("reader.joined", "rtsp", "192.0.2.7:5", "tv", (Guid?)reader.Id),
            (joined.Type, joined.Protocol, joined.Remote, joined.User, joined.Session)
        );
        camera.Readers.Remove(reader);
        camera.Readers.Remove(reader);
        Assert.Equal("reader.left", (await NextAsync()).Type);
        Assert.False(follower.Reader.TryRead(out _));
        _feed.Leave(follower);
    }

    [Fact]
    public async Task A_publisher_tells_its_beginning_and_its_end()
    {
        var follower = _feed.Follow(null);
        var paths = new PathRegistry(_cameras, TimeProvider.System, NullLogger<PathRegistry>.Instance);
        Assert.True(PathName.TryParse("desk", out var name));
        var publication = await paths.PublishAsync(
            name,
            new Publisher("rtmp", "192.0.2.7:5", "obs"),
            TestContext.Current.CancellationToken
        );
        publication.End("The client left.");
        var began = await follower.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Within("event");
        var ended = await follower.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Within("event");
        Assert.Equal(("publisher.began", "desk", "rtmp"), (began.Type, began.Path, began.Protocol));
        Assert.Equal(("publisher.ended", "The client left.", began.Session), (ended.Type, ended.Message, ended.Session));
        _feed.Leave(follower);
    }

    [Fact]
    public void Who_comes_back_gets_the_rest_once_and_learns_of_a_gap()
    {
        Raise(5);
        var all = Since("somebody-else");
        Assert.Equal([EventFeed.Gap, "path.ready", "path.ready", "path.ready", "path.ready", "path.ready"], all.Select(e => e.Type));
        Assert.Equal(["p3", "p4"], Since(all[3].Id).Select(e => e.Path));
        Assert.Empty(Since(all[^1].Id));
        Assert.Empty(Since(null));
        Raise(EventFeed.Kept);
        var rest = Since(all[^1].Id);
        Assert.Equal((EventFeed.Kept, "path.ready"), (rest.Count, rest[0].Type));
        Raise(1);
        rest = Since(all[^1].Id);
        Assert.Equal((EventFeed.Kept + 1, EventFeed.Gap), (rest.Count, rest[0].Type));
        Assert.Equal(rest.Count, rest.Select(e => e.Id).Distinct().Count());
        Assert.Equal(EventFeed.Kept, Since(rest[0].Id).Count); // a gap is a place to go on from, too
    }

    [Fact]
    public async Task A_slow_follower_is_ended_alone()
    {
        var (slow, good) = (_feed.Follow(null), _feed.Follow(null));
        for (var i = 0; i <= EventFeed.MaxWaiting; i++)
        {
            Raise(1);
            Assert.True(good.Reader.TryRead(out _));
        }
        Assert.Equal(1, _feed.Followers);
        var taken = 0;
        while (slow.Reader.TryRead(out _))
        {
            taken++;
        }
        Assert.Equal(EventFeed.MaxWaiting, taken);
        await Assert.ThrowsAsync<InvalidOperationException>(() => slow.Reader.Completion);
        _feed.Leave(good);
    }

    private sealed class NoReader : IUnitReader
    {
        public void OnTracks(IReadOnlyList<TrackFormat> tracks) { }

        public void OnUnit(Unit unit, bool isBacklog) { }

        public void OnState(StreamState state, string? message) { }
    }
}
