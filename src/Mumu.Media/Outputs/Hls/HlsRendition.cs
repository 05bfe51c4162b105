// A stream's pictures and sound as parts and segments.
using Mumu.Media.Outputs.Fmp4;
using Mumu.Media.Units;
using Mumu.Protocols.Hls;
using Mumu.Protocols.Mp4;

namespace Mumu.Media.Outputs.Hls;

/// <summary>
/// Cuts a stream by its main track; what there is of the sound by then goes into the same part. Called by the muxer, one call at a time; what is finished goes to the <see cref="HlsShelf"/>, from which requests are answered.
/// </summary>
internal sealed class HlsRendition : IDisposable
{
    private readonly FragmentMaker _maker;
    private readonly HlsCutter _cutter;
    private readonly long _partTarget;
    private readonly long _usual;
    private DecodeTimes _times;
    private Held? _held;
    private Held? _heldSound;
    private DateTimeOffset _partBegins;
    private long _segment;

    public HlsRendition(string name, Mp4Track main, Mp4Track? sound, double partTarget, double usualFrame, HlsOptions options)
    {
        (Main, Sound) = (main, sound);
        _usual = (long)(usualFrame * main.Timescale);
        _partTarget = (long)(partTarget * main.Timescale);
        // A key frame that comes a little early still ends the segment.
        _cutter = new HlsCutter(_partTarget, (long)(options.Segment.TotalSeconds * 0.9 * main.Timescale));
        _times = new DecodeTimes(main.ReorderDepth, _usual);
        _maker = new FragmentMaker(main, sound);
        Shelf = new HlsShelf(name, partTarget, options.MaxBytes);
        Shelf.AddInitialization(Initialization());
    }

    public HlsShelf Shelf { get; }

    public Mp4Track Main { get; private set; }

    public Mp4Track? Sound { get; private set; }

    /// <summary>The longest a segment may get, key frame or not.</summary>
    public double LongestSegment
    {
        set => _cutter.LongestSegment = (long)(value * Main.Timescale);
    }

    /// <summary>Adds a unit of the main track.</summary>
    /// <param name="unit">The unit; a reference is taken.</param>
    /// <param name="presentation">When it is shown, in ticks of the track.</param>
    /// <param name="wall">When it was there by the wall clock.</param>
    public void Add(Unit unit, long presentation, DateTimeOffset wall)
    {
        var decodeTime = _times.Next(presentation);
        if (decodeTime < 0)
        {
            return;
        }
        if (_held is { } held)
        {
            // A picture that lasts longer than a part may, since the next came late, is a part alone with its true length: a playlist that tells less than the media last leads players astray.
            var duration = Math.Clamp(decodeTime - held.DecodeTime, 1, Math.Max(_partTarget, _cutter.LongestSegment));
            if (_maker.Duration + duration > _partTarget)
            {
                EndPart(endsSegment: false); // rather a short part than one too long
            }
            Take(held, duration);
            var maySegment = unit.IsKeyFrame || !Main.IsVideo;
            var cut = _cutter.Before(_maker.Duration, _segment, duration, maySegment);
            if (cut != HlsCut.None)
            {
                EndPart(cut == HlsCut.Segment);
            }
        }
        unit.AddReference();
        _held = new Held(unit, decodeTime, presentation, wall);
    }

    /// <summary>Adds a unit of sound that goes with pictures.</summary>
    public void AddSound(Unit unit, long presentation)
    {
        if (presentation < 0 || presentation <= _heldSound?.Presentation)
        {
            return;
        }
        TakeSound(presentation - (_heldSound?.Presentation ?? 0));
        unit.AddReference();
        _heldSound = new Held(unit, presentation, presentation, default);
    }

    /// <summary>What came so far ends; what comes does not go on from it.</summary>
    /// <param name="tracks">The formats from now on; null if they stay.</param>
    public void Interrupt((Mp4Track Main, Mp4Track? Sound)? tracks = null)
    {
        TakeSound(Sound is null ? 0 : Sound.Timescale / 50);
        if (_held is { } held)
        {
            Take(held, Math.Min(_usual, _partTarget));
            EndPart(endsSegment: true);
        }
        _maker.Dispose(); // sound without a picture to go with
        if (tracks is { } now)
        {
            (Main, Sound) = now;
            _maker.Change(Main, Sound);
        }
        _times = new DecodeTimes(Main.ReorderDepth, _usual);
        Shelf.Discontinue(tracks is null ? null : Initialization());
    }

    public void Dispose()
    {
        _held?.Unit.Release();
        _heldSound?.Unit.Release();
        (_held, _heldSound) = (null, null);
        _maker.Dispose();
        Shelf.Clear();
    }

    private byte[] Initialization() => Mp4Initialization.Write(Sound is null ? [Main] : [Main, Sound]);

    private void Take(in Held held, long duration)
    {
        if (_maker.Count == 0)
        {
            _partBegins = held.Wall;
        }
        _maker.Add(isMain: true, held.Unit, held.DecodeTime, held.Presentation, (uint)duration);
        _segment += duration;
        _held = null;
    }

    private void TakeSound(long duration)
    {
        if (_heldSound is { } held)
        {
            duration = Math.Min(duration, Sound!.Timescale); // after silence on the line the next fragment's own time counts
            _maker.Add(isMain: false, held.Unit, held.DecodeTime, held.Presentation, (uint)duration);
            _heldSound = null;
        }
    }

    private void EndPart(bool endsSegment)
    {
        var (seconds, isIndependent) = ((double)_maker.Duration / Main.Timescale, _maker.IsIndependent);
        if (_maker.Make() is { } bytes)
        {
            Shelf.Add(new HlsPart<SharedBytes>(seconds, isIndependent, bytes.Length, bytes), _partBegins, endsSegment);
        }
        _segment = endsSegment ? 0 : _segment;
    }

    private readonly record struct Held(Unit Unit, long DecodeTime, long Presentation, DateTimeOffset Wall);
}
