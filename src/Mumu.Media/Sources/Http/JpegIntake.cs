// From JPEG pictures to a stream's sink.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Sources.Http;

/// <summary>Publishes pictures as units timed by their arrival, at least a tick apart. What is no whole picture is counted and left out.</summary>
internal sealed class JpegIntake(IUnitSink sink, TimeProvider time)
{
    private const int ClockRate = 90_000;
    private long? _begin;
    private long _last = -1;

    public bool HasPictures => _begin is not null;

    public long Damaged { get; private set; }

    public void Publish(ReadOnlySpan<byte> picture)
    {
        if (!JpegHeader.IsWhole(picture) || !JpegHeader.TryParse(picture, out _))
        {
            Damaged++;
            return;
        }
        var now = time.GetTimestamp();
        if (_begin is null)
        {
            _begin = now;
            var head = new byte[ParameterSets.MaxLength];
            var length = ParameterSets.Collect(Codec.Jpeg, picture, head);
            sink.Announce([new TrackFormat(MediaKind.Video, Codec.Jpeg, ClockRate, 0, head.AsMemory(0, length))]);
        }
        var unit = Unit.Copy(picture);
        unit.Timestamp = _last = Math.Max(_last + 1, (long)(time.GetElapsedTime(_begin.Value, now).TotalSeconds * ClockRate));
        (unit.Arrival, unit.IsKeyFrame) = (time.GetElapsedTime(0, now), true);
        sink.Publish(unit);
    }
}
