// One track through ffmpeg, kept running.
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Mjpeg;
using Mumu.Protocols.MpegTs;

namespace Mumu.Media.Transcoding;

/// <summary>
/// Feeds the units of one track to a child and publishes what comes out, on the same timeline. A child that fails is started again with back-off; meanwhile its track is silent and the others go on.
/// </summary>
internal sealed partial class TrackTranscoder(
    TranscodeTemplate template,
    TrackFormat input,
    int track,
    int most,
    Action<Unit> publish,
    TimeProvider time,
    ILogger logger
)
{
    /// <summary>Units that may wait for the child.</summary>
    private const int MaxWaiting = 512;

    /// <summary>The child's clock begins here, so that what an encoder puts in front is not before zero. Seconds.</summary>
    private const int Lead = 10;

    /// <summary>How long a child may take units and give nothing.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Channel<Unit> _waiting = Channel.CreateBounded<Unit>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );
    private readonly TrackFormat _output = TranscodeArguments.FormatOf(template, input);
    private bool _needsKey = true; // for the child, on the writer's side
    private bool _isOverrun; // on the stream's thread
    private long _base; // input ticks at which the child's clock is at Lead
    private TimeSpan _lag; // arrival minus media time of the last unit in
    private long _lastIn;
    private long _lastOut = long.MinValue;
    private long _fed;
    private long _made;

    /// <summary>Hands a unit over; on the stream's thread, never blocks. When the child is too slow, units are left out up to the next key frame.</summary>
    public void Offer(Unit unit)
    {
        if (template == TranscodeTemplate.Stills && !unit.IsKeyFrame)
        {
            return;
        }
        if (_isOverrun && !unit.IsKeyFrame)
        {
            return;
        }
        unit.AddReference();
        _isOverrun = !_waiting.Writer.TryWrite(unit);
        if (_isOverrun)
        {
            unit.Release();
        }
    }

    /// <summary>Runs children until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var retry = new RetryDelay(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), Random.Shared);
        try
        {
            while (true)
            {
                try
                {
                    await RunOnceAsync(cancellation).ConfigureAwait(false);
                }
                catch (Exception error) when (error is SourceException or IOException && !cancellation.IsCancellationRequested)
                {
                    if (_made > 0)
                    {
                        retry.Reset();
                    }
                    var wait = retry.Next();
                    LogFailed(template, error.Message, wait.TotalSeconds);
                    await Task.Delay(wait, time, cancellation).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _waiting.Writer.TryComplete();
            while (_waiting.Reader.TryRead(out var unit))
            {
                unit.Release();
            }
        }
    }

    private async Task RunOnceAsync(CancellationToken cancellation)
    {
        await _waiting.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false);
        var header =
            MatroskaWriter.Header(input)
            ?? throw new SourceException(SourceFailure.UnsupportedCodec, $"{input.Codec} can't be transcoded.");
        (_needsKey, _fed, _made) = (true, 0, 0);
        var child = FfmpegChild.Start(TranscodeArguments.Of(template, input), most);
        await using (child.ConfigureAwait(false))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task[] parts = [FeedAsync(child, header, stop.Token), ReadAsync(child, stop.Token), WatchAsync(child, stop.Token)];
            var first = await Task.WhenAny(parts).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await child.DisposeAsync().ConfigureAwait(false); // reading from its pipes ends with it
            foreach (var part in parts)
            {
                await part.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            cancellation.ThrowIfCancellationRequested();
            if (first.Exception?.InnerException is SourceException failure)
            {
                throw failure;
            }
            throw new SourceException(
                SourceFailure.Protocol,
                child.Complaint.Length > 0 ? $"ffmpeg ended: {child.Complaint}" : "ffmpeg ended."
            );
        }
    }

    private async Task FeedAsync(FfmpegChild child, byte[] header, CancellationToken cancellation)
    {
        await child.Input.WriteAsync(header, cancellation).ConfigureAwait(false);
        var head = new byte[MatroskaWriter.MaxClusterHead];
        while (true)
        {
            var unit = await _waiting.Reader.ReadAsync(cancellation).ConfigureAwait(false);
            try
            {
                if (_needsKey && !unit.IsKeyFrame)
                {
                    continue;
                }
                if (_needsKey)
                {
                    (_needsKey, _base) = (false, unit.Timestamp);
                }
                var since = unit.Timestamp - _base;
                var at = (long)((Int128)since * MatroskaWriter.TicksPerSecond / input.ClockRate) + Lead * MatroskaWriter.TicksPerSecond;
                _lag = unit.Arrival - TimeSpan.FromSeconds((double)unit.Timestamp / input.ClockRate);
                Volatile.Write(ref _lastIn, unit.Timestamp);
                var length = MatroskaWriter.Cluster(at, unit.IsKeyFrame, unit.Length, head);
                await child.Input.WriteAsync(head.AsMemory(0, length), cancellation).ConfigureAwait(false);
                await child.Input.WriteAsync(unit.Memory, cancellation).ConfigureAwait(false);
                await child.Input.FlushAsync(cancellation).ConfigureAwait(false);
                Interlocked.Increment(ref _fed);
            }
            finally
            {
                unit.Release();
            }
        }
    }

    private async Task ReadAsync(FfmpegChild child, CancellationToken cancellation)
    {
        var demuxer = new TsDemuxer();
        var pictures = new MixedReplaceReader("ffmpeg");
        var buffer = new byte[64 * 1024];
        for (int read; (read = await child.Output.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; )
        {
            if (_output.Codec == Protocols.Codecs.Codec.Jpeg)
            {
                pictures.Receive(buffer.AsSpan(0, read));
                while (pictures.TryRead(out var picture))
                {
                    // JPEG has no times of its own: it shows the newest that went in.
                    var shown = (long)((Int128)Volatile.Read(ref _lastIn) * _output.ClockRate / input.ClockRate);
                    Give(picture, shown, isKeyFrame: true);
                }
                continue;
            }
            demuxer.Receive(buffer.AsSpan(0, read));
            while (demuxer.TryRead(out var next))
            {
                if (next.Tracks is null)
                {
                    Give(next.Data, Moment(next.Timestamp), next.IsKeyFrame);
                }
            }
        }
    }

    // From the child's clock back onto the stream's timeline, in ticks of the output.
    private long Moment(long timestamp)
    {
        var since = timestamp - (long)Lead * _output.ClockRate;
        return (long)((Int128)_base * _output.ClockRate / input.ClockRate) + since;
    }

    private void Give(ReadOnlySpan<byte> data, long timestamp, bool isKeyFrame)
    {
        if (timestamp < 0)
        {
            return; // what an encoder puts in front of the first sound
        }
        _lastOut = Math.Max(timestamp, _lastOut + 1);
        var unit = Unit.Copy(data);
        (unit.Track, unit.Timestamp, unit.IsKeyFrame) = (track, _lastOut, isKeyFrame);
        // As if it had come when its original came: readers align sound and picture by arrival.
        unit.Arrival = TimeSpan.FromSeconds((double)_lastOut / _output.ClockRate) + _lag;
        Interlocked.Increment(ref _made);
        publish(unit);
    }

    private async Task WatchAsync(FfmpegChild child, CancellationToken cancellation)
    {
        var (fed, made) = (0L, 0L);
        while (true)
        {
            await Task.Delay(s_patience, time, cancellation).ConfigureAwait(false);
            var (fedNow, madeNow) = (Interlocked.Read(ref _fed), Interlocked.Read(ref _made));
            if (fedNow > fed + 10 && madeNow == made && template != TranscodeTemplate.Stills)
            {
                throw new SourceException(SourceFailure.Stalled, "ffmpeg takes units and gives nothing.");
            }
            if (!child.IsWithinMemory)
            {
                throw new SourceException(SourceFailure.Stalled, "ffmpeg took too much memory and was ended.");
            }
            (fed, made) = (fedNow, madeNow);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Transcoding to {Template} failed: {Reason} Next attempt in {Seconds:F1} s.")]
    private partial void LogFailed(TranscodeTemplate template, string reason, double seconds);
}
