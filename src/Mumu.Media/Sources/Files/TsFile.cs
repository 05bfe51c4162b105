// A transport stream in a file.
using Mumu.Media.Sources.MpegTs;
using Mumu.Media.Units;
using Mumu.Protocols.MpegTs;

namespace Mumu.Media.Sources.Files;

/// <summary>Reads a transport stream; times count from its first picture, or from its first sound where it has no picture.</summary>
internal sealed class TsFile : MediaFile
{
    private readonly FileStream _stream;
    private readonly TsDemuxer _demuxer = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Dictionary<int, (double Due, double Step)> _last = [];
    private TrackFormat[] _tracks = [];
    private byte[] _data = [];
    private double? _origin;
    private bool _isFlushed;

    public TsFile(FileStream stream)
    {
        _stream = stream;
        while (_tracks.Length == 0 && TryFill())
        {
            if (_demuxer.TryRead(out var first) && first.Tracks is { } tracks)
            {
                _tracks = [.. tracks.Select(TsIntake.Format)];
            }
        }
    }

    public override IReadOnlyList<TrackFormat> Tracks => _tracks;

    public override bool TryRead(out FileUnit unit)
    {
        while (true)
        {
            while (_demuxer.TryRead(out var next))
            {
                if (next.Tracks is null && next.Track < _tracks.Length && TryTake(next, out unit))
                {
                    return true;
                }
            }
            if (!TryFill())
            {
                unit = default;
                return false;
            }
        }
    }

    public override void Dispose() => _stream.Dispose();

    private bool TryTake(in TsEvent next, out FileUnit unit)
    {
        var format = _tracks[next.Track];
        var due = (double)next.DecodeTimestamp / format.ClockRate;
        var isMain = format.Kind == MediaKind.Video ? next.IsKeyFrame : _tracks.All(track => track.Kind == MediaKind.Audio);
        _origin ??= isMain ? (double)next.Timestamp / format.ClockRate : null;
        unit = default;
        if (_origin is not { } origin || next.Timestamp - (long)Math.Round(origin * format.ClockRate) is not (>= 0 and var time))
        {
            return false;
        }
        due -= origin;
        var step = _last.TryGetValue(next.Track, out var last) && due > last.Due ? due - last.Due : last.Step;
        _last[next.Track] = (due, step);
        if (_data.Length < next.Data.Length)
        {
            _data = new byte[next.Data.Length * 2];
        }
        next.Data.CopyTo(_data);
        unit = new FileUnit(
            next.Track,
            time,
            due,
            (double)time / format.ClockRate + step,
            next.IsKeyFrame,
            _data.AsMemory(0, next.Data.Length)
        );
        return true;
    }

    private bool TryFill()
    {
        var read = _stream.Read(_buffer);
        if (read > 0)
        {
            _demuxer.Receive(_buffer.AsSpan(0, read));
            return true;
        }
        if (_isFlushed)
        {
            return false;
        }
        _isFlushed = true;
        _demuxer.Flush();
        return true;
    }
}
