// Decides where parts and segments end.
namespace Mumu.Protocols.Hls;

/// <summary>What ends before the next frame.</summary>
public enum HlsCut
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The part.</summary>
    Part,

    /// <summary>The part and its segment.</summary>
    Segment,
}

/// <summary>Where one track is cut; lengths in ticks of the track.</summary>
/// <param name="partTarget">No part is longer.</param>
/// <param name="shortestSegment">No segment that ends at a key frame is shorter.</param>
public sealed class HlsCutter(long partTarget, long shortestSegment)
{
    /// <summary>A segment this long ends before it would be longer, key frame or not.</summary>
    public long LongestSegment { get; set; } = long.MaxValue;

    /// <summary>Decides what ends before the next frame, which has come: only now it is known how long the last one lasts.</summary>
    /// <param name="part">The part's length with its last frame.</param>
    /// <param name="segment">The segment's length with its last frame.</param>
    /// <param name="frame">The last frame's length: the next one's is likely the same.</param>
    /// <param name="maySegment">The next frame is one at which a segment may begin.</param>
    public HlsCut Before(long part, long segment, long frame, bool maySegment)
    {
        if ((maySegment && segment >= shortestSegment) || segment + frame > LongestSegment)
        {
            return HlsCut.Segment;
        }
        return part >= partTarget * HlsTimes.LeastPart || part + frame > partTarget ? HlsCut.Part : HlsCut.None;
    }
}
