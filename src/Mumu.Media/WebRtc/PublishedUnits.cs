// The units of a publisher on their way from its peer to a stream.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Media.WebRtc;

/// <summary>Announces a publisher's tracks with its first key frame and passes units on; called on the loop's thread.</summary>
internal sealed class PublishedUnits(PublishedMedia media, IUnitSink sink)
{
    private bool _isAnnounced;

    /// <summary>Units passed on.</summary>
    internal long Units { get; private set; }

    internal static PublishedUnits? Of(Peer peer, IUnitSink? sink) =>
        peer.Published is { } media && sink is not null ? new PublishedUnits(media, sink) : null;

    internal void Pass(TimeSpan now)
    {
        while (media.TryReadUnit(out var track, out var made))
        {
            if (made.Data.IsEmpty || !MayPass(track, made.IsKeyFrame))
            {
                continue; // Sound before the first picture, of which nothing is known yet.
            }
            var unit = Unit.Copy(made.Data);
            (unit.Track, unit.Timestamp, unit.Arrival, unit.IsKeyFrame) = (track, made.Timestamp, now, made.IsKeyFrame);
            Units++;
            sink.Publish(unit);
        }
    }

    private bool MayPass(int track, bool isKeyFrame)
    {
        if (!_isAnnounced)
        {
            var hasVideo = media.Tracks.Any(other => other.IsVideo);
            if (!isKeyFrame || media.Tracks[track].IsVideo != hasVideo)
            {
                return false;
            }
            _isAnnounced = true;
            sink.Announce([.. media.Tracks.Select(FormatOf)]);
        }
        return true;
    }

    private TrackFormat FormatOf(IncomingTrack track, int index) =>
        track.IsVideo
            ? new TrackFormat(MediaKind.Video, track.Codec, track.ClockRate, 0, media.ConfigurationOf(index))
            : new TrackFormat(MediaKind.Audio, track.Codec, track.ClockRate, track.Codec == Codec.Opus ? 2 : track.Channels, default);
}
