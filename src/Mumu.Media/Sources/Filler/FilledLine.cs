// One timeline for a camera's units and for the pictures that fill its absence.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Sources.Filler;

/// <summary>
/// Passes on what the camera publishes, or what fills in for it, never both; times go on by the clock on the wall. A camera that comes back is let in with its first key frame.
/// </summary>
internal sealed class FilledLine(IUnitSink sink, TimeProvider time) : IUnitSink
{
    private const int DefaultWidth = 1280;
    private const int DefaultHeight = 720;
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(40);
    private readonly Lock _gate = new();
    private readonly long _begin = time.GetTimestamp();
    private IReadOnlyList<TrackFormat> _tracks = [];
    private (int Width, int Height) _size = (DefaultWidth, DefaultHeight);
    private TimeSpan _offset;
    private TimeSpan _end;
    private bool _isLive;

    /// <summary>True while the camera plays.</summary>
    public bool IsLive
    {
        get
        {
            lock (_gate)
            {
                return _isLive;
            }
        }
    }

    /// <summary>False for a camera whose pictures are of another format than the filler's: readers could not go on with both.</summary>
    public bool CanFill
    {
        get
        {
            lock (_gate)
            {
                return _tracks.All(track => track.Kind != MediaKind.Video || track.Codec == Codec.H264);
            }
        }
    }

    /// <summary>The size of the camera's picture, as last seen.</summary>
    public (int Width, int Height) Size
    {
        get
        {
            lock (_gate)
            {
                return _size;
            }
        }
    }

    /// <summary>The camera's tracks; told on with its first key frame.</summary>
    public void Announce(IReadOnlyList<TrackFormat> tracks)
    {
        lock (_gate)
        {
            _tracks = tracks;
            if (_isLive)
            {
                sink.Announce(tracks);
            }
        }
    }

    /// <summary>A unit of the camera.</summary>
    public void Publish(Unit unit)
    {
        lock (_gate)
        {
            var format = _tracks[unit.Track];
            if (!_isLive && !(unit.IsKeyFrame && IsMain(unit.Track)))
            {
                unit.Release();
                return;
            }
            var at = TimeSpan.FromSeconds((double)unit.Timestamp / format.ClockRate);
            if (!_isLive)
            {
                _isLive = true;
                sink.Announce(_tracks);
                _offset = Now() - at;
            }
            if (unit.IsKeyFrame && ParameterSets.TryGetSize(format.Codec, unit.Data, out var width, out var height))
            {
                _size = (width, height);
            }
            unit.Timestamp += (long)Math.Round(_offset.TotalSeconds * format.ClockRate);
            _end = at + _offset > _end ? at + _offset : _end;
            sink.Publish(unit);
        }
    }

    /// <summary>The camera has gone.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _isLive = false;
        }
    }

    /// <summary>A picture in its place; false once the camera plays again.</summary>
    public bool Fill(Unit unit, byte[] headers, bool isFirst)
    {
        lock (_gate)
        {
            if (_isLive)
            {
                unit.Release();
                return false;
            }
            var video = Math.Max(0, _tracks.TakeWhile(track => track.Kind != MediaKind.Video).Count());
            var track = new TrackFormat(MediaKind.Video, Codec.H264, 90_000, 0, headers);
            if (isFirst)
            {
                // The same tracks as before, so that readers need not agree to anything anew.
                sink.Announce(video < _tracks.Count ? [.. _tracks.Select((t, i) => i == video ? track : t)] : [track]);
            }
            unit.Track = video < _tracks.Count ? video : 0;
            var now = Now();
            _end = now;
            unit.Timestamp = (long)(now.TotalSeconds * 90_000);
            unit.Arrival = time.GetElapsedTime(0);
            sink.Publish(unit);
            return true;
        }
    }

    private bool IsMain(int track) =>
        track == Math.Max(0, _tracks.TakeWhile(t => t.Kind != MediaKind.Video).Count()) || _tracks.All(t => t.Kind != MediaKind.Video);

    // The time on the wall, and never before what was published.
    private TimeSpan Now()
    {
        var elapsed = time.GetElapsedTime(_begin);
        return elapsed > _end + s_step || _end == default ? elapsed : _end + s_step;
    }
}
