// The sound that comes over RTMP.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Sources.Rtmp;

/// <summary>Keeps the configuration and makes units. Milliseconds are too coarse for sound: where they agree with the samples that came, the samples count.</summary>
internal sealed class RtmpAudioTrack
{
    private const int Tolerance = 5; // milliseconds: what rounding and a coarse clock make
    private int _samples; // of an AAC frame
    private long? _next;
    private long _last = long.MinValue;

    /// <summary>What is known of the format; another object when it changes.</summary>
    internal TrackFormat? Format { get; private set; }

    /// <summary>Takes a tag; gives a unit where it held a frame that can be passed on.</summary>
    internal Unit? Take(in FlvAudioTag tag, long place, TimeSpan now)
    {
        if (tag.Content == FlvContent.Configuration)
        {
            Configure(tag);
            return null;
        }
        if (tag.Content != FlvContent.Frame || tag.Body.IsEmpty)
        {
            return null;
        }
        switch (tag.Codec)
        {
            case Codec.Pcma or Codec.Pcmu:
                Know(tag.Codec, 8000, tag.Channels, default);
                break;
            case Codec.Opus when Format?.Codec != Codec.Opus:
                Know(Codec.Opus, 48_000, 2, default);
                break;
        }
        if (Format is not { } format || format.Codec != tag.Codec)
        {
            return null; // AAC without its configuration
        }
        var unit = Unit.Copy(tag.Body);
        unit.IsKeyFrame = true;
        unit.Arrival = now;
        unit.Timestamp = _last = Place(place, format, tag.Body.Length);
        return unit;
    }

    private void Configure(in FlvAudioTag tag)
    {
        switch (tag.Codec)
        {
            case Codec.Aac when tag.Body.Length <= 64 && AacConfiguration.TryParse(tag.Body, out var aac):
                _samples = aac.SamplesPerFrame;
                Know(Codec.Aac, aac.SampleRate, aac.Channels, tag.Body);
                break;
            case Codec.Opus:
                Know(Codec.Opus, 48_000, OpusHead.TryParse(tag.Body, out var channels) ? Math.Min(channels, 2) : 2, default);
                break;
        }
    }

    private void Know(Codec codec, int clockRate, int channels, ReadOnlySpan<byte> configuration)
    {
        if (
            Format is { } known
            && (known.Codec, known.ClockRate, known.Channels) == (codec, clockRate, channels)
            && known.Configuration.Span.SequenceEqual(configuration)
        )
        {
            return;
        }
        Format = new TrackFormat(MediaKind.Audio, codec, clockRate, channels, configuration.ToArray());
        (_next, _last) = (null, long.MinValue);
    }

    private long Place(long milliseconds, TrackFormat format, int bytes)
    {
        var time = milliseconds * format.ClockRate / 1000;
        if (_next is { } next && Math.Abs(time - next) <= (long)format.ClockRate * Tolerance / 1000)
        {
            time = next;
        }
        time = Math.Max(time, _last == long.MinValue ? time : _last + 1);
        _next = format.Codec switch
        {
            Codec.Aac => time + _samples,
            Codec.Pcma or Codec.Pcmu => time + bytes / Math.Max(1, format.Channels),
            _ => null, // Opus has frames of whole milliseconds
        };
        return time;
    }
}
