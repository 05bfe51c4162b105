// Keeps what a source publishes, and lets a test wait for it.
using System.Threading.Channels;
using Mumu.Media.Units;

namespace Mumu.Media.Tests.Rtsp;

internal sealed record Published(int Track, long Timestamp, bool IsKeyFrame, byte[] Data);

internal sealed class RecordingSink : IUnitSink
{
    private readonly Channel<Published> _units = Channel.CreateUnbounded<Published>();

    internal IReadOnlyList<TrackFormat> Tracks { get; private set; } = [];

    internal int Announcements { get; private set; }

    public void Announce(IReadOnlyList<TrackFormat> tracks)
    {
        Tracks = tracks;
        Announcements++;
    }

    public void Publish(Unit unit)
    {
        Assert.InRange(unit.Track, 0, Tracks.Count - 1);
        _units.Writer.TryWrite(new Published(unit.Track, unit.Timestamp, unit.IsKeyFrame, unit.Data.ToArray()));
        unit.Release();
    }

    /// <summary>The next units, or a failed test after ten seconds.</summary>
    internal async Task<List<Published>> TakeAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var units = new List<Published>();
        while (units.Count < count)
        {
            units.Add(await _units.Reader.ReadAsync(limit.Token));
        }
        return units;
    }
}
