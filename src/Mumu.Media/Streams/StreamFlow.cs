// What happens to a unit on its way through a stream.
using Mumu.Media.Units;

namespace Mumu.Media.Streams;

/// <summary>
/// The path of units: placed on the stream's timeline, counted, cached, handed to the readers. Called under the stream's lock; the stream itself owns states and runs.
/// </summary>
internal sealed class StreamFlow(ReaderSet readers, StreamOptions options, TimeProvider time)
{
    private readonly GroupCache _group = new(options.MaxGroupBytes, options.MaxGroupUnits);
    private readonly StreamTimeline _timeline = new(time);
    private readonly StreamMeter _meter = new(time);
    private StreamShape _shape = StreamShape.Unknown;
    private long _discarded;

    public ReaderSet Readers => readers;

    public IReadOnlyList<TrackFormat> Tracks => Volatile.Read(ref _shape).Tracks;

    /// <summary>Takes new formats; where they differ from the old ones, readers are told and wait for a key frame.</summary>
    public void Announce(IReadOnlyList<TrackFormat> tracks)
    {
        if (!_shape.HasSameTracks(tracks))
        {
            Take(StreamShape.Of(tracks));
        }
    }

    /// <summary>True where the unit is a key frame of the main track, from which readers may start.</summary>
    /// <exception cref="ArgumentException">The unit is of a track that was not announced.</exception>
    public bool StartsGroup(Unit unit)
    {
        if ((uint)unit.Track >= (uint)Tracks.Count)
        {
            throw new ArgumentException(
                $"The source published a unit of track {unit.Track}, but announced {Tracks.Count} tracks.",
                nameof(unit)
            );
        }
        return unit.Track == _shape.MainTrack && unit.IsKeyFrame;
    }

    /// <summary>Counts a unit that came before the first key frame of its run.</summary>
    public void Discard() => _discarded++;

    /// <summary>Passes a unit on.</summary>
    public void Spread(Unit unit, bool startsGroup)
    {
        if (startsGroup && _shape.HasVideo && _shape.After(unit) is var shape && shape != _shape)
        {
            Take(shape);
        }
        _timeline.Place(unit, _shape.Tracks[unit.Track].ClockRate);
        _meter.Count(unit.Length, unit.Track == _shape.MainTrack, startsGroup);
        _group.Add(unit, startsGroup); // From here on, who attaches gets it from the cache; who is there gets it now.
        Readers.Unit(unit, startsGroup);
    }

    /// <summary>Brings a new reading up to date.</summary>
    public void Replay(StreamReading reading, StreamState state, string? message) =>
        Readers.Replay(reading, state, message, Tracks, _group.Units);

    /// <summary>A new run of the source begins.</summary>
    public void BeginRun() => _timeline.BeginRun();

    /// <summary>The source's run ended: what is cached leads nowhere, and readers need a key frame to go on.</summary>
    public void EndRun()
    {
        _group.Clear();
        _meter.Pause();
        Readers.Interrupt();
    }

    /// <summary>Forgets the formats: the source was stopped, and may be another when it starts again.</summary>
    public void Forget() => Volatile.Write(ref _shape, StreamShape.Unknown);

    public StreamStatistics Snapshot(int failures)
    {
        var (perSecond, bits) = _meter.Rates();
        return new StreamStatistics(
            _meter.Bytes,
            _meter.Units,
            _discarded,
            _shape.HasVideo ? _meter.KeyFrames : 0,
            failures,
            Readers.Count,
            _shape.HasVideo ? perSecond : 0,
            bits,
            _shape.Width,
            _shape.Height,
            _meter.LastUnitAge,
            _group.Units.Count,
            _group.Bytes
        );
    }

    private void Take(StreamShape shape)
    {
        Volatile.Write(ref _shape, shape);
        _group.Clear();
        Readers.Interrupt();
        Readers.Tracks(shape.Tracks);
    }
}
