// The units that were made and not yet read.
namespace Mumu.Protocols.MpegTs.Tracks;

/// <summary>A growing buffer of finished units, in their order.</summary>
internal sealed class TsUnits
{
    private readonly record struct Finished(int Start, int Length, TsTrackReader Track, long Timestamp, long Decode, bool IsKeyFrame);

    private readonly List<Finished> _finished = [];
    private byte[] _bytes = new byte[16 * 1024];
    private int _read;
    private int _end;

    /// <summary>Bytes waiting.</summary>
    public int Waiting => _read == _finished.Count ? 0 : _end - _finished[_read].Start;

    /// <summary>Adds a unit of two parts.</summary>
    public void Add(TsTrackReader track, ReadOnlySpan<byte> front, ReadOnlySpan<byte> rest, long timestamp, long decode, bool isKeyFrame)
    {
        if (_read == _finished.Count)
        {
            _finished.Clear();
            (_read, _end) = (0, 0);
        }
        var length = front.Length + rest.Length;
        if (length > _bytes.Length - _end)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _end + length));
        }
        front.CopyTo(_bytes.AsSpan(_end));
        rest.CopyTo(_bytes.AsSpan(_end + front.Length));
        _finished.Add(new Finished(_end, length, track, timestamp, decode, isKeyFrame));
        _end += length;
    }

    /// <summary>Gives the next unit of a track that has an index; others are dropped.</summary>
    public bool TryRead(out TsEvent unit)
    {
        while (_read < _finished.Count)
        {
            var next = _finished[_read++];
            if (next.Track.Index is not { } index)
            {
                continue;
            }
            unit = new TsEvent
            {
                Track = index,
                Timestamp = next.Timestamp,
                DecodeTimestamp = next.Decode,
                IsKeyFrame = next.IsKeyFrame,
                Data = _bytes.AsSpan(next.Start, next.Length),
            };
            return true;
        }
        unit = default;
        return false;
    }
}
