// A camera that plays a clip for ever.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Interop.Tests.WebRtc;

internal sealed class LoopedClip(Clip clip) : ISource
{
    private const int ClockRate = 90_000;

    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        sink.Announce([new TrackFormat(MediaKind.Video, clip.Codec, ClockRate, 0, default)]);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / Clip.Fps));
        var head = new byte[ParameterSets.MaxLength];
        for (long i = 0; ; i++)
        {
            var frame = clip.Frames[(int)(i % clip.Frames.Count)];
            var unit = Unit.Copy(frame);
            unit.Timestamp = i * ClockRate / Clip.Fps;
            unit.Arrival = TimeProvider.System.GetElapsedTime(0);
            unit.IsKeyFrame = ParameterSets.Collect(clip.Codec, frame, head) > 0;
            sink.Publish(unit);
            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    public void RequestKeyFrame()
    {
        // A recording has those it has.
    }
}
