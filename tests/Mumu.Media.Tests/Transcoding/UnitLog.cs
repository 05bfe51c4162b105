// A reader that keeps everything.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Tests.Transcoding;

internal sealed record Logged(int Track, long Timestamp, bool IsKeyFrame, TimeSpan Arrival, byte[] Data);

internal sealed class UnitLog : IUnitReader
{
    private readonly Lock _gate = new();
    private readonly List<Logged> _units = [];
    private IReadOnlyList<TrackFormat> _tracks = [];

    public IReadOnlyList<TrackFormat> Tracks => Volatile.Read(ref _tracks);

    public List<Logged> Of(int track)
    {
        lock (_gate)
        {
            return [.. _units.Where(u => u.Track == track)];
        }
    }

    public void OnTracks(IReadOnlyList<TrackFormat> tracks) => Volatile.Write(ref _tracks, tracks);

    public void OnUnit(Unit unit, bool isBacklog)
    {
        lock (_gate)
        {
            _units.Add(new Logged(unit.Track, unit.Timestamp, unit.IsKeyFrame, unit.Arrival, unit.Data.ToArray()));
        }
    }

    public void OnState(StreamState state, string? message) { }

    /// <summary>Waits for so many units of a track.</summary>
    public async Task<List<Logged>> TakeAsync(int track, int count)
    {
        for (var waited = 0; Of(track).Count < count; waited += 20)
        {
            Assert.True(
                waited < 30_000,
                $"Only {Of(track).Count} of {count} units of track {track} came; tracks: {string.Join(", ", Tracks)}."
            );
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        return Of(track);
    }
}
