// One elementary stream: PES packets put together, and cut into units by what knows the codec.
namespace Mumu.Protocols.MpegTs.Tracks;

/// <summary>Follows one PID.</summary>
internal abstract class TsTrackReader(TsStream stream, TsTimeline timeline, TsUnits units)
{
    /// <summary>Largest PES packet in bytes: far above any camera's key frame.</summary>
    public const int MaxPes = 8 * 1024 * 1024;

    private byte[] _pes = new byte[4_096];
    private int _have;
    private int? _whole; // bytes of the PES packet, where its header tells
    private bool _isOpen;
    private bool _isRandomAccess;

    public TsStream Stream { get; } = stream;

    /// <summary>Its index among the announced tracks; null while it has none.</summary>
    public int? Index { get; set; }

    public long Malformed { get; protected set; }

    public long Dropped { get; protected set; }

    protected TsUnits Units { get; } = units;

    /// <summary>The track with what is known of it; null while too little is.</summary>
    public abstract TsTrack? Track { get; }

    /// <summary>Takes the payload of a packet.</summary>
    public void Push(ReadOnlySpan<byte> payload, bool starts, bool isRandomAccess)
    {
        if (starts)
        {
            Flush();
            (_isOpen, _isRandomAccess) = (true, isRandomAccess);
        }
        if (!_isOpen)
        {
            return;
        }
        if (payload.Length > MaxPes - _have)
        {
            Abandon();
            Malformed++;
            return;
        }
        if (payload.Length > _pes.Length - _have)
        {
            Array.Resize(ref _pes, Math.Min(MaxPes, Math.Max(_pes.Length * 2, _have + payload.Length)));
        }
        payload.CopyTo(_pes.AsSpan(_have));
        _have += payload.Length;
        if (_whole is null && _have >= PesHeader.Fixed && PesHeader.TryParse(_pes.AsSpan(0, _have), out var header))
        {
            _whole = header.DataLength is { } data ? header.Length + data : int.MaxValue;
        }
        if (_have >= _whole)
        {
            Flush();
        }
    }

    /// <summary>Ends the PES packet in work: the next one begins, or nothing more comes.</summary>
    public void Flush()
    {
        var (isOpen, have, whole) = (_isOpen, _have, _whole);
        (_isOpen, _have, _whole) = (false, 0, null);
        if (!isOpen || have == 0)
        {
            return;
        }
        if (!PesHeader.TryParse(_pes.AsSpan(0, have), out var header))
        {
            Malformed++;
            return;
        }
        if (whole is not int.MaxValue && have < whole)
        {
            Malformed++; // cut short
            Damage();
            return;
        }
        var end = Math.Min(have, whole ?? have);
        if (end > header.Length)
        {
            var times = TimesOf(header);
            Take(_pes.AsSpan(header.Length, end - header.Length), times, _isRandomAccess);
        }
    }

    /// <summary>A packet was lost: what is in work can't be used.</summary>
    public void Lose()
    {
        Abandon();
        Damage();
    }

    /// <summary>Forgets what reaches from PES packet to PES packet.</summary>
    public abstract void Reset();

    /// <summary>Takes the data of one PES packet, at least a byte.</summary>
    protected abstract void Take(ReadOnlySpan<byte> data, (long Presentation, long Decode)? times, bool isRandomAccess);

    /// <summary>Something of the stream is missing here.</summary>
    protected abstract void Damage();

    private void Abandon() => (_isOpen, _have, _whole) = (false, 0, null);

    private (long, long)? TimesOf(PesHeader header)
    {
        if (header.Presentation is not { } stamp)
        {
            return null;
        }
        var decode = timeline.Place(header.Decode ?? stamp);
        return (decode + (header.Decode is { } of ? TsTimeline.Difference(stamp, of) : 0), decode);
    }
}
