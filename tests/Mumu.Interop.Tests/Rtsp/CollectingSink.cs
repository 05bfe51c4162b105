// Keeps what a source publishes until there is enough of every track.
using System.Collections.Concurrent;
using Mumu.Media.Units;

namespace Mumu.Interop.Tests.Rtsp;

internal sealed record Collected(int Track, long Timestamp, bool IsKeyFrame, byte[] Data);

internal sealed class CollectingSink(int videoUnits, int audioUnits = 0) : IUnitSink
{
    private readonly ConcurrentQueue<Collected> _units = new();
    private readonly TaskCompletionSource _isDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] _counts = new int[8];

    internal IReadOnlyList<TrackFormat> Tracks { get; private set; } = [];

    internal Task IsDone => _isDone.Task;

    internal List<Collected> Of(MediaKind kind) => [.. _units.Where(unit => Tracks[unit.Track].Kind == kind)];

    public void Announce(IReadOnlyList<TrackFormat> tracks) => Tracks = tracks;

    public void Publish(Unit unit)
    {
        _units.Enqueue(new Collected(unit.Track, unit.Timestamp, unit.IsKeyFrame, unit.Data.ToArray()));
        _counts[unit.Track]++;
        unit.Release();
        for (var i = 0; i < Tracks.Count; i++)
        {
            if (_counts[i] < (Tracks[i].Kind == MediaKind.Video ? videoUnits : audioUnits))
            {
                return;
            }
        }
        _isDone.TrySetResult();
    }
}
