// What a stream is as HLS: one rendition, and the playlist that leads to it.
using Mumu.Media.Outputs.Fmp4;
using Mumu.Media.Units;
using Mumu.Protocols.Hls;

namespace Mumu.Media.Outputs.Hls;

/// <summary>
/// Gives units to the rendition. Pictures and sound travel in the same segments: players keep them together by themselves, and ask half as often. The first half is called by the muxer, one call at a time;
/// <see cref="Find"/> and <see cref="Multivariant"/> by anybody.
/// </summary>
public sealed class HlsProgram : IDisposable
{
    private const double FirstSegmentLimit = 6;
    private const int Lead = 2; // seconds of room for pictures that are decoded early
    private static readonly TimeSpan MostJump = TimeSpan.FromSeconds(2);
    private readonly HlsRendition _rendition;
    private readonly HlsWallClock _clock;
    private readonly long _baseTicks; // the zero of the files' timeline, to the tick: a microsecond is a hole to some players
    private readonly int _baseScale;
    private readonly double _frame;
    private Fmp4Tracks _tracks;
    private TimeSpan? _last;

    internal HlsProgram(
        Fmp4Tracks tracks,
        IReadOnlyList<TrackFormat> formats,
        IReadOnlyList<Unit> learned,
        HlsOptions options,
        HlsWallClock clock
    )
    {
        // Sound that is announced and does not come would hold up the picture for ever.
        _tracks = tracks.Video is not null && !learned.Any(u => u.Track == tracks.AudioIndex) ? tracks.WithoutAudio() : tracks;
        _clock = clock;
        var first = learned.MinBy(u => (double)u.Timestamp / formats[u.Track].ClockRate)!;
        (_baseTicks, _baseScale) = (first.Timestamp - (long)Lead * formats[first.Track].ClockRate, formats[first.Track].ClockRate);
        var (main, index) = MainOf(_tracks);
        _frame = UsualFrame(learned, index, main.Timescale, main.IsVideo ? 0.04 : 0.02);
        var name = main.IsVideo ? HlsFile.Video : HlsFile.Audio;
        _rendition = new HlsRendition(name, main, SoundOf(_tracks), HlsTimes.PartTarget(options.Part.TotalSeconds, _frame), _frame, options)
        {
            LongestSegment = FirstSegmentLimit,
        };
    }

    /// <summary>A sentence about tracks that HLS cannot carry; null where there are none.</summary>
    public string? LeftOut => _tracks.Statement;

    /// <summary>Whole seconds that no segment exceeds.</summary>
    public int TargetDuration => _rendition.Shelf.TargetDuration;

    /// <summary>Bytes kept.</summary>
    public long Bytes => _rendition.Shelf.Bytes;

    /// <summary>Finds a rendition; null if there is none of that name.</summary>
    public HlsShelf? Find(string name) => _rendition.Shelf.Name == name ? _rendition.Shelf : null;

    /// <summary>The multivariant playlist.</summary>
    /// <param name="folder">What stands in front of the names of the media playlists.</param>
    public string Multivariant(string folder)
    {
        var (main, sound) = (_rendition.Main, _rendition.Sound);
        var rate = _rendition.Shelf.First().Rate * 8 * 1.2; // the first segment's, and a fifth for what is to come
        var variant = new HlsVariant(
            sound is null ? [main.CodecString] : [main.CodecString, sound.CodecString],
            _rendition.Shelf.Name,
            Math.Max(1, (long)rate),
            main.Width,
            main.Height,
            main.IsVideo ? 1 / _frame : 0
        );
        var text = HlsMultivariantText.Write(variant, folder);
        return LeftOut is { } statement ? $"{text}# {statement}\n" : text;
    }

    /// <inheritdoc />
    public void Dispose() => _rendition.Dispose();

    internal void Add(Unit unit)
    {
        var isVideo = unit.Track == _tracks.VideoIndex;
        if (!isVideo && unit.Track != _tracks.AudioIndex)
        {
            return;
        }
        var isMain = isVideo || _tracks.Video is null;
        var timescale = (isMain ? _rendition.Main : _rendition.Sound!).Timescale;
        var presentation = unit.Timestamp - (long)((Int128)_baseTicks * timescale / _baseScale);
        if (!isMain)
        {
            _rendition.AddSound(unit, presentation);
            return;
        }
        var time = TimeSpan.FromSeconds((double)presentation / timescale);
        if (_last is { } last && (time - last).Duration() > MostJump + TimeSpan.FromSeconds(3 * _frame))
        {
            TryGoOn(null);
        }
        _last = time;
        _rendition.Add(unit, presentation, _clock.At(unit, time));
        FixTarget();
    }

    /// <summary>Goes on after an interruption; false where the formats are others than the playlists say.</summary>
    /// <param name="tracks">The tracks there are now; null if they stayed.</param>
    internal bool TryGoOn(Fmp4Tracks? tracks)
    {
        if (tracks is not null)
        {
            tracks = _tracks.Audio is null && tracks.Video is not null ? tracks.WithoutAudio() : tracks;
            if (!IsLike(_tracks.Video, tracks.Video) || !IsLike(_tracks.Audio, tracks.Audio))
            {
                return false;
            }
            _tracks = tracks;
        }
        _last = null;
        _rendition.Interrupt(tracks is null ? null : (MainOf(tracks).Track, SoundOf(tracks)));
        FixTarget();
        return true;
    }

    /// <summary>
    /// True once there is enough to play. Players begin three parts behind the live edge and look at what comes before; hls.js stalls at once where it finds less than two segments and those three parts.
    /// </summary>
    internal bool IsReady() => TargetDuration > 0 && _rendition.Shelf.Next is { Segment: > 2 } or { Segment: 2, Part: > 3 };

    private void FixTarget()
    {
        if (TargetDuration == 0 && _rendition.Shelf.First().Seconds is > 0 and var seconds)
        {
            _rendition.Shelf.TargetDuration = HlsTimes.TargetDuration(seconds);
            _rendition.LongestSegment = HlsTimes.LongestSegment(TargetDuration);
        }
    }

    private static (Protocols.Mp4.Mp4Track Track, int Index) MainOf(Fmp4Tracks tracks) =>
        tracks.Video is { } video ? (video, tracks.VideoIndex) : (tracks.Audio!, tracks.AudioIndex);

    private static Protocols.Mp4.Mp4Track? SoundOf(Fmp4Tracks tracks) => tracks.Video is null ? null : tracks.Audio;

    private static bool IsLike(Protocols.Mp4.Mp4Track? was, Protocols.Mp4.Mp4Track? now) =>
        was?.Codec == now?.Codec && was?.Timescale == now?.Timescale;

    // The middle of the steps between presentation times: jitter and a lost picture do not move it.
    private static double UsualFrame(IReadOnlyList<Unit> learned, int track, int timescale, double otherwise)
    {
        long[] times = [.. learned.Where(u => u.Track == track).Select(u => u.Timestamp).Order()];
        long[] steps = [.. times.Zip(times.Skip(1), (a, b) => b - a).Where(s => s > 0).Order()];
        return steps.Length == 0 ? otherwise : (double)steps[steps.Length / 2] / timescale;
    }
}
