// Reads media segments: which samples they hold, and where.
namespace Mumu.Protocols.Mp4;

/// <summary>A sample of a fragment that was read.</summary>
/// <param name="Track">Its track.</param>
/// <param name="DecodeTime">When it is decoded, in ticks of the track.</param>
/// <param name="CompositionOffset">Presentation time less decoding time.</param>
/// <param name="Duration">Ticks to the next.</param>
/// <param name="IsSync">Decoding can start here.</param>
/// <param name="Offset">Where its bytes begin in the segment.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct Mp4FragmentSample(
    Mp4TrackInfo Track,
    long DecodeTime,
    int CompositionOffset,
    uint Duration,
    bool IsSync,
    int Offset,
    int Length
);

/// <summary>Reads the media segments of one initialization segment, in order (ISO 14496-12 §8.8).</summary>
/// <param name="movie">The initialization segment.</param>
public sealed class Mp4FragmentReader(Mp4Movie movie)
{
    /// <summary>The most samples of one segment.</summary>
    public const int MaxSamples = 8_192;

    private const uint NonSync = 0x00010000;
    private readonly Dictionary<uint, long> _next = [];

    /// <summary>Reads a segment of whole boxes. False where they make no sense or point outside; what was added to <paramref name="samples"/> until then is sound.</summary>
    /// <param name="segment">One <c>moof</c> and <c>mdat</c> or more; other boxes are passed over.</param>
    /// <param name="samples">Gets the samples of known tracks, in the order of the file.</param>
    public bool TryRead(ReadOnlySpan<byte> segment, List<Mp4FragmentSample> samples)
    {
        var reader = new BoxReader(segment);
        var at = 0;
        while (reader.TryRead(out var box))
        {
            if (box.Is("moof"u8) && !TryReadFragment(box.Payload, at, segment.Length, samples))
            {
                return false;
            }
            at = reader.Position;
        }
        return !reader.IsMalformed;
    }

    private bool TryReadFragment(ReadOnlySpan<byte> moof, int start, int end, List<Mp4FragmentSample> samples)
    {
        var reader = new BoxReader(moof);
        while (reader.TryRead(out var box))
        {
            if (box.Is("traf"u8) && !TryReadRuns(box.Payload, start, end, samples))
            {
                return false;
            }
        }
        return !reader.IsMalformed;
    }

    private bool TryReadRuns(ReadOnlySpan<byte> traf, int start, int end, List<Mp4FragmentSample> samples)
    {
        if (!BoxReader.TryFind(traf, "tfhd"u8, out var tfhd))
        {
            return false;
        }
        var head = new FieldReader(tfhd);
        var flags = head.U32();
        var id = head.U32();
        var track = movie.Tracks.FirstOrDefault(t => t.Id == id);
        if (head.IsOverrun || track is null)
        {
            return !head.IsOverrun;
        }
        var position = (flags & 0x1) != 0 ? (long)head.U64() : start;
        head.Skip((flags & 0x2) != 0 ? 4 : 0);
        var defaults = new SampleDefaults(
            (flags & 0x8) != 0 ? head.U32() : track.Defaults.Duration,
            (flags & 0x10) != 0 ? head.U32() : track.Defaults.Size,
            (flags & 0x20) != 0 ? head.U32() : track.Defaults.Flags
        );
        var time = BoxReader.TryFind(traf, "tfdt"u8, out var tfdt) ? ReadTime(tfdt) : _next.GetValueOrDefault(id);
        if (head.IsOverrun || time < 0)
        {
            return false;
        }
        var run = new Run(track, defaults, position, time, end);
        var reader = new BoxReader(traf);
        while (reader.TryRead(out var box))
        {
            if (box.Is("trun"u8) && !run.TryRead(box.Payload, samples))
            {
                return false;
            }
        }
        _next[id] = run.Time;
        return !reader.IsMalformed;
    }

    private static long ReadTime(ReadOnlySpan<byte> tfdt)
    {
        var fields = new FieldReader(tfdt);
        var time = fields.U32() >> 24 == 1 ? (long)fields.U64() : fields.U32();
        return fields.IsOverrun || time > long.MaxValue / 4 ? -1 : time;
    }

    /// <summary>Where the samples of a track fragment go on from run to run.</summary>
    private struct Run(Mp4TrackInfo track, SampleDefaults defaults, long start, long time, int end)
    {
        private readonly long _start = start;
        private long _position = start;

        public long Time { get; private set; } = time;

        public bool TryRead(ReadOnlySpan<byte> trun, List<Mp4FragmentSample> samples)
        {
            var fields = new FieldReader(trun);
            var flags = fields.U32();
            var count = fields.U32();
            if ((flags & 0x1) != 0)
            {
                _position = _start + (int)fields.U32();
            }
            var firstFlags = (flags & 0x4) != 0 ? fields.U32() : (uint?)null;
            if (fields.IsOverrun || count > MaxSamples - samples.Count)
            {
                return false;
            }
            for (var i = 0u; i < count; i++)
            {
                var duration = (flags & 0x100) != 0 ? fields.U32() : defaults.Duration;
                var length = (flags & 0x200) != 0 ? fields.U32() : defaults.Size;
                var sampleFlags = (flags & 0x400) != 0 ? fields.U32() : defaults.Flags;
                var offset = (flags & 0x800) != 0 ? (int)fields.U32() : 0;
                sampleFlags = i == 0 && firstFlags is { } first ? first : sampleFlags;
                if (fields.IsOverrun || _position < 0 || _position + length > end)
                {
                    return false;
                }
                samples.Add(new(track, Time, offset, duration, (sampleFlags & NonSync) == 0, (int)_position, (int)length));
                _position += length;
                Time += duration;
            }
            return true;
        }
    }
}
