// Turns units into tags.
using Mumu.Media.Units;
using Mumu.Protocols.Mp4;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Outputs.Rtmp;

/// <summary>Writes the units of one stream as messages, in one order and on one line of milliseconds that begins with the first of them. For one thread.</summary>
internal sealed class RtmpTagWriter(uint streamId)
{
    private const int UsualDuration = 3000; // ticks of 90 kHz
    private DecodeTimes _decode = new(0, UsualDuration);
    private RtmpTracks _tracks = new([]);
    private long? _zero;
    private long _videoTime; // milliseconds that do not wrap; the wire has the lower 32 bits
    private long _audioTime;

    internal RtmpTracks Tracks => _tracks;

    /// <summary>Takes the tracks, at first and when they change; gives what is to be sent before their units.</summary>
    internal RtmpFrame Begin(RtmpTracks tracks)
    {
        _tracks = tracks;
        var reorder = 0;
        if (tracks.Video is { } video && Mp4Track.TryCreate(1, video.Codec, video.ClockRate, 0, video.Configuration.Span, out var known))
        {
            reorder = known.ReorderDepth ?? 0;
        }
        _decode = new DecodeTimes(reorder, UsualDuration);
        return RtmpFrame.Describe(tracks.Describe(streamId, unchecked((uint)Math.Max(_videoTime, _audioTime))));
    }

    /// <summary>Writes a unit; null if its track is not carried, or if it lies before the beginning.</summary>
    internal RtmpFrame? Write(Unit unit)
    {
        Span<byte> head = stackalloc byte[FlvVideoTag.MaxHeader];
        if (unit.Track == _tracks.VideoIndex)
        {
            var video = _tracks.Video!;
            var decoded = Milliseconds(_decode.Next(unit.Timestamp), video.ClockRate);
            var shown = Milliseconds(unit.Timestamp, video.ClockRate);
            _videoTime = Math.Max(_videoTime, Place(decoded));
            // Counted from where the picture is placed, so that it is shown when it should be even if it had to be moved.
            var composition = Math.Clamp(shown - _zero!.Value - _videoTime, -(1 << 22), 1 << 22);
            var length = FlvVideoTag.WriteHeader(head, video.Codec, isConfiguration: false, unit.IsKeyFrame, (int)composition);
            return RtmpFrame.Write(isVideo: true, unit.IsKeyFrame, streamId, unchecked((uint)_videoTime), head[..length], unit.Data);
        }
        if (unit.Track == _tracks.AudioIndex)
        {
            var audio = _tracks.Audio!;
            if (_zero is { } zero && _tracks.Video is not null && Milliseconds(unit.Timestamp, audio.ClockRate) < zero)
            {
                return null; // belongs to pictures before the one this reader begins with
            }
            _audioTime = Math.Max(_audioTime, Place(Milliseconds(unit.Timestamp, audio.ClockRate)));
            var length = FlvAudioTag.WriteHeader(head, audio.Codec, isConfiguration: false, audio.Channels);
            return RtmpFrame.Write(isVideo: false, _tracks.Video is null, streamId, unchecked((uint)_audioTime), head[..length], unit.Data);
        }
        return null;
    }

    private long Place(long milliseconds)
    {
        _zero ??= milliseconds;
        return Math.Max(0, milliseconds - _zero.Value);
    }

    private static long Milliseconds(long ticks, int clockRate) => (long)Math.Round(ticks * 1000.0 / clockRate);
}
