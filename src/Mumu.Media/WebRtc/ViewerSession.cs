// One viewer as its signaling sees it.
using System.Threading.Channels;
using Mumu.Protocols.Ice;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Media.WebRtc;

/// <summary>A session: made by <see cref="WebRtcEngine.AnswerAsync"/> or <see cref="WebRtcEngine.OfferAsync"/>, ended by either side. Safe to use from any thread.</summary>
public sealed class ViewerSession
{
    internal const string Over = "The session is over; begin a new one.";
    private const int MaxEvents = 256;
    private const int MaxCandidates = 128; // told by the viewer; more are ignored

    private readonly Channel<ViewerEvent> _events = Channel.CreateBounded<ViewerEvent>(
        new BoundedChannelOptions(MaxEvents) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly long _madeAt;
    private ViewerStatistics _statistics = new(false, null, 0, 0, 0, 0, 0, default, 0, null, null);
    private Func<LoopCommandKind, object?, bool>? _post;
    private Func<IceCandidate, bool>? _mayUse;
    private Func<RemoteOffer, AnswerPlan>? _plan;
    private int _candidates;
    private int _toldEnd;
    private volatile bool _hasLeftOut;

    internal ViewerSession(
        string id,
        string answer,
        string localFingerprint,
        string remoteFingerprint,
        string mid,
        int line,
        TimeProvider time
    )
    {
        Id = id;
        AnswerSdp = answer;
        LocalFingerprint = localFingerprint;
        RemoteFingerprint = remoteFingerprint;
        (Mid, Line) = (mid, line);
        _time = time;
        _madeAt = time.GetTimestamp();
    }

    /// <summary>A random name, unique in this engine: 32 hex digits.</summary>
    public string Id { get; }

    /// <summary>The answer, with the candidates known so far; empty where the offer was ours.</summary>
    public string AnswerSdp { get; }

    /// <summary>SHA-256 of our DTLS certificate: 64 lower-case hex digits.</summary>
    public string LocalFingerprint { get; }

    /// <summary>SHA-256 of the viewer's DTLS certificate as its offer names it: 64 lower-case hex digits. The handshake fails for any other.</summary>
    public string RemoteFingerprint { get; }

    /// <summary>What happens, in order; completes after <see cref="ViewerEvent.Ended"/>. Needs no reader.</summary>
    public ChannelReader<ViewerEvent> Events => _events.Reader;

    /// <summary>Its data channels; null if none were agreed to. Needs a reader, else the viewer is held back.</summary>
    public ViewerData? Data { get; init; }

    /// <summary>A snapshot of its figures, at most a second old.</summary>
    public ViewerStatistics Statistics => Volatile.Read(ref _statistics);

    internal string Mid { get; }

    internal int Line { get; }

    internal TimeSpan Age => _time.GetElapsedTime(_madeAt);

    /// <summary>Adds a candidate of the viewer; an empty one is end-of-candidates.</summary>
    /// <returns>False if it is junk; a well-formed one that is of no use is ignored.</returns>
    public bool AddRemoteCandidate(string candidate)
    {
        if (string.IsNullOrWhiteSpace(candidate))
        {
            EndOfRemoteCandidates();
            return true;
        }
        if (!IceCandidate.TryParse(candidate, out var parsed))
        {
            return false;
        }
        Add(parsed);
        return true;
    }

    /// <summary>
    /// Answers a further offer that restarts ICE (RFC 8829 §4.1.18): of the same certificate and for the same media, with other credentials. DTLS, SRTP and the picture go on, on the
    /// old path until a new one works.
    /// </summary>
    /// <returns>The new answer.</returns>
    /// <exception cref="SdpException">The offer can't be read, is no restart of this session, or the session is over.</exception>
    public async Task<string> RestartAsync(string offer)
    {
        if (!RemoteOffer.TryParse(offer, out var remote, out var error))
        {
            throw new SdpException(error);
        }
        var answer = await RestartAsync(new RestartRequest(remote.Credentials, remote, _plan!(remote))).ConfigureAwait(false);
        foreach (var candidate in remote.Candidates)
        {
            Add(candidate);
        }
        return answer;
    }

    /// <summary>Restarts ICE by credentials alone (RFC 9725 §4.3.3); the viewer's candidates follow by <see cref="AddRemoteCandidate"/>.</summary>
    /// <returns>Our new credentials and candidates as a fragment of SDP (RFC 8840).</returns>
    /// <exception cref="SdpException">They are no ICE credentials, or the session is over.</exception>
    public Task<string> RestartAsync(string ufrag, string password) =>
        IceCredentials.TryCreate(ufrag, password, out var credentials)
            ? RestartAsync(new RestartRequest(credentials!))
            : throw new SdpException("The fragment has no valid ICE credentials (a=ice-ufrag, a=ice-pwd).");

    /// <summary>Asks a publisher for a key frame.</summary>
    public void RequestKeyFrame() => _post?.Invoke(LoopCommandKind.RequestKeyFrame, null);

    /// <summary>The viewer has no more candidates.</summary>
    public void EndOfRemoteCandidates()
    {
        // After one was left out, the viewer may still come from an address that we were not told: then nothing is at its end.
        if (!_hasLeftOut)
        {
            _post?.Invoke(LoopCommandKind.EndOfCandidates, null);
        }
    }

    /// <summary>Says good-bye and ends the session; completes when it has ended.</summary>
    public ValueTask CloseAsync()
    {
        _post?.Invoke(LoopCommandKind.CloseViewer, null);
        return new ValueTask(_ended.Task);
    }

    /// <summary>Tells how to reach the loop, which candidates it may be given now (names are looked up first), and how to plan a further offer.</summary>
    internal void Connect(Func<LoopCommandKind, object?, bool> post, Func<IceCandidate, bool> mayUse, Func<RemoteOffer, AnswerPlan> plan) =>
        (_mayUse, _plan, _post) = (mayUse, plan, post);

    /// <summary>Notes that a candidate of the viewer can't be tried, or not yet.</summary>
    internal void LeaveOut() => _hasLeftOut = true;

    internal void Tell(ViewerEvent e) => _events.Writer.TryWrite(e);

    internal void TellCandidate(string candidate) => Tell(new ViewerEvent.LocalCandidate(candidate, Mid, Line));

    internal void TellEndOfCandidates()
    {
        if (Interlocked.Exchange(ref _toldEnd, 1) == 0)
        {
            Tell(new ViewerEvent.EndOfCandidates());
        }
    }

    internal void Publish(ViewerStatistics statistics) => Volatile.Write(ref _statistics, statistics);

    private async Task<string> RestartAsync(RestartRequest request)
    {
        if (_post?.Invoke(LoopCommandKind.Restart, request) != true)
        {
            throw new SdpException(Over);
        }
        // A loop that ends first carries nothing out any more.
        await Task.WhenAny(request.Reply, _ended.Task).ConfigureAwait(false);
        request.Refuse(Over);
        var reply = await request.Reply.ConfigureAwait(false);
        (_hasLeftOut, _candidates) = (false, 0);
        return reply;
    }

    private void Add(IceCandidate candidate)
    {
        if (Interlocked.Increment(ref _candidates) <= MaxCandidates && _mayUse?.Invoke(candidate) == true)
        {
            _post?.Invoke(LoopCommandKind.AddCandidate, candidate);
        }
        else
        {
            LeaveOut();
        }
    }

    internal void End(string sentence, ViewerEndReason reason, ViewerStatistics last)
    {
        Publish(last with { IsConnected = false });
        Tell(new ViewerEvent.Ended(sentence, reason));
        _events.Writer.TryComplete();
        Data?.End();
        _ended.TrySetResult();
    }
}
