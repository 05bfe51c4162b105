// One reader's attachment to a stream.
using Mumu.Media.Units;

namespace Mumu.Media.Streams;

/// <summary>A reader's hold on a stream. Dispose ends it: when that returns, the reader is not called again.</summary>
public sealed class StreamReading : IDisposable
{
    private readonly IUnitReader _reader;
    private bool _started;

    internal StreamReading(MediaStream stream, IUnitReader reader)
    {
        Stream = stream;
        _reader = reader;
    }

    /// <summary>The stream that is read.</summary>
    public MediaStream Stream { get; }

    /// <summary>False once disposed, or once the stream removed the reader because it threw.</summary>
    public bool IsActive { get; private set; } = true;

    /// <summary>Ends the reading. May be called from within the reader's own calls, and more than once.</summary>
    public void Dispose() => Stream.Remove(this);

    internal void Deactivate() => IsActive = false;

    internal void State(StreamState state, string? message) => _reader.OnState(state, message);

    internal void Tracks(IReadOnlyList<TrackFormat> tracks) => _reader.OnTracks(tracks);

    /// <summary>Passes a unit on, unless the reader has not yet had a key frame to start from.</summary>
    internal void Unit(Unit unit, bool startsGroup, bool isBacklog)
    {
        _started |= startsGroup;
        if (_started)
        {
            _reader.OnUnit(unit, isBacklog);
        }
    }

    /// <summary>Makes the reader wait for a key frame again: the source's run ended.</summary>
    internal void Interrupt() => _started = false;
}
