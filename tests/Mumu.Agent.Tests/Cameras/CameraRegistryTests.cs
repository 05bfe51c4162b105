// Cameras kept in step with the settings, and what is said of them.
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Agent.Cameras;
using Mumu.Agent.Settings;
using Mumu.Agent.Tests.Harness;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Agent.Tests.Cameras;

public sealed class CameraRegistryTests : IAsyncDisposable
{
    private readonly DataDirectory _data = new();
    private readonly FakeSources _sources = new();
    private readonly ManualTime _time = new();
    private readonly SettingsStore _settings;
    private readonly CameraRegistry _cameras;

    public CameraRegistryTests()
    {
        _settings = _data.Open(
            """{ "cameras": { "a": { "url": "rtsp://a/1" }, "b": { "name": "Bee", "url": "rtsp://b/1", "onDemand": false } } }"""
        );
        _cameras = new CameraRegistry(_settings, _sources.Factory, _time, NullLogger<CameraRegistry>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _cameras.DisposeAsync();
        _data.Dispose();
    }

    private Camera A => _cameras.Find("a")!;

    [Fact]
    public void Cameras_are_found_by_id_and_the_first_by_none()
    {
        Assert.Equal(["a", "b"], _cameras.All.Select(c => c.Id));
        Assert.Equal("a", _cameras.Find(null)?.Id);
        Assert.Equal("Bee", _cameras.Find("b")?.Name);
        Assert.Null(_cameras.Find("c"));
    }

    [Fact]
    public async Task A_second_stream_is_a_path_of_its_camera()
    {
        _data.WriteSettings(
            """{ "cameras": { "a": { "url": "rtsp://me:geheim@a/1", "sub": "rtsp://a/2" }, "b": { "url": "rtsp://b/1" } } }"""
        );
        _settings.Reload();
        Assert.Equal(["a", "a/sub", "b"], _cameras.All.Select(c => c.Id));
        Assert.Equal(["a", "b"], _cameras.Main.Select(c => c.Id));
        var (main, second) = (A, _cameras.Find("a/sub")!);
        Assert.Equal(
            ("rtsp://a/2", "me", "geheim", "a (sub)"),
            (second.Settings.Url, second.Settings.User, second.Settings.Password, second.Name)
        );
        using var reads = second.Stream.AddReader(new NoReader());
        await Eventually.HoldsAsync(() => second.Stream.State == StreamState.Ready, "the second stream plays");
        Assert.Equal(0, _sources.Runs("a"));

        _data.WriteSettings("""{ "cameras": { "a": { "url": "rtsp://me:geheim@a/1", "sub": "rtsp://a/3" } } }""");
        _settings.Reload();
        Assert.Same(main, A);
        Assert.NotSame(second, _cameras.Find("a/sub"));
        await Eventually.HoldsAsync(() => second.Retired.IsCancellationRequested, "the old second stream ends");
    }

    [Fact]
    public async Task A_reload_restarts_only_what_changed()
    {
        using var readsA = A.Stream.AddReader(new NoReader());
        await Eventually.HoldsAsync(
            () => A.Stream.State == StreamState.Ready && _cameras.Find("b")!.Stream.State == StreamState.Ready,
            "both play"
        );
        var (a, b) = (A, _cameras.Find("b")!);
        _data.WriteSettings(
            """{ "cameras": { "c": { "url": "rtsp://c" }, "b": { "url": "rtsp://b/2" }, "a": { "name": "Renamed", "url": "rtsp://a/1" } } }"""
        );
        _settings.Reload();
        Assert.Equal(["c", "b", "a"], _cameras.All.Select(c => c.Id));
        Assert.Same(a, A);
        Assert.Equal("Renamed", A.Name);
        Assert.Equal(StreamState.Ready, A.Stream.State);
        Assert.Equal(1, _sources.Runs("a"));
        Assert.NotSame(b, _cameras.Find("b"));
        await Eventually.HoldsAsync(() => b.Retired.IsCancellationRequested && b.Stream.State == StreamState.Idle, "the old b has stopped");
    }

    [Fact]
    public async Task Removing_a_camera_tells_who_watches()
    {
        var (a, told) = (A, new TaskCompletionSource<bool>());
        using var registration = a.Retired.Register(() => told.SetResult(true));
        _settings.RemoveCamera("a");
        Assert.Null(_cameras.Find("a"));
        Assert.True(await told.Task.Within("word that the camera is gone"));
        await _cameras.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => a.Stream.AddReader(new NoReader()));
    }

    [Fact]
    public void A_camera_nobody_asked_is_ready()
    {
        var presence = A.Presence();
        Assert.Equal(("ready", null, null), (presence.Status, presence.Message, presence.Codec));
        Assert.Equal("2026-05-04T10:00:00.000Z", presence.Since);
    }

    [Theory]
    [InlineData(SourceFailure.Unreachable, "offline")]
    [InlineData(SourceFailure.NoSuchHost, "offline")]
    [InlineData(SourceFailure.Stalled, "offline")]
    [InlineData(SourceFailure.WrongPassword, "error")]
    [InlineData(SourceFailure.UnsupportedCodec, "error")]
    public async Task A_failure_is_told_until_the_camera_plays_again(SourceFailure failure, string status)
    {
        _sources.Failures["a"] = new SourceException(failure, "It is broken.");
        A.Presence();
        _time.Advance(TimeSpan.FromMinutes(1));
        using (A.Stream.AddReader(new NoReader()))
        {
            await Eventually.HoldsAsync(() => A.Stream.State == StreamState.Failed, "the camera fails");
            var presence = A.Presence();
            Assert.Equal((status, "It is broken."), (presence.Status, presence.Message));
            Assert.Equal("2026-05-04T10:01:00.000Z", presence.Since);
        }
        _time.Advance(TimeSpan.FromSeconds(11));
        await Eventually.HoldsAsync(() => A.Stream.State == StreamState.Idle, "the unwatched stream is idle");
        Assert.Equal(
            (status, "It is broken.", "2026-05-04T10:01:00.000Z"),
            (A.Presence().Status, A.Presence().Message, A.Presence().Since)
        );

        _sources.Failures.Clear();
        using (A.Stream.AddReader(new NoReader()))
        {
            await Eventually.HoldsAsync(() => A.Stream.State == StreamState.Ready, "the camera plays");
        }
        Assert.Equal(("ready", "H264"), (A.Presence().Status, A.Presence().Codec));
    }

    private sealed class NoReader : IUnitReader
    {
        public void OnTracks(IReadOnlyList<TrackFormat> tracks) { }

        public void OnUnit(Unit unit, bool isBacklog) { }

        public void OnState(StreamState state, string? message) { }
    }
}
