// Measures what goes through a stream.
namespace Mumu.Media.Streams;

/// <summary>Counts units and measures rates over the last <see cref="Window"/> units of the main track.</summary>
internal sealed class StreamMeter(TimeProvider time)
{
    private const int Window = 64; // About two seconds of video: long enough to be steady, short enough to follow.

    private readonly (long Time, long Bytes)[] _marks = new (long, long)[Window];
    private long _marked;
    private long? _last;

    public long Bytes { get; private set; }

    public long Units { get; private set; }

    public long KeyFrames { get; private set; }

    public TimeSpan? LastUnitAge => _last is { } last ? time.GetElapsedTime(last) : null;

    /// <summary>Counts one unit; <paramref name="isMain"/> where it belongs to the track that rates are measured on.</summary>
    public void Count(int bytes, bool isMain, bool isKeyFrame)
    {
        var now = time.GetTimestamp();
        _last = now;
        Bytes += bytes;
        Units++;
        if (isMain)
        {
            KeyFrames += isKeyFrame ? 1 : 0;
            _marks[_marked++ % Window] = (now, Bytes);
        }
    }

    /// <summary>Forgets the rates: the source's run ended, and the pause is not part of its rate.</summary>
    public void Pause() => _marked = 0;

    /// <summary>Units a second of the main track, and bits a second of all; zero when it has stopped.</summary>
    public (double UnitsPerSecond, double BitsPerSecond) Rates()
    {
        var marks = (int)Math.Min(_marked, Window);
        if (marks < 2)
        {
            return (0, 0);
        }
        var first = _marks[_marked > Window ? _marked % Window : 0];
        var last = _marks[(_marked - 1) % Window];
        var span = time.GetElapsedTime(first.Time, last.Time).TotalSeconds;
        var age = time.GetElapsedTime(last.Time).TotalSeconds;
        if (span <= 0 || age > Math.Max(2, 3 * span / (marks - 1)))
        {
            return (0, 0);
        }
        return ((marks - 1) / span, (last.Bytes - first.Bytes) * 8 / span);
    }
}
