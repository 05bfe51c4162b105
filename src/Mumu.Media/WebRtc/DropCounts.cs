// Frames that a viewer did not get, by cause.
namespace Mumu.Media.WebRtc;

/// <summary>Why frames were left out.</summary>
/// <param name="NonReference">Frames that no other refers to, left out first on a path too narrow for the stream.</param>
/// <param name="Narrow">Ends of groups and whole groups, left out because the path was still too narrow.</param>
/// <param name="Late">Frames passed over because the viewer had fallen too far behind for another reason.</param>
public readonly record struct DropCounts(long NonReference, long Narrow, long Late)
{
    /// <summary>All of them.</summary>
    public long Total => NonReference + Narrow + Late;

    /// <summary>Adds up.</summary>
    public static DropCounts operator +(DropCounts a, DropCounts b) =>
        new(a.NonReference + b.NonReference, a.Narrow + b.Narrow, a.Late + b.Late);
}
