// Sources that do what a test tells them.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Streams;

/// <summary>Makes sources and keeps count of them; a test speaks through the one that runs.</summary>
internal sealed class SourceScript
{
    public static readonly TrackFormat Video = new(MediaKind.Video, Codec.H264, 90_000, 0, default);
    public static readonly TrackFormat Audio = new(MediaKind.Audio, Codec.Opus, 48_000, 2, default);

    private readonly List<ScriptedSource> _made = [];

    public int Made => _made.Count;

    /// <summary>Sources running at this moment; never above one.</summary>
    public int Running;

    public int MostRunning;

    public int KeyFrameRequests;

    /// <summary>Held back, a cancelled source does not end.</summary>
    public TaskCompletionSource? HoldEnd { get; set; }

    public ScriptedSource Last => _made[^1];

    public ISource Make()
    {
        var source = new ScriptedSource(this);
        lock (_made)
        {
            _made.Add(source);
        }
        return source;
    }

    internal sealed class ScriptedSource(SourceScript script) : ISource
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IUnitSink? Sink { get; private set; }

        public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
        {
            script.MostRunning = Math.Max(script.MostRunning, Interlocked.Increment(ref script.Running));
            try
            {
                Sink = sink;
                await _end.Task.WaitAsync(cancellation);
            }
            finally
            {
                if (script.HoldEnd is { } hold)
                {
                    await hold.Task;
                }
                Interlocked.Decrement(ref script.Running);
            }
        }

        public void RequestKeyFrame() => Interlocked.Increment(ref script.KeyFrameRequests);

        public void End() => _end.TrySetResult();

        public void Fail(Exception error) => _end.TrySetException(error);

        public void Fail(SourceFailure failure = SourceFailure.Unreachable, string message = "No answer.") =>
            Fail(new SourceException(failure, message));

        public void Announce(params TrackFormat[] tracks) => Sink!.Announce(tracks);

        /// <summary>Publishes a unit whose first byte is its number; returns it for looking at its references.</summary>
        public Unit Publish(int number, bool isKeyFrame = false, int track = 0, long timestamp = 0, int length = 1)
        {
            var unit = Unit.Rent(length);
            unit.Buffer.Clear();
            unit.Buffer[0] = (byte)number;
            unit.Track = track;
            unit.Timestamp = timestamp;
            unit.IsKeyFrame = isKeyFrame;
            Sink!.Publish(unit);
            return unit;
        }
    }
}
