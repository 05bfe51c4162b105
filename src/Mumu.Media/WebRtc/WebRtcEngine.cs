// The WebRTC engine: answers viewers and sends them streams, answers publishers and takes theirs, and offers both to other servers.
using System.Net;
using Microsoft.Extensions.Logging;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Media.WebRtc.Relays;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Media.WebRtc;

/// <summary>
/// Serves streams to any number of viewers over WebRTC. Each loop owns a UDP socket and its viewers; each stream is packetised once.
/// </summary>
public sealed partial class WebRtcEngine : IAsyncDisposable
{
    private readonly WebRtcOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<WebRtcEngine> _logger;
    private readonly SharedStreams _streams;
    private readonly CandidateLookups _lookups;
    private readonly RelayTargets _relays;
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ViewerLoop[] _loops = [];
    private ViewerAdmission? _admission;
    private int _viewers;

    /// <summary>Makes an engine; nothing is bound before <see cref="Start"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public WebRtcEngine(WebRtcOptions options, TimeProvider time, ILogger<WebRtcEngine> logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Loops, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Loops, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPacketBytes, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxPacketBytes, 1400);
        _options = options;
        _time = time;
        _logger = logger;
        _streams = new SharedStreams(options);
        _relays = new RelayTargets(options.Bind, logger);
        _lookups = new CandidateLookups(IPAddress.IsLoopback(options.Bind), _relays, _stopping.Token);
        LocalFingerprint = Convert.ToHexStringLower(_certificate.Sha256);
    }

    /// <summary>SHA-256 of the DTLS certificate: 64 lower-case hex digits.</summary>
    public string LocalFingerprint { get; }

    /// <summary>Sessions now.</summary>
    public int Viewers => Volatile.Read(ref _viewers);

    /// <summary>The UDP ports of the loops, once started.</summary>
    public IReadOnlyList<int> Ports => [.. _loops.Select(loop => loop.Address.Port)];

    /// <summary>A snapshot of the counters.</summary>
    public WebRtcStatistics Statistics => WebRtcStatistics.Of(Viewers, _loops);

    /// <summary>Binds the sockets and starts the loops. Called once.</summary>
    /// <exception cref="IOException">A port can't be had; the message is a sentence that names it.</exception>
    public void Start()
    {
        var loops = new List<ViewerLoop>();
        try
        {
            for (var i = 0; i < _options.Loops; i++)
            {
                var number = i;
                var socket = MediaPort.Bind(_options.Bind, _options.Port == 0 ? 0 : _options.Port + i);
                var relays = new RelayContext(_ => false, new RelayFarewells(), _options.RelayRoots, _relays.MayAsk, _relays.Note);
                loops.Add(new ViewerLoop(socket, _time, $"mumu-rtc-{i}", _logger, relays, _options.Tcp, viewer => OnEnded(viewer, number)));
            }
        }
        catch
        {
            loops.ForEach(loop => loop.Dispose());
            throw;
        }
        _loops = [.. loops];
        _admission = new ViewerAdmission(_options, _time, _certificate, _streams, _lookups, _loops);
        foreach (var loop in _loops)
        {
            loop.Start();
        }
        _started.TrySetResult();
        LogStarted(_loops[0].Address.Port, _loops[^1].Address.Port);
    }

    /// <summary>Answers a viewer's or publisher's offer; waits for the stream it wants to play for at most <see cref="WebRtcOptions.StreamTimeout"/>.</summary>
    /// <exception cref="SdpException">The offer can't be answered.</exception>
    /// <exception cref="SourceException">The stream does not play.</exception>
    /// <exception cref="ViewerLimitException">There are too many viewers.</exception>
    public async Task<ViewerSession> AnswerAsync(ViewerOffer offer, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        if (!RemoteOffer.TryParse(offer.Sdp, out var remote, out var error))
        {
            throw new SdpException(error);
        }
        if (Interlocked.Increment(ref _viewers) > _options.MaxViewers)
        {
            CountOut();
            throw new ViewerLimitException($"This server already serves {_options.MaxViewers} viewers, its limit.");
        }
        try
        {
            if (offer.Stream is { } stream)
            {
                await WaitForStreamAsync(stream, cancellation).ConfigureAwait(false);
                if (offer.Derive?.Invoke() is { } derived && derived != stream)
                {
                    await WaitForStreamAsync(derived, cancellation).ConfigureAwait(false);
                    offer = offer with { Stream = derived };
                }
            }
            var session = Admission.Answer(offer, remote);
            LogAnswered(session.Id, offer.Stream?.Name ?? "what it publishes");
            return session;
        }
        catch
        {
            CountOut();
            throw;
        }
    }

    /// <summary>
    /// Offers a stream to another server, or takes what it has; waits for the stream to play for at most <see cref="WebRtcOptions.StreamTimeout"/>. The session counts as a viewer, but is not held against
    /// <see cref="WebRtcOptions.MaxViewers"/>. What <paramref name="exchange"/> throws is thrown.
    /// </summary>
    /// <exception cref="SdpException">The stream has nothing to offer, or the answer can't be used.</exception>
    /// <exception cref="SourceException">The stream does not play.</exception>
    /// <exception cref="ViewerLimitException">The engine is too busy now.</exception>
    public async Task<ViewerSession> OfferAsync(OutgoingOffer offer, OfferExchange exchange, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        Interlocked.Increment(ref _viewers);
        try
        {
            if (offer.Stream is { } stream)
            {
                await WaitForStreamAsync(stream, cancellation).ConfigureAwait(false);
            }
            await _started.Task.WaitAsync(cancellation).ConfigureAwait(false); // Cameras may begin before the engine does.
            ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
            var session = await Admission.OfferAsync(offer, exchange, cancellation).ConfigureAwait(false);
            LogOffered(session.Id, offer.Stream?.Name ?? "what the other side sends");
            return session;
        }
        catch
        {
            CountOut();
            throw;
        }
    }

    /// <summary>Ends all sessions with a good-bye and frees the ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }
        await _stopping.CancelAsync().ConfigureAwait(false);
        _started.TrySetResult();
        foreach (var loop in _loops)
        {
            loop.Post(new LoopCommand(LoopCommandKind.CloseAll));
        }
        if (Viewers > 0)
        {
            await Task.WhenAny(_empty.Task, Task.Delay(TimeSpan.FromSeconds(1), _time, CancellationToken.None)).ConfigureAwait(false);
        }
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }
        _certificate.Dispose();
        _stopping.Dispose();
    }

    private async Task WaitForStreamAsync(MediaStream stream, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        var timer = _time.CreateTimer(_ => limit.Cancel(), null, _options.StreamTimeout, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            try
            {
                await stream.WaitReadyAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && !_stopping.IsCancellationRequested)
            {
                throw new SourceException(
                    SourceFailure.Stalled,
                    stream.Message ?? $"The camera did not send a picture within {_options.StreamTimeout.TotalSeconds:0} seconds."
                );
            }
        }
    }

    private void OnEnded(Viewer viewer, int loop) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                Admission.Release(viewer, loop);
                CountOut();
                LogEnded(viewer.Session.Id);
            },
            null
        );

    private void CountOut()
    {
        if (Interlocked.Decrement(ref _viewers) == 0 && _stopping.IsCancellationRequested)
        {
            _empty.TrySetResult();
        }
    }

    private ViewerAdmission Admission => _admission ?? throw new InvalidOperationException("The engine has not been started.");

    [LoggerMessage(Level = LogLevel.Information, Message = "WebRTC listens on UDP {First} to {Last}")]
    private partial void LogStarted(int first, int last);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Viewer {Viewer} of {Stream} was answered")]
    private partial void LogAnswered(string viewer, string stream);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Session {Viewer} of {Stream} was offered and answered")]
    private partial void LogOffered(string viewer, string stream);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Viewer {Viewer} ended")]
    private partial void LogEnded(string viewer);
}
