// The readers of one stream: hands things to each, and drops the one that throws.
using Microsoft.Extensions.Logging;
using Mumu.Media.Units;

namespace Mumu.Media.Streams;

/// <summary>
/// All readings of a stream; <c>left</c> is told whenever one has gone. Called under the stream's lock. The array is replaced, never changed, so a reader may attach another or leave within a call:
/// what is being handed out goes to those who were there when it began, less those who have left.
/// </summary>
internal sealed partial class ReaderSet(string stream, Action left, ILogger logger)
{
    private StreamReading[] _readings = [];

    public int Count => _readings.Length;

    public void Add(StreamReading reading) => _readings = [.. _readings, reading];

    public void Remove(StreamReading reading)
    {
        if (reading.IsActive)
        {
            reading.Deactivate();
            _readings = Array.FindAll(_readings, other => other != reading);
            left();
        }
    }

    public void Clear()
    {
        foreach (var reading in _readings)
        {
            reading.Deactivate();
        }
        _readings = [];
    }

    /// <summary>Brings a new reading up to date.</summary>
    public void Replay(
        StreamReading reading,
        StreamState state,
        string? message,
        IReadOnlyList<TrackFormat> tracks,
        IReadOnlyList<Unit> backlog
    )
    {
        try
        {
            reading.State(state, message);
            if (tracks.Count > 0 && reading.IsActive)
            {
                reading.Tracks(tracks);
            }
            for (var i = 0; i < backlog.Count && reading.IsActive; i++)
            {
                reading.Unit(backlog[i], startsGroup: i == 0, isBacklog: true);
            }
        }
        catch (Exception error)
        {
            Expel(reading, error);
        }
    }

    public void State(StreamState state, string? message)
    {
        foreach (var reading in _readings)
        {
            try
            {
                if (reading.IsActive)
                {
                    reading.State(state, message);
                }
            }
            catch (Exception error)
            {
                Expel(reading, error);
            }
        }
    }

    public void Tracks(IReadOnlyList<TrackFormat> tracks)
    {
        foreach (var reading in _readings)
        {
            try
            {
                if (reading.IsActive)
                {
                    reading.Tracks(tracks);
                }
            }
            catch (Exception error)
            {
                Expel(reading, error);
            }
        }
    }

    public void Unit(Unit unit, bool startsGroup)
    {
        foreach (var reading in _readings)
        {
            try
            {
                if (reading.IsActive)
                {
                    reading.Unit(unit, startsGroup, isBacklog: false);
                }
            }
            catch (Exception error)
            {
                Expel(reading, error);
            }
        }
    }

    /// <summary>Makes all readings wait for the next key frame: the source's run ended.</summary>
    public void Interrupt()
    {
        foreach (var reading in _readings)
        {
            reading.Interrupt();
        }
    }

    /// <summary>A reader's defect may not reach the source or the other readers; the log has its trace.</summary>
    private void Expel(StreamReading reading, Exception error)
    {
        Remove(reading);
        LogDefect(logger, error, stream);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A reader of {Stream} threw and was removed.")]
    private static partial void LogDefect(ILogger logger, Exception error, string stream);
}
