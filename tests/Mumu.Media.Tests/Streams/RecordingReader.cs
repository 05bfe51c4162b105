// A reader that writes down what it is told.
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Tests.Streams;

internal sealed class RecordingReader : IUnitReader
{
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private readonly List<long> _times = [];

    /// <summary>Called within every call, to do what a reader should or should not do there.</summary>
    public Action<string>? Within { get; set; }

    /// <summary>States as "Ready", tracks as "tracks H264 Opus", units as their number, backlog as "(number)".</summary>
    public string Log
    {
        get
        {
            lock (_gate)
            {
                return string.Join(' ', _log);
            }
        }
    }

    public long[] Times
    {
        get
        {
            lock (_gate)
            {
                return [.. _times];
            }
        }
    }

    public void Forget()
    {
        lock (_gate)
        {
            _log.Clear();
        }
    }

    public void OnTracks(IReadOnlyList<TrackFormat> tracks) => Note("tracks " + string.Join(' ', tracks.Select(track => track.Codec)));

    public void OnUnit(Unit unit, bool isBacklog)
    {
        lock (_gate)
        {
            _times.Add(unit.Timestamp);
        }
        Note(isBacklog ? $"({unit.Data[0]})" : $"{unit.Data[0]}");
    }

    public void OnState(StreamState state, string? message) => Note(message is null ? $"{state}" : $"{state}: {message}");

    private void Note(string what)
    {
        lock (_gate)
        {
            _log.Add(what);
        }
        Within?.Invoke(what);
    }
}
