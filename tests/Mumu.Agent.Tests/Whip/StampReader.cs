// Reads a stream of the simulator and checks its frames, wherever they went in between.
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Agent.Tests.Whip;

internal sealed class StampReader : IUnitReader
{
    private readonly Lock _gate = new();
    private readonly List<string> _faults = [];
    private uint? _last;
    private int _frames;

    /// <summary>Frames in a row, none lost and none changed, since the last reset.</summary>
    public int Frames => Volatile.Read(ref _frames);

    public string Faults
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _faults);
            }
        }
    }

    public void OnTracks(IReadOnlyList<TrackFormat> tracks)
    {
        // The stamps tell all that is asked here.
    }

    public void OnUnit(Unit unit, bool isBacklog)
    {
        lock (_gate)
        {
            if (!SimulatorStamp.TryRead(unit.Data, out var stamp) || !stamp.Matches(unit.Data))
            {
                _faults.Add($"Frame {_last + 1} was changed.");
            }
            else if (_last is { } last && stamp.Frame != last + 1)
            {
                _faults.Add($"Frame {stamp.Frame} follows {last}.");
            }
            _last = stamp.Frame;
            _frames++;
        }
    }

    public void OnState(StreamState state, string? message)
    {
        if (state != StreamState.Ready)
        {
            lock (_gate)
            {
                _last = null; // What comes next comes from a new session.
                _frames = 0;
            }
        }
    }
}
