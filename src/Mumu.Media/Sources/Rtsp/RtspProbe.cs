// Tries a camera: what it sends, or why it doesn't, in words.
using Mumu.Media.Units;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>Plays a camera until its first picture.</summary>
public static class RtspProbe
{
    /// <summary>
    /// Connects, plays until the first key frame (or the first sound of a camera without picture) and leaves. Returns the tracks, their parameter sets included.
    /// </summary>
    /// <exception cref="SourceException">It does not work; code and sentence say why.</exception>
    public static async Task<IReadOnlyList<TrackFormat>> ProbeAsync(
        RtspOptions options,
        TimeProvider time,
        CancellationToken cancellation
    ) => await SourceProbe.ProbeAsync(new RtspSource(options, time), cancellation).ConfigureAwait(false);
}
