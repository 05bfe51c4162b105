// All readers over HLS, and the muxers that run for them.
using Microsoft.Extensions.Logging;
using Mumu.Agent.Cameras;
using Mumu.Media.Outputs.Hls;
using Mumu.Media.Streams;
using Mumu.Media.Transcoding;
using Mumu.Media.Units;

namespace Mumu.Agent.Hls;

/// <summary>
/// Starts a path's muxer with its first reader, lets the others join it, and ends it when nobody has read for a while. It looks for that every two seconds, and only while there is a muxer: a path that nobody reads costs nothing.
/// </summary>
public sealed partial class HlsSessions : IDisposable
{
    private const int MaxSessions = 2_000;
    private static readonly TimeSpan SweepTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(15);
    private static readonly string NoPicture = $"The camera gave no picture within {ReadyLimit.TotalSeconds:0} s.";
    private readonly Lock _gate = new();
    private readonly Dictionary<Camera, HlsStream> _streams = [];
    private readonly AgentOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<HlsSessions> _logger;
    private readonly ITimer _sweep;
    private int _count;
    private bool _isDisposed;

    /// <summary>Makes it; nothing runs before the first reader.</summary>
    public HlsSessions(AgentOptions options, TimeProvider time, ILogger<HlsSessions> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _sweep = time.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Readers now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Muxers that run now, by path.</summary>
    public IReadOnlyList<(string Path, HlsMuxer Muxer)> Muxers
    {
        get
        {
            lock (_gate)
            {
                return [.. _streams.Values.Select(s => (s.Camera.Id, s.Muxer))];
            }
        }
    }

    private TimeSpan IdleLimit => TimeSpan.FromSeconds(_options.Settings.Current.Hls.IdleSeconds);

    /// <summary>Begins a session once there is something to play.</summary>
    /// <exception cref="SourceException">The source failed; the message is for people.</exception>
    /// <exception cref="HlsUnfitException">HLS can't carry the stream.</exception>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    internal async Task<HlsSession> BeginAsync(Camera camera, string key, string remote, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ReadyLimit);
        MediaStream played;
        try
        {
            played = await camera.StreamForAsync(ReaderFormats.Hls, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(NoPicture);
        }
        var stream = Join(camera, played);
        try
        {
            try
            {
                await played.WaitReadyAsync(limit.Token).ConfigureAwait(false);
                await stream.Muxer.Ready.WaitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException(NoPicture);
            }
            lock (_gate)
            {
                if (_count >= MaxSessions)
                {
                    throw new HlsUnfitException($"There are {MaxSessions} HLS readers already.");
                }
                var session = new HlsSession(stream, key, remote, _time);
                stream.Sessions.Add(session.Id, session);
                camera.Readers.Add(session.Reader);
                _count++;
                return session;
            }
        }
        finally
        {
            lock (_gate)
            {
                stream.Waiting--;
                stream.Left = _time.GetTimestamp();
            }
        }
    }

    /// <summary>Finds a reader's session; null if it is over.</summary>
    internal HlsSession? Find(string path, string id)
    {
        lock (_gate)
        {
            foreach (var stream in _streams.Values)
            {
                if (stream.Camera.Id == path && stream.Sessions.TryGetValue(id, out var session) && !stream.IsOver && !session.IsKicked)
                {
                    return session;
                }
            }
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var stream in _streams.Values)
            {
                Close(stream);
            }
            _streams.Clear();
        }
        _sweep.Dispose();
    }

    private HlsStream Join(Camera camera, MediaStream played)
    {
        HlsStream? made = null;
        HlsStream? stream;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_streams.TryGetValue(camera, out stream) || stream.IsOver || stream.Muxer.Ready.IsFaulted)
            {
                if (stream is not null)
                {
                    Close(stream);
                }
                var hls = _options.Settings.Current.Hls;
                var options = new HlsOptions
                {
                    Part = TimeSpan.FromMilliseconds(hls.PartMilliseconds),
                    Segment = TimeSpan.FromMilliseconds(hls.SegmentMilliseconds),
                    AwaitsSound = played != camera.Stream,
                };
                made = stream = new HlsStream(camera, new HlsMuxer(played, options, _time));
                _streams[camera] = stream;
                _sweep.Change(SweepTime, SweepTime);
            }
            stream.Waiting++;
        }
        if (made is not null)
        {
            made.Muxer.Start(); // not under our lock: the stream's own is taken there
            _ = TellAsync(made);
        }
        return stream;
    }

    private async Task TellAsync(HlsStream stream)
    {
        await stream.Muxer.Ready.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stream.Muxer.Program?.LeftOut is { } statement)
        {
            LogLeftOut(stream.Camera.Id, statement);
        }
    }

    private void Sweep()
    {
        lock (_gate)
        {
            foreach (var (camera, stream) in _streams.ToArray())
            {
                foreach (var session in stream.Sessions.Values.ToArray())
                {
                    if (stream.IsOver || session.IsKicked || session.Idle > IdleLimit)
                    {
                        Remove(stream, session);
                    }
                }
                var isUsed = stream.Sessions.Count + stream.Waiting > 0;
                // Who has just begun and found nothing to play has begun a session, or has gone.
                if (!isUsed && (stream.IsOver || stream.Muxer.Ready.IsFaulted || _time.GetElapsedTime(stream.Left) > SweepTime))
                {
                    Close(stream);
                    _streams.Remove(camera);
                }
            }
            if (_streams.Count == 0 && !_isDisposed)
            {
                _sweep.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Remove(HlsStream stream, HlsSession session)
    {
        if (stream.Sessions.Remove(session.Id))
        {
            stream.Camera.Readers.Remove(session.Reader);
            stream.Left = _time.GetTimestamp();
            _count--;
        }
    }

    private void Close(HlsStream stream)
    {
        foreach (var session in stream.Sessions.Values.ToArray())
        {
            Remove(stream, session);
        }
        stream.Muxer.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Path {Path} over HLS: {Statement}")]
    private partial void LogLeftOut(string path, string statement);
}
