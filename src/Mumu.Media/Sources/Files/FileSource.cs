// A file as a camera: played at its own pace, over and over.
using Mumu.Media.Units;

namespace Mumu.Media.Sources.Files;

/// <summary>Plays an MP4 file or a transport stream in a loop. Time goes on over the loop's seam.</summary>
/// <param name="folder">Where files may lie.</param>
/// <param name="name">Which one.</param>
/// <param name="time">The clock it is paced by.</param>
public sealed class FileSource(MediaFolder folder, string name, TimeProvider time) : ISource
{
    /// <summary>Who is later than this goes on from now instead of hurrying after.</summary>
    private static readonly TimeSpan s_late = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        for (var loop = 0.0; ; )
        {
            using var file = MediaFile.Open(folder.Open(name));
            if (file.Tracks.Count == 0)
            {
                throw new SourceException(
                    SourceFailure.UnsupportedCodec,
                    $"“{name}” has nothing that can be played: pictures may be H.264, H.265, VP9 or AV1, sound AAC or Opus."
                );
            }
            sink.Announce(file.Tracks);
            var end = 0.0;
            while (file.TryRead(out var next))
            {
                start = await WaitAsync(start, loop + next.Due, cancellation).ConfigureAwait(false);
                if (next.Data.IsEmpty)
                {
                    continue;
                }
                var unit = Unit.Copy(next.Data.Span);
                unit.Track = next.Track;
                unit.Timestamp = next.Time + (long)Math.Round(loop * file.Tracks[next.Track].ClockRate);
                (unit.Arrival, unit.IsKeyFrame) = (time.GetElapsedTime(0), next.IsKeyFrame);
                sink.Publish(unit);
                end = Math.Max(end, next.End);
            }
            if (end <= 0)
            {
                throw new SourceException(SourceFailure.Protocol, $"“{name}” is empty or damaged: nothing in it can be played.");
            }
            loop += end;
        }
    }

    /// <inheritdoc />
    public void RequestKeyFrame()
    {
        // A file has its key frames where they are.
    }

    /// <summary>Waits until so many seconds after the start; gives the start, moved on if we are late.</summary>
    private async ValueTask<long> WaitAsync(long start, double seconds, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var wait = TimeSpan.FromSeconds(seconds) - time.GetElapsedTime(start);
        if (wait < -s_late)
        {
            return start + (long)(-wait.TotalSeconds * time.TimestampFrequency);
        }
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), time, cancellation).ConfigureAwait(false);
        }
        return start;
    }
}
