// A source with someone looking on: passes everything through and notes how it goes.
using Mumu.Media.Units;

namespace Mumu.Agent.Cameras;

/// <summary>Wraps a camera's source so that announcements, the first key frame and the failure reach <see cref="CameraHealth"/>.</summary>
internal sealed class ObservedSource(ISource inner, CameraHealth health) : ISource
{
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        try
        {
            await inner.RunAsync(new ObservedSink(sink, health), cancellation).ConfigureAwait(false);
        }
        catch (SourceException failure) when (!cancellation.IsCancellationRequested)
        {
            health.Failed(failure);
            throw;
        }
        finally
        {
            health.Ended();
        }
    }

    public void RequestKeyFrame() => inner.RequestKeyFrame();

    /// <inheritdoc />
    public bool AnswersKeyFrameRequests => inner.AnswersKeyFrameRequests;

    private sealed class ObservedSink(IUnitSink sink, CameraHealth health) : IUnitSink
    {
        private bool _played;

        public void Announce(IReadOnlyList<TrackFormat> tracks)
        {
            health.Announced(tracks);
            sink.Announce(tracks);
        }

        public void Publish(Unit unit)
        {
            if (!_played && unit.IsKeyFrame)
            {
                _played = true;
                health.Played();
            }
            sink.Publish(unit);
        }
    }
}
