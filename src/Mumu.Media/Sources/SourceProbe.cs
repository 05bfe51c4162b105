// Tries a source: what it sends, or why it doesn't, in words.
using Mumu.Media.Units;

namespace Mumu.Media.Sources;

/// <summary>Plays a source until its first picture.</summary>
public static class SourceProbe
{
    /// <summary>
    /// Connects, plays until the first key frame (or the first sound of a source without picture) and leaves. Returns the tracks, their parameter sets included.
    /// </summary>
    /// <exception cref="SourceException">It does not work; code and sentence say why.</exception>
    public static async Task<IReadOnlyList<TrackFormat>> ProbeAsync(ISource source, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sink = new Sink(stop);
        try
        {
            await source.RunAsync(sink, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (sink.IsDone)
        {
            return sink.Tracks;
        }
        cancellation.ThrowIfCancellationRequested();
        return sink.Tracks;
    }

    private sealed class Sink(CancellationTokenSource stop) : IUnitSink
    {
        internal IReadOnlyList<TrackFormat> Tracks { get; private set; } = [];

        internal bool IsDone { get; private set; }

        public void Announce(IReadOnlyList<TrackFormat> tracks) => Tracks = tracks;

        public void Publish(Unit unit)
        {
            var hasPicture = Tracks.Any(track => track.Kind == MediaKind.Video);
            var isPicture = Tracks[unit.Track].Kind == MediaKind.Video;
            unit.Release();
            if (isPicture || !hasPicture)
            {
                IsDone = true;
                stop.Cancel();
            }
        }
    }
}
