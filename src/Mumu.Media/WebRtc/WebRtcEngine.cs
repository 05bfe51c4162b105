// The WebRTC engine: answers viewers and sends them streams, answers publishers and takes theirs.
using System.Net;
using Microsoft.Extensions.Logging;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Media.WebRtc.Relays;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Receiving;

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
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ViewerLoop[] _loops = [];
    private int[] _load = [];
    private int _viewers;
    private int _tag;

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
        _load = new int[loops.Count];
        _loops = [.. loops];
        foreach (var loop in _loops)
        {
            loop.Start();
        }
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
            return Admit(offer, remote);
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

    private ViewerSession Admit(ViewerOffer offer, RemoteOffer remote)
    {
        var tracks = new StreamTracks(offer.Stream?.Tracks ?? []);
        var plan = Plan(remote, tracks, offer);
        var number = Array.IndexOf(_load, _load.Min());
        var loop = _loops[number];
        var tag = (uint)Interlocked.Increment(ref _tag);
        var now = _time.GetElapsedTime(0);
        var peer = new Peer(remote, plan, tracks.Tracks, PeerOptions(tag, now), now);
        PacketizedStream? shared = null;
        try
        {
            var tcpHosts = LocalBases.AddTo(peer, remote, loop, offer.IncludeLoopback);
            peer.Tick(now);
            while (peer.TryRead(out _))
            {
                // The candidates found so far stand in the answer.
            }
            var session = new ViewerSession(
                Guid.NewGuid().ToString("n"),
                peer.Answer(remote, plan, isComplete: offer.StunUrls.Count + offer.Relays.Count == 0),
                LocalFingerprint,
                Convert.ToHexStringLower(remote.Fingerprint),
                peer.TransportMid,
                peer.TransportSection,
                _time
            )
            {
                Data = peer.Data is { } channels ? new ViewerData(channels.MaxMessageBytes) : null,
            };
            shared = offer.Stream is { } stream ? _streams.Acquire(stream, tracks, loop) ?? throw Busy() : null;
            var published = PublishedUnits.Of(peer, offer.Publishes);
            var viewer = new Viewer(session, peer, shared, published, FeedTrack.Of(peer, tracks), tag, tcpHosts, _options);
            session.Data?.Connect(request => loop.Post(new LoopCommand(LoopCommandKind.Data, viewer, request)));
            if (!loop.TryPost(new LoopCommand(LoopCommandKind.AddViewer, viewer)))
            {
                throw Busy();
            }
            Interlocked.Increment(ref _load[number]);
            session.Connect(
                (kind, detail) => loop.TryPost(new LoopCommand(kind, viewer, detail)),
                candidate => _lookups.Prepare(candidate, viewer, loop),
                further => Plan(further, viewer.Source?.Tracks ?? tracks, offer)
            );
            _lookups.Begin(offer, remote, viewer, loop);
            LogAnswered(session.Id, offer.Stream?.Name ?? "what it publishes");
            return session;
        }
        catch
        {
            peer.Dispose();
            if (shared is not null)
            {
                _streams.Release(shared, loop);
            }
            throw;
        }
    }

    private static AnswerPlan Plan(RemoteOffer remote, StreamTracks tracks, ViewerOffer offer)
    {
        var receives = offer.Publishes is null ? null : PublishedMedia.AllCodecs;
        var isPlanned = AnswerPlan.TryMake(remote, tracks.Tracks, out var plan, out var error, offer.AcceptsData, receives);
        return isPlanned ? plan! : throw new SdpException(error);
    }

    private PeerOptions PeerOptions(uint tag, TimeSpan now) =>
        new()
        {
            Certificate = _certificate,
            Random = CryptoRandom.Instance,
            TransactionTag = tag,
            NtpAtZero = NtpClock.AtZero(_time.GetUtcNow(), now),
            MaxDatagram = _options.MaxPacketBytes,
            ConnectTimeout = _options.ConnectTimeout,
            MayTry = _lookups.MayTry,
        };

    private void OnEnded(Viewer viewer, int loop) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                Interlocked.Decrement(ref _load[loop]);
                if (viewer.Source is { } source)
                {
                    _streams.Release(source, _loops[loop]);
                }
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

    private static ViewerLimitException Busy() => new("This server is too busy for another viewer at the moment.");

    [LoggerMessage(Level = LogLevel.Information, Message = "WebRTC listens on UDP {First} to {Last}")]
    private partial void LogStarted(int first, int last);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Viewer {Viewer} of {Stream} was answered")]
    private partial void LogAnswered(string viewer, string stream);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Viewer {Viewer} ended")]
    private partial void LogEnded(string viewer);
}
