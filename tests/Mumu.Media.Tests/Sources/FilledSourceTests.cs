// A camera that goes and comes back, with a picture in between.
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Media.Sources.Filler;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Streams;
using Mumu.Media.Tests.Transcoding;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Sources;

public sealed class FilledSourceTests
{
    private sealed class Camera(CancellationToken breaks) : ISource
    {
        public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, breaks);
            try
            {
                var options = new SimulatorOptions
                {
                    Width = 320,
                    Height = 240,
                    Fps = 25,
                    Kbps = 100,
                };
                await new SimulatorSource(options).RunAsync(sink, both.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new SourceException(SourceFailure.Unreachable, "Gone.");
            }
        }

        public void RequestKeyFrame() { }
    }

    [Fact]
    public async Task Readers_stay_while_a_camera_is_away()
    {
        using var first = new CancellationTokenSource();
        var runs = 0;
        ISource Next() =>
            Interlocked.Increment(ref runs) switch
            {
                1 => new Camera(first.Token),
                2 or 3 => new Camera(new CancellationToken(canceled: true)),
                _ => new Camera(CancellationToken.None),
            };
        var source = () =>
            (ISource)new FilledSource(Next, TimeProvider.System, NullLogger.Instance) { FirstRetry = TimeSpan.FromSeconds(0.3) };
        await using var stream = new MediaStream("front", source, new StreamOptions(), TimeProvider.System);
        var log = new UnitLog();
        using var reading = stream.AddReader(log);
        var before = (await log.TakeAsync(0, 20)).Count;
        await first.CancelAsync();
        // Away for three waits: 0.3 + 0.6 + 1.2 s; then the simulator's stamps again.
        while (runs < 4 || !SimulatorStamp.TryRead(log.Of(0)[^1].Data, out _))
        {
            await log.TakeAsync(0, log.Of(0).Count + 1);
        }
        var units = await log.TakeAsync(0, log.Of(0).Count + 20);
        var stamped = units.Select(u => SimulatorStamp.TryRead(u.Data, out _)).ToArray();
        var gone = Array.IndexOf(stamped, false);
        var back = Array.IndexOf(stamped, true, gone);
        Assert.True(gone >= before && back - gone >= 5, $"away from {gone} to {back} of {units.Count}");
        Assert.True(units[gone].IsKeyFrame && units[back].IsKeyFrame, "each begins with a key frame");
        Assert.True(ParameterSets.TryGetSize(Codec.H264, units[gone].Data, out var width, out var height) && (width, height) == (320, 240));
        Assert.All(units.Zip(units.Skip(1)), pair => Assert.InRange(pair.Second.Timestamp - pair.First.Timestamp, 1, 5 * 90_000));
        Assert.Equal(StreamState.Ready, stream.State);
        Assert.Equal(0, stream.Statistics.Failures);
    }
}
