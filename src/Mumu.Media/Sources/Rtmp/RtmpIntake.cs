// What comes over RTMP: tags in, units out.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtmp;

namespace Mumu.Media.Sources.Rtmp;

/// <summary>
/// Turns the tags of one publisher or server into units. Tracks are announced once both are known, or it is clear that there is only one; frames that come before are kept and none is lost. For one thread.
/// </summary>
internal sealed class RtmpIntake(IUnitSink sink) : IDisposable
{
    private const int MaxHeld = 512;
    private const long MaxHeldBytes = 16 << 20;
    private const long LongestWait = 1_000; // milliseconds of media
    private readonly RtmpTimeline _timeline = new();
    private readonly RtmpVideoTrack _video = new();
    private readonly RtmpAudioTrack _audio = new();
    private readonly List<(Unit Unit, bool IsVideo)> _held = [];
    private readonly List<TrackFormat> _told = [];
    private int _videoIndex = -1;
    private int _audioIndex = -1;
    private bool? _hasVideo; // as metadata says
    private bool? _hasAudio;
    private long _heldBytes;
    private long _firstHeld;

    /// <summary>Tags that were malformed, or of formats that are not carried.</summary>
    internal long Refused { get; private set; }

    /// <summary>Takes a tag of the picture; false where it holds several tracks.</summary>
    internal bool Video(uint timestamp, ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        if (!FlvVideoTag.TryParse(bytes, out var tag))
        {
            Refused++;
            return true;
        }
        var place = _timeline.Place(timestamp);
        if (tag.Content == FlvContent.Multitrack)
        {
            return false;
        }
        var before = _video.Format;
        var unit = _video.Take(tag, place, now);
        Refused += tag.Codec == Codec.Unknown || (tag.Content == FlvContent.Frame && unit is null) ? 1 : 0;
        Follow(before, _video.Format, unit, isVideo: true, place);
        return true;
    }

    /// <summary>Takes a tag of sound; false where it holds several tracks.</summary>
    internal bool Audio(uint timestamp, ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        if (!FlvAudioTag.TryParse(bytes, out var tag))
        {
            Refused++;
            return true;
        }
        var place = _timeline.Place(timestamp);
        if (tag.Content == FlvContent.Multitrack)
        {
            return false;
        }
        var before = _audio.Format;
        var unit = _audio.Take(tag, place, now);
        Refused += tag.Codec == Codec.Unknown || (tag.Content == FlvContent.Frame && unit is null) ? 1 : 0;
        Follow(before, _audio.Format, unit, isVideo: false, place);
        return true;
    }

    /// <summary>Takes <c>onMetaData</c>, which often tells which tracks will come.</summary>
    internal void Metadata(AmfValue metadata)
    {
        if (metadata.Members.Any(member => member.Name is "videocodecid" or "audiocodecid" or "width"))
        {
            _hasVideo = Tells(metadata["videocodecid"]) || metadata["width"].Number > 0;
            _hasAudio = Tells(metadata["audiocodecid"]);
        }
    }

    /// <summary>Lets go of what was kept.</summary>
    public void Dispose()
    {
        _held.ForEach(held => held.Unit.Release());
        _held.Clear();
    }

    private static bool Tells(AmfValue id) => id.Kind == AmfKind.Text ? id.Text.Length > 0 : id.Number > 0;

    private void Follow(TrackFormat? before, TrackFormat? after, Unit? unit, bool isVideo, long place)
    {
        if (_told.Count > 0 && !ReferenceEquals(before, after))
        {
            Announce(); // a format has changed, or a track came late
        }
        if (unit is null)
        {
            TryAnnounce(place);
            return;
        }
        if (_told.Count > 0)
        {
            Publish(unit, isVideo);
            return;
        }
        _firstHeld = _held.Count == 0 ? place : _firstHeld;
        _heldBytes += unit.Length;
        _held.Add((unit, isVideo));
        TryAnnounce(place);
    }

    private void TryAnnounce(long place)
    {
        var hasBoth = _video.Format is not null && _audio.Format is not null;
        var hasAll =
            (_video.Format is not null || _hasVideo == false)
            && (_audio.Format is not null || _hasAudio == false)
            && (_hasVideo, _hasAudio) != (false, false);
        var isLate = _held.Count > 0 && (place - _firstHeld >= LongestWait || _held.Count >= MaxHeld || _heldBytes >= MaxHeldBytes);
        if (_told.Count > 0 || !(hasBoth || (_held.Count > 0 && (hasAll || isLate))))
        {
            return;
        }
        Announce();
        foreach (var (unit, isVideo) in _held)
        {
            Publish(unit, isVideo);
        }
        _held.Clear();
    }

    // Once told, a track keeps its index.
    private void Announce()
    {
        Tell(_video.Format, ref _videoIndex);
        Tell(_audio.Format, ref _audioIndex);
        sink.Announce([.. _told]);
    }

    private void Tell(TrackFormat? format, ref int index)
    {
        if (format is null)
        {
            return;
        }
        if (index < 0)
        {
            index = _told.Count;
            _told.Add(format);
        }
        _told[index] = format;
    }

    private void Publish(Unit unit, bool isVideo)
    {
        unit.Track = isVideo ? _videoIndex : _audioIndex;
        sink.Publish(unit);
    }
}
