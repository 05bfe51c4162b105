// What of a rendition is finished, where requests find it.
using Mumu.Media.Outputs.Fmp4;
using Mumu.Protocols.Hls;

namespace Mumu.Media.Outputs.Hls;

/// <summary>The playlist of a rendition with its parts. Safe for several threads; no call waits but <see cref="WaitAsync"/>.</summary>
public sealed class HlsShelf
{
    private readonly Lock _gate = new();
    private readonly HlsPlaylist<SharedBytes> _list;
    private readonly HlsPulse _pulse = new();
    private readonly List<HlsSegment<SharedBytes>> _removed = [];
    private readonly List<byte[]> _initializations = [];
    private readonly (long Version, HlsText? Text)[] _texts = new (long, HlsText?)[2];
    private int _firstInitialization;
    private bool _isClosed;

    internal HlsShelf(string name, double partTarget, long maxBytes) => _list = new HlsPlaylist<SharedBytes>(name, partTarget, maxBytes);

    /// <summary>The rendition's name.</summary>
    public string Name => _list.Name;

    /// <summary>EXT-X-TARGETDURATION.</summary>
    internal int TargetDuration
    {
        get
        {
            lock (_gate)
            {
                return _list.TargetDuration;
            }
        }
        set
        {
            lock (_gate)
            {
                _list.TargetDuration = value;
            }
        }
    }

    /// <summary>Bytes kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _list.Bytes;
            }
        }
    }

    /// <summary>The first complete segment: its length in seconds and its bytes a second; zeros before.</summary>
    internal (double Seconds, double Rate) First()
    {
        lock (_gate)
        {
            return _list.Listed.FirstOrDefault() is { IsComplete: true, Seconds: > 0 } first
                ? (first.Seconds, first.Bytes / first.Seconds)
                : (0, 0);
        }
    }

    /// <summary>The place of the next part.</summary>
    internal (long Segment, int Part) Next
    {
        get
        {
            lock (_gate)
            {
                return _list.Next;
            }
        }
    }

    /// <summary>Writes the playlist, or gives the last one again where nothing has changed; null once it is closed.</summary>
    public HlsText? Write(bool isDelta)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return null;
            }
            ref var known = ref _texts[isDelta ? 1 : 0];
            if (known.Text is null || known.Version != _list.Version)
            {
                known = (_list.Version, new HlsText(HlsPlaylistText.Write(_list, isDelta)));
            }
            return known.Text;
        }
    }

    /// <summary>Waits until a place is in the list.</summary>
    /// <param name="segment">The segment's number.</param>
    /// <param name="part">The part; null waits for the whole segment.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns><see cref="HlsReach.Ahead"/> once the rendition is closed.</returns>
    public async Task<HlsReach> WaitAsync(long segment, int? part, CancellationToken cancellation)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                var reach = _list.Reach(segment, part);
                if (reach != HlsReach.Ahead || _isClosed)
                {
                    return reach;
                }
                next = _pulse.Next;
            }
            await next.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the parts of a complete segment, each with a reference for the caller; null if there is none (any more).</summary>
    public IReadOnlyList<SharedBytes>? Segment(long number)
    {
        lock (_gate)
        {
            return _list.Find(number) is { IsComplete: true } segment ? Referenced([.. segment.Parts.Select(p => p.Content)]) : null;
        }
    }

    /// <summary>Gives a part with a reference for the caller; null if there is none (any more, or yet).</summary>
    public SharedBytes? Part(long number, int index)
    {
        lock (_gate)
        {
            return _list.Find(number) is { } segment && index < segment.Parts.Count ? Referenced([segment.Parts[index].Content])[0] : null;
        }
    }

    /// <summary>Gives an initialization segment; null if there is none of that number (any more).</summary>
    public ReadOnlyMemory<byte>? Initialization(long number)
    {
        lock (_gate)
        {
            var at = number - _firstInitialization;
            return at >= 0 && at < _initializations.Count ? _initializations[(int)at] : (ReadOnlyMemory<byte>?)null;
        }
    }

    internal void AddInitialization(byte[] bytes)
    {
        lock (_gate)
        {
            if (_initializations is [.., var last] && last.AsSpan().SequenceEqual(bytes))
            {
                return; // a source that came back as it was
            }
            _initializations.Add(bytes);
            if (_initializations.Count > 64)
            {
                _initializations.RemoveAt(0); // long out of the list
                _firstInitialization++;
            }
        }
    }

    internal void Add(HlsPart<SharedBytes> part, DateTimeOffset begins, bool endsSegment)
    {
        lock (_gate)
        {
            if (_list.NeedsSegment)
            {
                _list.BeginSegment(begins, part.IsIndependent);
            }
            _list.Add(part);
            if (endsSegment)
            {
                _list.EndSegment(_removed);
            }
            Drop();
        }
        _pulse.Beat();
    }

    internal void Discontinue(byte[]? initialization)
    {
        if (initialization is not null)
        {
            AddInitialization(initialization);
        }
        lock (_gate)
        {
            _list.EndSegment(_removed);
            _list.Discontinue(_firstInitialization + _initializations.Count - 1);
            Drop();
        }
        _pulse.Beat();
    }

    internal void Clear()
    {
        lock (_gate)
        {
            _isClosed = true;
            _list.Clear(_removed);
            Drop();
        }
        _pulse.Beat();
    }

    private void Drop()
    {
        foreach (var segment in _removed)
        {
            foreach (var part in segment.Parts)
            {
                part.Content.Release();
            }
        }
        _removed.Clear();
    }

    // Under the lock, so that nothing is dropped meanwhile.
    private static SharedBytes[] Referenced(SharedBytes[] parts)
    {
        foreach (var part in parts)
        {
            _ = part.TryAddReference();
        }
        return parts;
    }
}
