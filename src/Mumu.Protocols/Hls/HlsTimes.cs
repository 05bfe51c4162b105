// How long parts and segments are.
namespace Mumu.Protocols.Hls;

/// <summary>Lengths of parts and segments, all in seconds.</summary>
public static class HlsTimes
{
    /// <summary>What every part but the last of a segment must have of the part target (RFC 8216bis §4.4.4.9).</summary>
    public const double LeastPart = 0.85;

    private const double Highest = 0.95;
    private const double Lowest = 0.87;
    private const double Step = 0.004;

    /// <summary>
    /// Chooses the part target: the shortest from <paramref name="wanted"/> on into which a whole number of frames of every track goes so that their parts are within its bounds with room for jitter;
    /// where there is none, one picture's length is the least.
    /// </summary>
    /// <param name="wanted">The length wished.</param>
    /// <param name="frames">The usual length of a frame of each track.</param>
    public static double PartTarget(double wanted, params ReadOnlySpan<double> frames)
    {
        var longest = wanted;
        foreach (var frame in frames)
        {
            longest = Math.Max(longest, frame * 1.08);
        }
        for (var target = longest; target < longest + 0.4; target += Step)
        {
            var fits = true;
            foreach (var frame in frames)
            {
                var count = Math.Floor(target * Highest / frame);
                fits &= count >= 1 && count * frame >= target * Lowest;
            }
            if (fits)
            {
                return Math.Ceiling(target * 1000) / 1000;
            }
        }
        return Math.Ceiling(longest * 1000) / 1000;
    }

    /// <summary>The target duration after a first segment of that length: whole seconds, at least 2, so that the next ones may be a little longer.</summary>
    public static int TargetDuration(double segment) => Math.Max(2, (int)Math.Ceiling(segment - 0.3));

    /// <summary>The longest segment of a target duration: its length rounds to that (§4.4.3.1).</summary>
    public static double LongestSegment(int targetDuration) => targetDuration + 0.45;
}
