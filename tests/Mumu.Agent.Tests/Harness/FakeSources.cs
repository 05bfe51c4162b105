// Sources that do as a test says, one for each run of a camera.
using System.Collections.Concurrent;
using Mumu.Agent.Cameras;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Agent.Tests.Harness;

public sealed class FakeSources
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<FakeSource>> _made = [];

    /// <summary>What runs of a camera do; without an entry they play.</summary>
    public ConcurrentDictionary<string, SourceException> Failures { get; } = [];

    public CameraSourceFactory Factory =>
        (id, _) =>
        {
            var source = new FakeSource(Failures.GetValueOrDefault(id));
            _made.GetOrAdd(id, _ => []).Enqueue(source);
            return source;
        };

    public int Runs(string id) => _made.TryGetValue(id, out var made) ? made.Count : 0;

    public FakeSource Last(string id) => _made[id].Last();
}

public sealed class FakeSource(SourceException? failure) : ISource
{
    private static readonly TrackFormat[] Tracks = [new(MediaKind.Video, Codec.H264, 90000, 0, ReadOnlyMemory<byte>.Empty)];
    private readonly TaskCompletionSource _break = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsRunning { get; private set; }

    public void Break(SourceException reason) => _break.TrySetException(reason);

    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        if (failure is not null)
        {
            throw new SourceException(failure.Failure, failure.Message);
        }
        IsRunning = true;
        try
        {
            sink.Announce(Tracks);
            var unit = Unit.Copy([0, 0, 0, 2, 0x65, 0x80]);
            unit.IsKeyFrame = true;
            sink.Publish(unit);
            await _break.Task.WaitAsync(cancellation);
        }
        finally
        {
            IsRunning = false;
        }
    }

    public void RequestKeyFrame() { }
}
