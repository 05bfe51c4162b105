// One viewer as its signaling sees it.
using System.Threading.Channels;
using Mumu.Protocols.Ice;

namespace Mumu.Media.WebRtc;

/// <summary>A viewer's session: made by <see cref="WebRtcEngine.AnswerAsync"/>, ended by either side. Safe to use from any thread.</summary>
public sealed class ViewerSession
{
    private const int MaxEvents = 256;
    private const int MaxCandidates = 128; // told by the viewer; more are ignored

    private readonly Channel<ViewerEvent> _events = Channel.CreateBounded<ViewerEvent>(
        new BoundedChannelOptions(MaxEvents) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private readonly long _madeAt;
    private ViewerStatistics _statistics = new(false, null, 0, 0, 0, 0, 0, 0, 0, null, null);
    private Action<LoopCommandKind, object?>? _post;
    private Func<IceCandidate, bool>? _mayUse;
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

    /// <summary>The answer, with the candidates known so far.</summary>
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
        if (Interlocked.Increment(ref _candidates) <= MaxCandidates && _mayUse?.Invoke(parsed) == true)
        {
            _post?.Invoke(LoopCommandKind.AddCandidate, parsed);
        }
        else
        {
            LeaveOut();
        }
        return true;
    }

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

    /// <summary>Tells how to reach the loop, and which candidates it may be given now (names are looked up first).</summary>
    internal void Connect(Action<LoopCommandKind, object?> post, Func<IceCandidate, bool> mayUse) => (_mayUse, _post) = (mayUse, post);

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

    internal void End(string sentence, ViewerEndReason reason, ViewerStatistics last)
    {
        Publish(last with { IsConnected = false });
        Tell(new ViewerEvent.Ended(sentence, reason));
        _events.Writer.TryComplete();
        Data?.End();
        _ended.TrySetResult();
    }
}
