// The state of one rendition's media playlist: what is listed, what is kept, what a client may wait for.
namespace Mumu.Protocols.Hls;

/// <summary>What became of a wish to see a place of the playlist (RFC 8216bis §6.2.5.2).</summary>
public enum HlsReach
{
    /// <summary>It is there.</summary>
    Reached,

    /// <summary>It will be.</summary>
    Ahead,

    /// <summary>It is too far ahead to wait for.</summary>
    TooFar,
}

/// <summary>
/// A live media playlist of fMP4 parts and segments. The owner adds parts and ends segments; segments leave the list when it is long enough, and are kept a while longer for clients that have seen them. Not safe for several threads.
/// </summary>
/// <param name="name">The rendition's name, which begins the names of its files.</param>
/// <param name="partTarget">Seconds no part exceeds.</param>
/// <param name="maxBytes">About how many bytes may be kept; at least three segments are.</param>
/// <typeparam name="TContent">What the owner keeps of a part.</typeparam>
public sealed class HlsPlaylist<TContent>(string name, double partTarget, long maxBytes)
{
    /// <summary>Target durations that a client may be behind and still be given a delta update.</summary>
    internal const int SkipTargets = 6;

    private const int ListTargets = 8;
    private const int LeastSegments = 3;
    private const int MaxAhead = 2;
    private const int MaxPart = 10_000;
    private readonly List<HlsSegment<TContent>> _kept = [];
    private int _firstListed;
    private long _bytes;
    private int _initialization;
    private bool _isDiscontinuous;

    /// <summary>The rendition's name.</summary>
    public string Name => name;

    /// <summary>Seconds no part exceeds.</summary>
    public double PartTarget => partTarget;

    /// <summary>EXT-X-TARGETDURATION; 0 until the first segment is complete or the owner has said it.</summary>
    public int TargetDuration { get; set; }

    /// <summary>True as long as every segment begins with a picture at which decoding can start.</summary>
    public bool IsIndependent { get; private set; } = true;

    /// <summary>Discontinuities that have left the list.</summary>
    public long DiscontinuitySequence { get; private set; }

    /// <summary>Changes with every change of the list.</summary>
    public long Version { get; private set; }

    /// <summary>Bytes of all parts that are kept.</summary>
    public long Bytes => _bytes;

    /// <summary>The segments in the list; the last may be growing.</summary>
    public IEnumerable<HlsSegment<TContent>> Listed => _kept.Skip(_firstListed);

    /// <summary>The last segment; null before the first.</summary>
    public HlsSegment<TContent>? Last => _kept.Count > 0 ? _kept[^1] : null;

    /// <summary>True where the next part begins a segment.</summary>
    public bool NeedsSegment => Last is null or { IsComplete: true };

    /// <summary>The place of the next part: the segment's number and the part's index.</summary>
    public (long Segment, int Part) Next =>
        Last is { IsComplete: false } open ? (open.Number, open.Parts.Count) : ((Last?.Number ?? -1) + 1, 0);

    /// <summary>Begins a segment.</summary>
    /// <param name="begins">The wall clock at its beginning.</param>
    /// <param name="isIndependent">It begins where decoding can start.</param>
    public void BeginSegment(DateTimeOffset begins, bool isIndependent)
    {
        IsIndependent &= isIndependent;
        _kept.Add(new HlsSegment<TContent>(Next.Segment, _initialization, begins, _isDiscontinuous));
        _isDiscontinuous = false;
    }

    /// <summary>Adds a part to the segment that grows.</summary>
    public void Add(HlsPart<TContent> part)
    {
        Last!.Add(part);
        _bytes += part.Bytes;
        Version++;
    }

    /// <summary>Completes the segment that grows, where there is one, and gives up what is no longer needed.</summary>
    /// <param name="removed">Gets the segments nobody may ask for any more.</param>
    public void EndSegment(ICollection<HlsSegment<TContent>> removed)
    {
        if (NeedsSegment)
        {
            return;
        }
        Last!.IsComplete = true;
        Version++;
        var listed = Listed.Sum(s => s.Seconds);
        while (
            _kept.Count - _firstListed > LeastSegments
            && (listed - _kept[_firstListed].Seconds >= (double)ListTargets * TargetDuration || ListedBytes > maxBytes)
        )
        {
            listed -= _kept[_firstListed].Seconds;
            DiscontinuitySequence += _kept[_firstListed].IsDiscontinuous ? 1 : 0;
            _firstListed++;
        }
        // A segment that left the list stays as long as the list is, for clients with an older one (§6.2.2).
        while (_firstListed > 0 && (_bytes > maxBytes || _kept.Take(_firstListed).Skip(1).Sum(s => s.Seconds) > listed))
        {
            _bytes -= _kept[0].Bytes;
            removed.Add(_kept[0]);
            _kept.RemoveAt(0);
            _firstListed--;
        }
    }

    private long ListedBytes => Listed.Sum(s => s.Bytes);

    /// <summary>What comes does not go on from what was; ends no segment by itself.</summary>
    /// <param name="initialization">The number of the initialization segment that counts from now on.</param>
    public void Discontinue(int initialization)
    {
        _isDiscontinuous = _kept.Count > 0;
        _initialization = initialization;
    }

    /// <summary>Gives up everything.</summary>
    /// <param name="removed">Gets all segments.</param>
    public void Clear(ICollection<HlsSegment<TContent>> removed)
    {
        _kept.ForEach(removed.Add);
        _kept.Clear();
        (_firstListed, _bytes) = (0, 0);
    }

    /// <summary>Finds a segment that is kept, complete or not.</summary>
    public HlsSegment<TContent>? Find(long number) =>
        _kept.Count > 0 && number - _kept[0].Number is >= 0 and var at && at < _kept.Count ? _kept[(int)at] : null;

    /// <summary>Tells whether a place is in the list. A part beyond its segment's last is the first of the next segment.</summary>
    /// <param name="segment">The segment's number.</param>
    /// <param name="part">The part's index; null asks for the whole segment.</param>
    public HlsReach Reach(long segment, int? part)
    {
        var next = Next;
        if (segment > next.Segment + MaxAhead || part > MaxPart || segment < 0 || part < 0)
        {
            return HlsReach.TooFar;
        }
        if (part is { } index && Find(segment) is { } found && (index < found.Parts.Count || !found.IsComplete))
        {
            return index < found.Parts.Count ? HlsReach.Reached : HlsReach.Ahead;
        }
        if (part is null)
        {
            return segment < next.Segment ? HlsReach.Reached : HlsReach.Ahead;
        }
        return segment + 1 < next.Segment || (segment + 1 == next.Segment && next.Part > 0) ? HlsReach.Reached : HlsReach.Ahead;
    }
}
