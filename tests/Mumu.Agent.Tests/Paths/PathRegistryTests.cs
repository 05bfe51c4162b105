// Paths: found, published, listed, kicked, and gone a while after their publisher.
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Agent.Cameras;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Publishing;

namespace Mumu.Agent.Tests.Paths;

public sealed class PathRegistryTests : IAsyncDisposable
{
    private readonly DataDirectory _data = new();
    private readonly FakeSources _sources = new();
    private readonly ManualTime _time = new();
    private readonly SettingsStore _settings;
    private readonly CameraRegistry _cameras;
    private readonly PathRegistry _paths;

    public PathRegistryTests()
    {
        _settings = _data.Open("""{ "cameras": { "a": { "url": "rtsp://a/1" }, "desk": { "source": "publisher" } } }""");
        _cameras = new CameraRegistry(_settings, _sources.Factory, _time, NullLogger<CameraRegistry>.Instance);
        _paths = new PathRegistry(_cameras, _time, NullLogger<PathRegistry>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _cameras.DisposeAsync();
        _data.Dispose();
    }

    private static PathName Name(string text) => PathName.TryParse(text, out var name) ? name : throw new ArgumentException(text);

    private Task<Publication> PublishAsync(string path) =>
        _paths.PublishAsync(Name(path), new Publisher("test", "127.0.0.1:1", "key"), TestContext.Current.CancellationToken);

    private PathRefusal RefusalOf(string path) => Assert.Throws<PathRefusedException>(() => _paths.FindToRead(Name(path))).Reason;

    [Fact]
    public async Task A_name_no_camera_has_is_a_path_while_it_is_published_and_a_grace_longer()
    {
        Assert.Equal(PathRefusal.NotFound, RefusalOf("obs/live"));
        var publication = await PublishAsync("obs/live");
        var camera = _paths.FindToRead(Name("obs/live"));
        Assert.True(camera.IsTemporary);
        Assert.Equal(["a", "desk", "obs/live"], _cameras.All.Select(c => c.Id));
        Assert.Same(publication, _paths.Find("obs/live")!.Publication);

        publication.End("Done.");
        Assert.Equal(PathRefusal.NobodyPublishes, RefusalOf("obs/live"));
        Assert.Equal("offline", camera.Presence().Status);
        _time.Advance(TimeSpan.FromSeconds(5));
        publication = await PublishAsync("obs/live");
        Assert.Same(camera, _paths.FindToRead(Name("obs/live")));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Same(camera, _paths.FindToRead(Name("obs/live")));

        Assert.True(_paths.KickPublisher("obs/live"));
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(11));
                return camera.Retired.IsCancellationRequested;
            },
            "the path is gone"
        );
        Assert.Equal(PathRefusal.NotFound, RefusalOf("obs/live"));
        Assert.False(_paths.KickPublisher("obs/live"));
    }

    [Fact]
    public async Task A_camera_that_waits_for_publishers_stays()
    {
        Assert.Equal(PathRefusal.NobodyPublishes, RefusalOf("desk"));
        Assert.Equal(
            ("offline", "Nobody publishes to this path now."),
            (_cameras.Find("desk")!.Presence().Status, _cameras.Find("desk")!.Presence().Message)
        );
        var publication = await PublishAsync("desk");
        Assert.False(_paths.FindToRead(Name("desk")).IsTemporary);
        publication.End("Done.");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(_cameras.Find("desk"));
    }

    [Fact]
    public async Task A_camera_with_a_source_of_its_own_is_not_published_to()
    {
        var refused = await Assert.ThrowsAsync<PathRefusedException>(() => PublishAsync("a"));
        Assert.Equal(PathRefusal.NotForPublishers, refused.Reason);
        Assert.Contains("publisher", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_take_the_name_end_the_publisher()
    {
        var publication = await PublishAsync("b");
        var other = await PublishAsync("c");
        _data.WriteSettings("""{ "cameras": { "b": { "url": "rtsp://b/1" } } }""");
        _settings.Reload();
        Assert.Equal(["b", "c"], _cameras.All.Select(c => c.Id));
        await publication.Ended.Within("the publisher is ended");
        Assert.False(other.Ended.IsCompleted);
    }

    [Fact]
    public async Task There_is_a_limit_to_paths()
    {
        for (var i = 0; i < PathRegistry.MaxTemporary; i++)
        {
            await PublishAsync($"p{i}");
        }
        Assert.Equal(PathRefusal.TooMany, (await Assert.ThrowsAsync<PathRefusedException>(() => PublishAsync("more"))).Reason);
    }

    [Fact]
    public void Readers_are_listed_and_kicked()
    {
        var kicked = 0;
        var reader = new PathReader("test", "127.0.0.1:2", "key", _time.GetUtcNow(), () => 17, () => kicked++);
        var camera = _cameras.Find("a")!;
        camera.Readers.Add(reader);
        Assert.Equal(17, _paths.Find("a")!.Readers.Single().Bytes());
        Assert.True(_paths.KickReader(reader.Id));
        Assert.Equal(1, kicked);
        camera.Readers.Remove(reader);
        Assert.False(_paths.KickReader(reader.Id));
        Assert.Null(_paths.Find("nothing"));
    }
}
