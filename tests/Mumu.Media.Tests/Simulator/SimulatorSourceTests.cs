// The simulated camera under virtual time: pace, key frames, rate.
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Streams;
using Mumu.Media.Tests.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Simulator;

public sealed class SimulatorSourceTests
{
    private static readonly SimulatorOptions Small = new()
    {
        Width = 320,
        Height = 240,
        Kbps = 0,
    };

    [Fact]
    public async Task Frames_keep_an_even_pace_without_drift()
    {
        await using var run = new Run(Small with { Fps = 7 });
        await run.PassAsync(TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(1));
        Assert.Equal(60 * 7 + 1, run.Frames.Count);
        for (var i = 0; i < run.Frames.Count; i++)
        {
            Assert.Equal(i * 90_000L / 7, run.Frames[i].Timestamp);
            Assert.InRange((run.Frames[i].Arrival - TimeSpan.FromSeconds(i / 7.0)).TotalMilliseconds, -0.001, 1);
            Assert.Equal((uint)i, run.Frames[i].Stamp.Frame);
        }
    }

    [Fact]
    public async Task Who_is_late_leaves_frames_out_and_never_bursts()
    {
        await using var run = new Run(Small with { Fps = 10 });
        await run.PassAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10));
        var before = run.Frames.Count;
        run.Time.Stall(TimeSpan.FromSeconds(1.05)); // The whole machine stood still.
        await run.PassAsync(TimeSpan.FromSeconds(0.5), TimeSpan.FromMilliseconds(10));
        var after = run.Frames.Skip(before).ToArray();
        Assert.InRange(after.Length, 5, 7);
        Assert.InRange(after[0].Timestamp, 90_000 * 2, 90_000 * 2.2);
        Assert.All(run.Frames.Zip(run.Frames.Skip(1)), pair => Assert.True(pair.Second.Timestamp >= pair.First.Timestamp + 9000));
        Assert.Equal(Enumerable.Range(0, run.Frames.Count).Select(i => (uint)i), run.Frames.Select(frame => frame.Stamp.Frame));
    }

    [Fact]
    public async Task Key_frames_come_every_group()
    {
        await using var run = new Run(Small with { Fps = 20, GroupSeconds = 1.5 });
        await run.PassAsync(TimeSpan.FromSeconds(7), TimeSpan.FromMilliseconds(10));
        Assert.Equal([0, 30, 60, 90, 120], run.KeyFrames);
    }

    [Fact]
    public async Task Asked_for_key_frames_come_at_most_twice_a_second()
    {
        await using var run = new Run(Small with { Fps = 20, GroupSeconds = 60 });
        await run.PassAsync(TimeSpan.FromSeconds(1.01), TimeSpan.FromMilliseconds(10));
        run.Source.RequestKeyFrame();
        await run.PassAsync(TimeSpan.FromSeconds(0.1), TimeSpan.FromMilliseconds(10));
        Assert.Equal([0, 21], run.KeyFrames);
        for (var i = 0; i < 200; i++)
        {
            run.Source.RequestKeyFrame();
            await run.PassAsync(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10));
        }
        Assert.Equal([0, 21, 31, 41, 51, 61], run.KeyFrames);
    }

    [Theory]
    [InlineData(1280, 720, 30, 1500)]
    [InlineData(640, 360, 30, 4000)]
    [InlineData(640, 360, 15, 800)]
    public void The_noise_brings_the_stream_to_its_rate(int width, int height, int fps, int kbps)
    {
        var maker = new FrameMaker(
            new SimulatorOptions
            {
                Width = width,
                Height = height,
                Fps = fps,
                Kbps = kbps,
            }
        );
        long bytes = 0;
        for (var i = 0; i < fps * 8; i++)
        {
            var unit = maker.Make(
                new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds((double)i / fps),
                isKeyFrame: i % (2 * fps) == 0
            );
            bytes += unit.Length;
            unit.Release();
        }
        Assert.InRange(bytes / 1000.0, kbps * 0.9, kbps * 1.05); // Eight seconds: kilobytes are kilobits a second.
    }

    [Fact]
    public async Task A_stream_of_the_simulator_tells_its_size_and_rate()
    {
        var time = new ManualTime();
        await using var stream = new MediaStream(
            "simulator",
            () => new SimulatorSource(Small with { Fps = 25 }, time),
            new StreamOptions(),
            time
        );
        var ready = stream.WaitReadyAsync(TestContext.Current.CancellationToken);
        await ready;
        for (var i = 0; i < 100; i++)
        {
            // The stream has timers of its own; time may only go on when the simulator waits for its next frame.
            await Eventually.True(() => time.Waits.Any(wait => wait <= TimeSpan.FromMilliseconds(40)));
            time.Advance(TimeSpan.FromMilliseconds(40));
        }
        await Eventually.True(() => stream.Statistics.Units >= 50);
        var figures = stream.Statistics;
        Assert.Equal((320, 240), (figures.Width, figures.Height));
        Assert.InRange(figures.FramesPerSecond, 20, 26);
        Assert.True(ParameterSets.TryGetProfileLevelId(stream.Tracks[0].Configuration.Span, out var profile));
        Assert.Equal("42c01e", profile.ToString());
    }

    [Theory]
    [InlineData(255, 240, 30, 500)]
    [InlineData(321, 240, 30, 500)]
    [InlineData(320, 100, 30, 500)]
    [InlineData(320, 240, 0, 500)]
    [InlineData(320, 240, 30, -1)]
    public void Impossible_settings_are_refused(int width, int height, int fps, int kbps) =>
        Assert.Throws<ArgumentException>(() =>
            new SimulatorSource(
                new SimulatorOptions
                {
                    Width = width,
                    Height = height,
                    Fps = fps,
                    Kbps = kbps,
                }
            )
        );

    private sealed record Frame(long Timestamp, TimeSpan Arrival, bool IsKeyFrame, SimulatorStamp Stamp);

    /// <summary>A simulator that runs on a clock moved by hand.</summary>
    private sealed class Run : IUnitSink, IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly Task _running;

        public Run(SimulatorOptions options)
        {
            Source = new SimulatorSource(options, Time);
            _running = Task.Run(() => Source.RunAsync(this, _end.Token));
        }

        public ManualTime Time { get; } = new();

        public SimulatorSource Source { get; }

        public List<Frame> Frames { get; } = [];

        public IEnumerable<int> KeyFrames =>
            Frames.Select((frame, index) => (frame, index)).Where(pair => pair.frame.IsKeyFrame).Select(pair => pair.index);

        public void Announce(IReadOnlyList<TrackFormat> tracks) => Assert.Equal(Codec.H264, Assert.Single(tracks).Codec);

        public void Publish(Unit unit)
        {
            Assert.True(SimulatorStamp.TryRead(unit.Data, out var stamp));
            Frames.Add(new Frame(unit.Timestamp, unit.Arrival, unit.IsKeyFrame, stamp));
            unit.Release();
        }

        /// <summary>Lets time pass in steps, and the source come to rest after each.</summary>
        public async Task PassAsync(TimeSpan span, TimeSpan step)
        {
            for (var end = Time.Now + span; Time.Now < end; )
            {
                await Eventually.True(() => Time.Waits.Length > 0 || _running.IsCompleted);
                Time.Advance(step);
            }
            await Eventually.True(() => Time.Waits.Length > 0 || _running.IsCompleted);
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
            _end.Dispose();
        }
    }
}
