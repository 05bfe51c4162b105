// A stream's units again, with some of its tracks transcoded.
using Microsoft.Extensions.Logging;
using Mumu.Media.Streams;
using Mumu.Media.Units;

namespace Mumu.Media.Transcoding;

/// <summary>Reads a stream while it runs, and publishes its tracks on the same timeline: as they are, or through a child.</summary>
internal sealed class TranscodedSource(MediaStream original, TranscodePlan plan, int most, TimeProvider time, ILogger logger) : ISource
{
    /// <inheritdoc />
    public bool AnswersKeyFrameRequests => plan.Video is null && original.AnswersKeyFrameRequests;

    /// <inheritdoc />
    public void RequestKeyFrame() => original.RequestKeyFrame();

    /// <inheritdoc />
    public async Task RunAsync(IUnitSink sink, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var passage = new Passage(sink, plan, most, time, logger, stop.Token);
        StreamReading reading;
        try
        {
            reading = original.AddReader(passage);
        }
        catch (ObjectDisposedException error)
        {
            throw new SourceException(SourceFailure.Stalled, "The camera was removed.", error);
        }
        try
        {
            await passage.Ended.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            reading.Dispose();
            await stop.CancelAsync().ConfigureAwait(false);
            await passage.CloseAsync().ConfigureAwait(false);
        }
    }

    private sealed class Passage(
        IUnitSink sink,
        TranscodePlan plan,
        int most,
        TimeProvider time,
        ILogger logger,
        CancellationToken cancellation
    ) : IUnitReader
    {
        private readonly Lock _gate = new(); // children publish from threads of their own
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IReadOnlyList<TrackFormat>? _original;
        private TrackFormat[] _announced = [];
        private int[] _index = []; // of the original's tracks among ours; −1 leaves one out
        private TrackTranscoder?[] _transcoders = [];
        private readonly List<Task> _running = [];
        private bool _isClosed;
        private bool _hasPlayed;

        /// <summary>Fails when this passage can't go on.</summary>
        public Task Ended => _ended.Task;

        public void OnTracks(IReadOnlyList<TrackFormat> tracks)
        {
            lock (_gate)
            {
                if (_original is { } before && !IsSameShape(before, tracks))
                {
                    End("The camera's format changed.");
                    return;
                }
                if (_original is null)
                {
                    Begin(tracks);
                }
                _original = tracks;
                for (var i = 0; i < tracks.Count; i++)
                {
                    if (_index[i] >= 0 && _transcoders[i] is null)
                    {
                        _announced[_index[i]] = tracks[i];
                    }
                }
                sink.Announce([.. _announced]);
            }
        }

        public void OnUnit(Unit unit, bool isBacklog)
        {
            if (_isClosed || _original is null || _index[unit.Track] is not (>= 0 and var index))
            {
                return;
            }
            _hasPlayed = true;
            if (_transcoders[unit.Track] is { } transcoder)
            {
                transcoder.Offer(unit);
                return;
            }
            var copy = Unit.Copy(unit.Data); // of another timeline and track
            (copy.Track, copy.Timestamp, copy.Arrival, copy.IsKeyFrame) = (index, unit.Timestamp, unit.Arrival, unit.IsKeyFrame);
            Publish(copy);
        }

        public void OnState(StreamState state, string? message)
        {
            if (state == StreamState.Failed && !_hasPlayed)
            {
                End(message ?? "The camera failed.");
            }
        }

        public async Task CloseAsync()
        {
            Task[] running;
            lock (_gate)
            {
                _isClosed = true;
                running = [.. _running];
            }
            foreach (var task in running)
            {
                await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private void Begin(IReadOnlyList<TrackFormat> tracks)
        {
            _index = new int[tracks.Count];
            _transcoders = new TrackTranscoder?[tracks.Count];
            var announced = new List<TrackFormat>();
            for (var i = 0; i < tracks.Count; i++)
            {
                var template = plan.Of(tracks, i);
                if (plan.IsAlone && template is null)
                {
                    _index[i] = -1;
                    continue;
                }
                _index[i] = announced.Count;
                if (template is not { } wanted)
                {
                    announced.Add(tracks[i]);
                    continue;
                }
                announced.Add(TranscodeArguments.FormatOf(wanted, tracks[i]));
                var transcoder = new TrackTranscoder(wanted, tracks[i], _index[i], most, Publish, time, logger);
                _transcoders[i] = transcoder;
                _running.Add(Task.Run(() => transcoder.RunAsync(cancellation), CancellationToken.None));
            }
            _announced = [.. announced];
        }

        private void Publish(Unit unit)
        {
            lock (_gate)
            {
                if (!_isClosed)
                {
                    sink.Publish(unit);
                    return;
                }
            }
            unit.Release();
        }

        private void End(string reason) => _ended.TrySetException(new SourceException(SourceFailure.Stalled, reason));

        // New parameter sets of a track that is passed on are no matter; a child was told the format when it began.
        private bool IsSameShape(IReadOnlyList<TrackFormat> before, IReadOnlyList<TrackFormat> now)
        {
            if (before.Count != now.Count)
            {
                return false;
            }
            for (var i = 0; i < now.Count; i++)
            {
                var isSame = before[i] with { Configuration = default } == now[i] with { Configuration = default };
                var isTold = _transcoders[i] is null || before[i].Configuration.Span.SequenceEqual(now[i].Configuration.Span);
                if (!isSame || !isTold)
                {
                    return false;
                }
            }
            return true;
        }
    }
}
