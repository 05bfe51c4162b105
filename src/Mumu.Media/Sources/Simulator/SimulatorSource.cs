// The simulated camera: a source that needs no camera.
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Sources.Simulator;

/// <summary>
/// A camera that is simulated in this process: H.264 video of a moving picture with a burnt-in clock (to the millisecond, local time) and frame counter
/// (as text and as <see cref="CounterStrip"/>), each frame with a <see cref="SimulatorStamp"/>. Frames come at an even rate; when the machine is too slow, frames are left out.
/// </summary>
public sealed class SimulatorSource : ISource
{
    private const int ClockRate = 90_000;

    /// <summary>However often it is asked, key frames are at least this far apart.</summary>
    private static readonly TimeSpan LeastGroup = TimeSpan.FromSeconds(0.5);

    private readonly SimulatorOptions _options;
    private readonly TimeProvider _time;
    private int _isKeyFrameWanted;

    /// <summary>Makes a simulator.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="time">The clock that it runs by and shows; the system's where null.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public SimulatorSource(SimulatorOptions options, TimeProvider? time = null)
    {
        options.Validate();
        _options = options;
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc />
    public bool AnswersKeyFrameRequests => true;

    /// <inheritdoc />
    public void RequestKeyFrame() => Volatile.Write(ref _isKeyFrameWanted, 1);

    /// <inheritdoc />
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        var maker = new FrameMaker(_options);
        sink.Announce([new TrackFormat(MediaKind.Video, Codec.H264, ClockRate, 0, maker.Headers)]);
        var pacer = new FramePacer(_time, _options.Fps);
        var group = Math.Max(1, (long)Math.Round(_options.GroupSeconds * _options.Fps));
        var least = Math.Max(1, (long)(LeastGroup.TotalSeconds * _options.Fps));
        long? keyFrame = null;
        while (true)
        {
            var slot = await pacer.NextAsync(cancellation).ConfigureAwait(false);
            var since = slot - keyFrame;
            var isKeyFrame = since is null || since >= group || (since >= least && Interlocked.Exchange(ref _isKeyFrameWanted, 0) != 0);
            if (isKeyFrame)
            {
                keyFrame = slot;
                Volatile.Write(ref _isKeyFrameWanted, 0);
            }
            var unit = maker.Make(_time.GetLocalNow(), isKeyFrame);
            unit.Timestamp = slot * ClockRate / _options.Fps;
            unit.Arrival = _time.GetElapsedTime(0);
            sink.Publish(unit);
        }
    }
}
