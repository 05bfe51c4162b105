// Makes fragments out of units.
using System.Runtime.InteropServices;
using Mumu.Media.Units;
using Mumu.Protocols.Mp4;

namespace Mumu.Media.Outputs.Fmp4;

/// <summary>Collects samples of one or two tracks and makes fragments of them. Holds references to the units until then.</summary>
internal sealed class FragmentMaker(Mp4Track main, Mp4Track? second = null) : IDisposable
{
    private readonly Mp4FragmentWriter _writer = new();
    private readonly TrackRun _main = new(main);
    private readonly TrackRun? _second = second is null ? null : new TrackRun(second);
    private uint _sequence;

    /// <summary>Samples of the main track in the next fragment.</summary>
    public int Count => _main.Units.Count;

    /// <summary>Ticks of the main track in the next fragment.</summary>
    public long Duration => _main.Duration;

    /// <summary>True if decoding can start at the first sample of the next fragment.</summary>
    public bool IsIndependent => _main.IsIndependent;

    /// <summary>The formats from now on; what was added has to be made before.</summary>
    public void Change(Mp4Track main, Mp4Track? second)
    {
        _main.Track = main;
        if (_second is not null && second is not null)
        {
            _second.Track = second;
        }
    }

    /// <summary>Adds a sample and takes over the caller's reference.</summary>
    public void Add(bool isMain, Unit unit, long decodeTime, long presentation, uint duration) =>
        (isMain ? _main : _second!).Add(unit, decodeTime, presentation, duration);

    /// <summary>Makes the fragment of what was added; null where the main track has nothing.</summary>
    public SharedBytes? Make()
    {
        if (Count == 0)
        {
            return null;
        }
        _writer.Begin(++_sequence);
        _main.WriteHead(_writer);
        _second?.WriteHead(_writer);
        var head = _writer.End();
        var bytes = new SharedBytes(head.Length + _main.Length + (_second?.Length ?? 0));
        bytes.Append(head);
        _main.WriteData(bytes);
        _second?.WriteData(bytes);
        return bytes;
    }

    /// <summary>Forgets what was added.</summary>
    public void Dispose()
    {
        _main.Clear();
        _second?.Clear();
    }

    /// <summary>The samples of one track.</summary>
    private sealed class TrackRun(Mp4Track track)
    {
        private readonly List<Mp4Sample> _samples = new(16);
        private long _begin;

        public Mp4Track Track { get; set; } = track;

        public List<Unit> Units { get; } = new(16);

        public long Duration { get; private set; }

        public int Length { get; private set; }

        public bool IsIndependent => _samples.Count > 0 && _samples[0].IsSync;

        public void Add(Unit unit, long decodeTime, long presentation, uint duration)
        {
            _begin = Units.Count == 0 ? decodeTime : _begin;
            var length = Mp4SampleData.Measure(Track.Codec, unit.Data, unit.IsKeyFrame);
            _samples.Add(new Mp4Sample(length, duration, (int)(presentation - decodeTime), unit.IsKeyFrame || !Track.IsVideo));
            Units.Add(unit);
            Duration += duration;
            Length += length;
        }

        public void WriteHead(Mp4FragmentWriter writer)
        {
            if (Units.Count > 0)
            {
                writer.AddRun(Track, _begin, CollectionsMarshal.AsSpan(_samples));
            }
        }

        public void WriteData(SharedBytes bytes)
        {
            foreach (var unit in Units)
            {
                var at = 0;
                while (Mp4SampleData.TryTake(Track.Codec, unit.Data, unit.IsKeyFrame, ref at, out var piece))
                {
                    bytes.Append(piece);
                }
            }
            Clear();
        }

        public void Clear()
        {
            Units.ForEach(u => u.Release());
            Units.Clear();
            _samples.Clear();
            (Duration, Length) = (0, 0);
        }
    }
}
