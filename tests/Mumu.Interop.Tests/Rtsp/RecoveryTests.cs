// A camera that goes and comes back: the stream plays again by itself.
using System.Diagnostics;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Interop.Tests.Rtsp;

public sealed class RecoveryTests(Footage footage) : IClassFixture<Footage>
{
    private sealed class CountingReader : IUnitReader
    {
        private int _units;
        private volatile string? _lastFailure;

        internal int Units => Volatile.Read(ref _units);

        internal string? LastFailure => _lastFailure;

        public void OnTracks(IReadOnlyList<TrackFormat> tracks) { }

        public void OnUnit(Unit unit, bool isBacklog) => Interlocked.Increment(ref _units);

        public void OnState(StreamState state, string? message) => _lastFailure = message ?? _lastFailure;
    }

    private static async Task WaitAsync(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"Waited in vain for {what}.");
            await beat.WaitForNextTickAsync();
        }
    }

    private static MediaStream Stream(CameraProcess camera, RtspTransportMode transport) =>
        new(
            "cam",
            () =>
                new RtspSource(
                    new RtspOptions
                    {
                        Uri = camera.Address(),
                        UserName = "ann",
                        Password = "secret",
                        Transport = transport,
                        Timeout = TimeSpan.FromSeconds(20),
                        StallTimeout = TimeSpan.FromSeconds(3),
                    },
                    TimeProvider.System
                ),
            new StreamOptions { FirstRetry = TimeSpan.FromMilliseconds(200), LastRetry = TimeSpan.FromSeconds(1) },
            TimeProvider.System
        );

    [Theory]
    [InlineData(RtspTransportMode.Tcp)]
    [InlineData(RtspTransportMode.Udp)]
    public async Task A_killed_camera_plays_again_once_it_is_back(RtspTransportMode transport)
    {
        await using var camera = await CameraProcess.StartGStreamerAsync(footage.Box, "--user", "ann", "--password", "secret");
        await using var stream = Stream(camera, transport);
        var reader = new CountingReader();
        using var reading = stream.AddReader(reader);
        await WaitAsync(() => reader.Units > 20, "the first pictures");
        await camera.KillAsync();
        await WaitAsync(() => stream.State == StreamState.Failed, "the failure");
        Assert.NotNull(reader.LastFailure);
        var before = reader.Units;
        await camera.RestartAsync();
        await WaitAsync(() => stream.State == StreamState.Ready && reader.Units > before + 20, "pictures after the restart");
    }

    [Theory]
    [InlineData(RtspTransportMode.Tcp)]
    [InlineData(RtspTransportMode.Udp)]
    public async Task A_frozen_camera_counts_as_stalled_and_plays_again_once_it_thaws(RtspTransportMode transport)
    {
        await using var camera = await CameraProcess.StartGStreamerAsync(footage.Box, "--user", "ann", "--password", "secret");
        await using var stream = Stream(camera, transport);
        var reader = new CountingReader();
        using var reading = stream.AddReader(reader);
        await WaitAsync(() => reader.Units > 20, "the first pictures");
        camera.Freeze();
        await WaitAsync(() => reader.LastFailure is not null, "the stall");
        Assert.Contains("nothing for 3 s", reader.LastFailure);
        camera.Thaw();
        var before = reader.Units;
        await WaitAsync(() => stream.State == StreamState.Ready && reader.Units > before + 20, "pictures after the thaw");
    }
}
