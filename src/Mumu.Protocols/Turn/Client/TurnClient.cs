// A TURN client as a state machine: asks a server for a relayed address, keeps it, and wraps what goes through it.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn.Client;

/// <summary>
/// One allocation at one server (RFC 8656, credentials RFC 8489 §9.2), over datagrams or a stream that the driver cuts with <see cref="StreamFrames"/>. Sans-IO: after each call take
/// what <see cref="TryTransmit"/> and <see cref="TryRead"/> have. For one thread at a time.
/// </summary>
public sealed class TurnClient
{
    private const string Released = "The relay was given back.";
    private readonly TurnClientOptions _options;
    private readonly TurnLogin _login;
    private readonly TurnTransactions _transactions;
    private readonly TurnPeers _peers;
    private readonly TurnAnswerReader _answers;
    private readonly Queue<TurnClientEvent> _events = new();
    private StunTransactionId _indication;
    private TimeSpan _refreshAt = TimeSpan.MaxValue;
    private TimeSpan _until = TimeSpan.MaxValue; // of the allocation, or of our patience while releasing
    private bool _isReleasing;

    /// <summary>Makes a client; nothing is sent before <see cref="Start"/>.</summary>
    /// <exception cref="ArgumentException">The user name is empty or too long.</exception>
    public TurnClient(TurnClientOptions options)
    {
        _options = options;
        _login = new TurnLogin(options);
        _transactions = new TurnTransactions(options, _login);
        _peers = new TurnPeers(options, _transactions);
        _answers = new TurnAnswerReader(_login);
        _indication = StunTransactionId.Create(options.Random);
    }

    /// <summary>The relayed address; null while there is none.</summary>
    public TransportAddress? Relayed { get; private set; }

    /// <summary>Why it ended; None while it lives.</summary>
    public TurnClientEnd End { get; private set; }

    /// <summary>Messages from the server that were malformed, not authentic, or answered nothing.</summary>
    public long Rejected { get; private set; }

    /// <summary>When <see cref="Tick"/> wants to be called next; null if never.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            if (End != TurnClientEnd.None)
            {
                return null;
            }
            var next = _refreshAt < _until ? _refreshAt : _until;
            next = _transactions.NextDeadline is { } answer && answer < next ? answer : next;
            next = !_isReleasing && _peers.NextDeadline is { } peer && peer < next ? peer : next;
            return next == TimeSpan.MaxValue ? null : next;
        }
    }

    /// <summary>Asks for a relayed address. Called once.</summary>
    public void Start(TimeSpan now) => _transactions.Begin(new TurnTransaction(StunMethod.Allocate) { Lifetime = _options.Lifetime }, now);

    /// <summary>Lets time pass.</summary>
    public void Tick(TimeSpan now)
    {
        if (End != TurnClientEnd.None)
        {
            return;
        }
        if (now >= _until)
        {
            Finish(
                _isReleasing ? TurnClientEnd.Released : TurnClientEnd.Lost,
                _isReleasing ? Released : "The TURN server did not prolong the relay in time."
            );
            return;
        }
        foreach (var unanswered in _transactions.Tick(now))
        {
            OnUnanswered(unanswered, now);
        }
        if (End != TurnClientEnd.None || _isReleasing)
        {
            return;
        }
        if (now >= _refreshAt)
        {
            _refreshAt = TimeSpan.MaxValue;
            _transactions.Begin(new TurnTransaction(StunMethod.Refresh) { Lifetime = _options.Lifetime }, now);
        }
        _peers.Tick(now);
    }

    /// <summary>
    /// Takes a message from the server. True if it carries a peer's datagram: then <paramref name="peer"/> sent <paramref name="payload"/>, which lies within the message.
    /// </summary>
    public bool Receive(Span<byte> message, TimeSpan now, out TransportAddress peer, out Span<byte> payload)
    {
        peer = default;
        payload = default;
        if (End != TurnClientEnd.None || message.IsEmpty)
        {
            return false;
        }
        if (message[0] >> 6 == 1)
        {
            return Count(TurnData.TryReadChannel(message, out var channel, out payload) && _peers.TryGetPeer(channel, out peer));
        }
        if (!StunMessage.TryParse(message, out var parsed))
        {
            return Count(false);
        }
        if (parsed.Class == StunClass.Indication)
        {
            return Count(TurnData.TryReadIndication(parsed, message, out peer, out payload) && _peers.Knows(peer));
        }
        Count(TakeAnswer(parsed, now));
        return false;
    }

    /// <summary>
    /// The way to a peer, and a permission for it where there is none; false while there is no relay, or if the server does not let us reach the peer. Take <see cref="TryTransmit"/>'s
    /// messages before you send over the path: they may ask for the permission.
    /// </summary>
    public bool TryGetPath(in TransportAddress peer, TimeSpan now, out TurnPath path)
    {
        var canSend = Relayed is { } relayed && !_isReleasing && relayed.IsIPv6 == peer.IsIPv6 && _peers.Permit(peer, now);
        path = canSend ? new TurnPath(this, peer, _peers.ChannelOf(peer, now), _options.IsReliable) : default;
        return canSend;
    }

    /// <summary>Asks for a channel to a peer that much will be sent to.</summary>
    public void BindChannel(in TransportAddress peer, TimeSpan now)
    {
        if (Relayed is not null && !_isReleasing && _peers.Permit(peer, now))
        {
            _peers.Bind(peer, now);
        }
    }

    /// <summary>Gives the relay back; <see cref="TurnClientEventKind.Ended"/> tells when the server knows, or when patience is over.</summary>
    public void Release(TimeSpan now)
    {
        if (End != TurnClientEnd.None || _isReleasing)
        {
            return;
        }
        _isReleasing = true;
        _until = now + _options.ReleasePatience;
        _refreshAt = TimeSpan.MaxValue;
        if (Relayed is not null)
        {
            _transactions.Clear();
            _transactions.Begin(new TurnTransaction(StunMethod.Refresh), now);
        }
        // Else the answer to Allocate is still under way: what it brings is given back then.
    }

    /// <summary>Writes the next message for the server; <paramref name="buffer"/> holds at least <see cref="StunMessage.MaxLength"/> bytes.</summary>
    public bool TryTransmit(Span<byte> buffer, out int length) => _transactions.TryTransmit(buffer, out length);

    /// <summary>Takes the next event.</summary>
    public bool TryRead(out TurnClientEvent e) => _events.TryDequeue(out e);

    internal StunTransactionId NextIndication() => _indication = _indication with { Value = _indication.Value + 1 };

    private bool TakeAnswer(in StunMessage message, TimeSpan now)
    {
        if (_transactions.Find(message) is not { } asked || !_answers.IsAuthentic(message, asked))
        {
            return false;
        }
        _transactions.Close(asked);
        var verdict = _answers.Read(message, asked);
        if (_isReleasing && (verdict == TurnVerdict.Over || (verdict == TurnVerdict.Done && asked.Method == StunMethod.Refresh)))
        {
            Finish(TurnClientEnd.Released, Released);
            return true;
        }
        switch (verdict)
        {
            case TurnVerdict.Again:
                _transactions.Begin(asked, now);
                break;
            case TurnVerdict.Done:
                OnDone(message, asked, now);
                break;
            case TurnVerdict.NotThisPeer:
                _peers.OnRefused(asked, isFinal: true, now);
                break;
            case TurnVerdict.NotNow:
                _peers.OnRefused(asked, isFinal: false, now);
                break;
            default:
                TurnAnswerReader.TryGetAlternate(message, out var alternate);
                var (end, sentence) = TurnAnswerReader.Explain(message, asked);
                Finish(end, sentence, alternate);
                break;
        }
        return true;
    }

    private void OnDone(in StunMessage message, TurnTransaction asked, TimeSpan now)
    {
        if (asked.Method is StunMethod.CreatePermission or StunMethod.ChannelBind)
        {
            _peers.OnGranted(asked, now);
            return;
        }
        var lifetime = message.TryGetUInt32(StunAttribute.Lifetime, out var seconds) ? TimeSpan.FromSeconds(seconds) : _options.Lifetime;
        if (asked.Method == StunMethod.Allocate)
        {
            if (!message.TryGetXorAddress(StunAttribute.XorRelayedAddress, out var relayed))
            {
                Finish(TurnClientEnd.Refused, "The TURN server's answer names no relayed address.");
                return;
            }
            message.TryGetMappedAddress(out var mapped);
            Relayed = relayed;
            if (_isReleasing)
            {
                _transactions.Begin(new TurnTransaction(StunMethod.Refresh), now);
                return;
            }
            _events.Enqueue(new TurnClientEvent(TurnClientEventKind.Allocated, relayed, mapped));
        }
        _until = now + lifetime;
        // A minute before the end (RFC 8656 §3.2), or at half time of a short life.
        _refreshAt = lifetime > TimeSpan.FromMinutes(2) ? _until - TimeSpan.FromMinutes(1) : now + (lifetime / 2);
    }

    private void OnUnanswered(TurnTransaction asked, TimeSpan now)
    {
        switch (asked.Method)
        {
            case StunMethod.Allocate:
                Finish(TurnClientEnd.NoAnswer, "The TURN server does not answer.");
                break;
            case StunMethod.Refresh when !_isReleasing:
                _refreshAt = now; // as long as the allocation lives
                break;
            case StunMethod.CreatePermission or StunMethod.ChannelBind:
                _peers.OnRefused(asked, isFinal: false, now);
                break;
        }
    }

    private bool Count(bool isGood)
    {
        Rejected += isGood ? 0 : 1;
        return isGood;
    }

    private void Finish(TurnClientEnd end, string sentence, TransportAddress alternate = default)
    {
        if (End == TurnClientEnd.None)
        {
            End = end;
            Relayed = null;
            _transactions.Clear();
            _events.Enqueue(new TurnClientEvent(TurnClientEventKind.Ended, alternate, End: end, Sentence: sentence));
        }
    }
}
