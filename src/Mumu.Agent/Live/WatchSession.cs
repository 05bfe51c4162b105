// One viewer behind the hub, watching one camera.
using System.Threading.Channels;
using Mumu.Agent.Cameras;
using Mumu.Agent.Identity;
using Mumu.Agent.Paths;
using Mumu.Agent.Uplink;
using Mumu.Media.Streams;
using Mumu.Media.Transcoding;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;
using Mumu.Signaling;

namespace Mumu.Agent.Live;

/// <summary>
/// From <c>watch_request</c> to the end. Everything reaches it through one bounded queue and is handled by one loop; candidates that come while the answer is made wait in the queue.
/// </summary>
internal sealed class WatchSession(
    string id,
    string user,
    Camera camera,
    IReadOnlyList<string> stunUrls,
    IReadOnlyList<RelayServer> relays,
    bool includeLoopback,
    WebRtcEngine engine,
    HubUplink uplink,
    DeviceIdentity identity,
    TimeProvider time
) : IDisposable
{
    /// <summary>How long a viewer may take to send its offer.</summary>
    public static readonly TimeSpan OfferLimit = TimeSpan.FromSeconds(30);

    private const string CameraGone = "The camera was removed or its settings changed.";
    private const int MaxQueue = 256;
    private readonly Channel<WatchCommand> _commands = Channel.CreateBounded<WatchCommand>(
        new BoundedChannelOptions(MaxQueue) { SingleReader = true }
    );
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private bool _isDisposed;
    private ViewerSession? _viewer;
    private StreamReading? _failures;
    private PathReader? _reader;

    /// <summary>The session as the hub named it.</summary>
    public string Id { get; } = id;

    /// <summary>Media flows, so the session can do without the hub for a while.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Queues a step. A viewer that floods its session loses it.</summary>
    public void Post(WatchCommand command)
    {
        if (!_commands.Writer.TryWrite(command))
        {
            Stop();
        }
    }

    /// <summary>Ends it at once, without a word to the viewer: the hub knows, or can't be told.</summary>
    public void Stop()
    {
        _commands.Writer.TryComplete();
        lock (_lock)
        {
            if (!_isDisposed)
            {
                // Not awaited: what wakes up must not run on the hub connection's loop.
                _ = _end.CancelAsync();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _end.Dispose();
        }
    }

    /// <summary>Runs to the end.</summary>
    public async Task RunAsync()
    {
        string? sentence = null;
        using var retired = camera.Retired.Register(() => Post(new WatchCommand.End(CameraGone)));
        await using var noOffer = time.CreateTimer(
            _ => Post(new WatchCommand.End("The viewer sent no offer in time.")),
            null,
            OfferLimit,
            Timeout.InfiniteTimeSpan
        );
        try
        {
            await foreach (var command in _commands.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
            {
                if (command is WatchCommand.Offer offer)
                {
                    noOffer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                    await AnswerAsync(offer.Sdp).ConfigureAwait(false);
                }
                else if (Handle(command) is { } reason)
                {
                    sentence = reason;
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // Stopped: nobody is left to tell.
        }
        catch (Exception e) when (e is SdpException or SourceException or ViewerLimitException)
        {
            sentence = e.Message;
        }
        catch (ObjectDisposedException) when (camera.Retired.IsCancellationRequested)
        {
            sentence = CameraGone;
        }
        await CloseViewerAsync().ConfigureAwait(false);
        if (sentence is { Length: > 0 })
        {
            uplink.TrySend(MessageTypes.EndWatch, new EndWatch(Id, sentence), SignalingJson.Wire.EndWatch);
        }
        _commands.Writer.TryComplete();
    }

    private async Task AnswerAsync(string sdp)
    {
        if (_viewer is not null && await TryRestartAsync(_viewer, sdp).ConfigureAwait(false))
        {
            return;
        }
        await CloseViewerAsync().ConfigureAwait(false);
        var viewer = await engine
            .AnswerAsync(
                new ViewerOffer(camera.Stream, sdp, stunUrls, includeLoopback)
                {
                    Relays = relays,
                    Derive = () => camera.StreamFor(ReaderFormats.OfOffer(sdp)),
                },
                _end.Token
            )
            .ConfigureAwait(false);
        _viewer = viewer;
        SendAnswer(viewer, viewer.AnswerSdp);
        _failures = camera.Stream.AddReader(new StreamFailures(message => Post(new WatchCommand.End(message))));
        _ = PumpAsync(viewer);
    }

    // A further offer of the same viewer mostly means that its network changed: then the picture goes on. Any other one begins anew.
    private async Task<bool> TryRestartAsync(ViewerSession viewer, string sdp)
    {
        try
        {
            SendAnswer(viewer, await viewer.RestartAsync(sdp).ConfigureAwait(false));
            return true;
        }
        catch (SdpException)
        {
            return false; // What is wrong with the offer, if anything, shows when it is answered from the start.
        }
    }

    private void SendAnswer(ViewerSession viewer, string sdp)
    {
        var proof = SessionProof.Sign(identity, Id, camera.Id, viewer.LocalFingerprint, viewer.RemoteFingerprint, time.GetUtcNow());
        uplink.TrySend(MessageTypes.SignalAnswer, new SignalSdp(Id, new Sdp("answer", sdp), proof), SignalingJson.Wire.SignalSdp);
    }

    // What the media session tells joins the queue, behind the answer that was just sent.
    private async Task PumpAsync(ViewerSession viewer)
    {
        await foreach (var happened in viewer.Events.ReadAllAsync().ConfigureAwait(false))
        {
            Post(new WatchCommand.Media(viewer, happened));
        }
    }

    /// <summary>Handles a step; a sentence ends the session and is told, an empty one ends it silently.</summary>
    private string? Handle(WatchCommand command)
    {
        switch (command)
        {
            case WatchCommand.Candidate { Init: null or { Candidate: null or "" } }:
                _viewer?.EndOfRemoteCandidates();
                return null;
            case WatchCommand.Candidate { Init.Candidate: { } text }:
                _viewer?.AddRemoteCandidate(text); // Junk is the viewer's loss alone.
                return null;
            case WatchCommand.Media media when media.Viewer == _viewer:
                return Handle(media.Event);
            case WatchCommand.End end:
                return end.Sentence;
            default:
                return null; // A replaced media session's last words.
        }
    }

    private string? Handle(ViewerEvent happened)
    {
        switch (happened)
        {
            case ViewerEvent.LocalCandidate local:
                Send(new IceCandidateInit(local.Candidate, local.Mid, local.MLineIndex));
                return null;
            case ViewerEvent.EndOfCandidates:
                Send(null);
                return null;
            case ViewerEvent.Connected:
                IsConnected = true;
                Join(_viewer!);
                return null;
            case ViewerEvent.Ended ended:
                return ended.Sentence;
            default:
                return null;
        }
    }

    private void Join(ViewerSession viewer)
    {
        if (_reader is not null)
        {
            return; // ICE was restarted; it is the same viewer.
        }
        _reader = new PathReader(
            "webrtc",
            viewer.Statistics.Remote ?? "",
            user,
            time.GetUtcNow(),
            () => viewer.Statistics.Bytes,
            () => Post(new WatchCommand.End("The viewer was ended by an administrator."))
        )
        {
            Packets = () => viewer.Statistics.Packets,
            Discarded = () => viewer.Statistics.Drops.Total,
        };
        camera.Readers.Add(_reader);
    }

    private void Send(IceCandidateInit? candidate) =>
        uplink.TrySend(MessageTypes.SignalIce, new SignalIce(Id, candidate), SignalingJson.Wire.SignalIce);

    private async Task CloseViewerAsync()
    {
        _failures?.Dispose();
        _failures = null;
        IsConnected = false;
        if (Interlocked.Exchange(ref _reader, null) is { } reader)
        {
            camera.Readers.Remove(reader);
        }
        if (Interlocked.Exchange(ref _viewer, null) is { } viewer)
        {
            await viewer.CloseAsync().ConfigureAwait(false);
        }
    }
}
