// From the bytes of a transport stream to a stream's sink.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.MpegTs;

namespace Mumu.Media.Sources.MpegTs;

/// <summary>
/// Takes a transport stream apart, announces its tracks and publishes its units, with times that count from the first picture (the first sound, where there is no picture). What is older than that is let go.
/// </summary>
/// <param name="sink">Where units go.</param>
public sealed class TsIntake(IUnitSink sink)
{
    private readonly TsDemuxer _demuxer = new();
    private IReadOnlyList<TsTrack> _tracks = [];
    private bool _hasVideo;
    private double? _origin; // seconds

    /// <summary>What went wrong so far.</summary>
    public TsCounters Counters => _demuxer.Counters;

    /// <summary>True once tracks were announced.</summary>
    public bool HasTracks => _tracks.Count > 0;

    /// <summary>Why there are no tracks yet, as a failure with a sentence; null where it is too early to say.</summary>
    /// <param name="what">What sends, as the sentence's subject, for example <c>The camera</c>.</param>
    public SourceException? Problem(string what)
    {
        if (HasTracks)
        {
            return null;
        }
        if (!_demuxer.HasProgram)
        {
            return new SourceException(SourceFailure.Protocol, $"{what} sends something that is not an MPEG transport stream.");
        }
        if (_demuxer.Counters.Scrambled > 0)
        {
            return new SourceException(SourceFailure.UnsupportedCodec, $"{what} sends an encrypted transport stream; send it unencrypted.");
        }
        var unusable = _demuxer.Unusable;
        return new SourceException(
            SourceFailure.UnsupportedCodec,
            unusable.Count > 0
                ? $"{what} sends {string.Join(" and ", unusable)}, which can't be passed on. Set it to H.264 or H.265 with AAC or Opus."
                : $"{what} sends a transport stream without key frame or sound."
        );
    }

    /// <summary>Takes bytes as they came, in pieces of any size.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="arrival">When they came.</param>
    public void Receive(ReadOnlySpan<byte> bytes, TimeSpan arrival)
    {
        _demuxer.Receive(bytes);
        Drain(arrival);
    }

    /// <summary>Ends what is in work: the end of a file.</summary>
    public void Flush(TimeSpan arrival)
    {
        _demuxer.Flush();
        Drain(arrival);
    }

    private void Drain(TimeSpan arrival)
    {
        while (_demuxer.TryRead(out var next))
        {
            if (next.Tracks is not null)
            {
                _tracks = next.Tracks;
                _hasVideo = _tracks.Any(track => track.IsVideo);
                sink.Announce([.. _tracks.Select(Format)]);
                continue;
            }
            var track = _tracks[next.Track];
            if (_origin is null && (track.IsVideo ? next.IsKeyFrame : !_hasVideo))
            {
                _origin = (double)next.Timestamp / track.ClockRate;
            }
            if (_origin is not { } origin || next.Timestamp - (long)Math.Round(origin * track.ClockRate) is not (>= 0 and var time))
            {
                continue;
            }
            var unit = Unit.Copy(next.Data);
            (unit.Track, unit.Timestamp, unit.Arrival, unit.IsKeyFrame) = (next.Track, time, arrival, next.IsKeyFrame);
            sink.Publish(unit);
        }
    }

    internal static TrackFormat Format(TsTrack track) =>
        new(track.IsVideo ? MediaKind.Video : MediaKind.Audio, track.Codec, track.ClockRate, Channels(track), track.Configuration);

    // ADTS may leave the channels to the stream itself; nobody makes that but with two.
    private static int Channels(TsTrack track) => track is { Codec: Codec.Aac, Channels: 0 } ? 2 : track.Channels;
}
