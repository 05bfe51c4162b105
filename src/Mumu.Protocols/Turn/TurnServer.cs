// A STUN and TURN server as a state machine: datagrams and time in; datagrams, wishes for sockets and a deadline out.
using System.Text;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>
/// The server of RFC 8489 (Binding) and RFC 8656 over UDP, with long-term credentials by coturn's REST scheme. Until a request is authentic it costs
/// no memory. After each call take what <see cref="TryTransmit"/> and <see cref="TryRead"/> have. For one thread at a time.
/// </summary>
public sealed class TurnServer
{
    /// <summary>The base of flows over UDP, whose sources can be forged; every connection over TCP or TLS has another of its own.</summary>
    public const int DatagramBase = 0;

    private static readonly StunAttribute[] s_known =
    [
        StunAttribute.Username,
        StunAttribute.Realm,
        StunAttribute.Nonce,
        StunAttribute.Lifetime,
        StunAttribute.XorPeerAddress,
        StunAttribute.RequestedAddressFamily,
        StunAttribute.RequestedTransport,
        StunAttribute.EvenPort,
        StunAttribute.ChannelNumber,
        StunAttribute.Data,
        StunAttribute.ConnectionId,
    ];

    private readonly byte[] _realm;
    private readonly ReadOnlyMemory<byte> _secret;
    private readonly TurnNonces _nonces;
    private readonly TurnOutbox _outbox;
    private readonly TurnAllocations _allocations = new();
    private readonly TurnAnswers _answers;
    private readonly TurnRequests _requests;
    private readonly TurnRelaying _relaying;
    private readonly TurnPeerGate _gate;
    private DateTimeOffset _startedAt;

    /// <summary>Makes a server.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="clock">The time of day when the monotonic clock says <paramref name="now"/>; ends of credentials are judged by it.</param>
    /// <param name="now">The monotonic clock.</param>
    /// <exception cref="ArgumentException">The settings can't be.</exception>
    public TurnServer(TurnServerOptions options, DateTimeOffset clock, TimeSpan now)
    {
        _realm = Encoding.UTF8.GetBytes(options.Realm);
        if (_realm.Length is 0 or > TurnServerOptions.MaxRealmLength)
        {
            throw new ArgumentException($"The realm must have 1 to {TurnServerOptions.MaxRealmLength} bytes.", nameof(options));
        }
        if (options.Secret.IsEmpty || options.NonceKey.Length < 32)
        {
            throw new ArgumentException("A secret and a nonce key of at least 32 bytes are needed.", nameof(options));
        }
        _secret = options.Secret;
        _nonces = new TurnNonces(options.NonceKey, options.NonceLifetime);
        _outbox = new TurnOutbox(Counters);
        _answers = new TurnAnswers(options, _outbox, _nonces, Counters);
        _gate = new TurnPeerGate(options.Peers, _allocations);
        var budget = new TurnBudget(options.BytesPerSecond, now);
        Streams = new TurnStreams(options, _allocations, _gate, _answers, budget, Counters);
        _requests = new TurnRequests(options, _allocations, Streams, _gate, _answers, Counters);
        _relaying = new TurnRelaying(_allocations, _gate, budget, _outbox, Counters);
        SetClock(clock, now);
    }

    /// <summary>What was done and refused so far.</summary>
    public TurnCounters Counters { get; } = new();

    /// <summary>Connections with peers over TCP, for the driver to tell of.</summary>
    public TurnStreams Streams { get; }

    /// <summary>Allocations that live.</summary>
    public int AllocationCount => _allocations.Count;

    /// <summary>When <see cref="Tick"/> is due.</summary>
    public TimeSpan? NextDeadline =>
        _allocations.Streams.NextEnd is { } wait && (_allocations.NextEnd is not { } end || wait < end) ? wait : _allocations.NextEnd;

    /// <summary>Tells the time of day anew, after it was set on this machine; for credentials seen from now on.</summary>
    public void SetClock(DateTimeOffset clock, TimeSpan now) => _startedAt = clock - now;

    /// <summary>Puts other rules about peers in force, at once and for permissions given before, too.</summary>
    public void SetPeers(TurnPeerRules peers)
    {
        _gate.Replace(peers);
        Streams.Rejudge();
    }

    /// <summary>Takes a datagram of a client.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, in FlowId client, TimeSpan now)
    {
        _allocations.RemoveEnded(now);
        if (!datagram.IsEmpty && datagram[0] >> 6 == 1)
        {
            _relaying.SendOnChannel(datagram, client, now);
        }
        else if (!StunMessage.TryParse(datagram, out var message))
        {
            Counters.Malformed++;
        }
        else if (message is { Class: StunClass.Indication, Method: StunMethod.Send })
        {
            _relaying.Send(message, client, now);
        }
        else if (message is { Class: StunClass.Request, Method: StunMethod.Binding })
        {
            Bind(message, client, now);
        }
        else if (
            message.Class == StunClass.Request
            && message.Method
                is StunMethod.Allocate
                    or StunMethod.Refresh
                    or StunMethod.CreatePermission
                    or StunMethod.ChannelBind
                    or StunMethod.Connect
                    or StunMethod.ConnectionBind
        )
        {
            Request(message, client, now);
        }
        else
        {
            Counters.Malformed++;
        }
    }

    /// <summary>Takes a datagram that came to a relay's socket.</summary>
    public void ReceiveFromPeer(int relay, ReadOnlySpan<byte> datagram, in TransportAddress peer, TimeSpan now)
    {
        _allocations.RemoveEnded(now);
        _relaying.FromPeer(relay, peer, datagram, now);
    }

    /// <summary>The driver has bound a relay's socket, reachable for peers at <paramref name="relayed"/>. A relay that was closed meanwhile is ignored.</summary>
    public void RelayOpened(int relay, in TransportAddress relayed, TimeSpan now)
    {
        if (_allocations.TryGetRelay(relay, out var allocation) && allocation.Awaited > 0)
        {
            _allocations.SetRelayed(allocation, relay, relayed);
            Answer(allocation, now);
        }
    }

    /// <summary>The driver could not bind a relay's socket: 508, unless it has one of the other family that was asked for.</summary>
    public void RelayFailed(int relay, TimeSpan now)
    {
        if (_allocations.TryGetRelay(relay, out var allocation) && allocation.Awaited > 0)
        {
            Counters.OverCapacity++;
            allocation.Awaited--;
            Answer(allocation, now);
        }
    }

    /// <summary>True if the client's flow has an allocation, or is joined with a peer's connection.</summary>
    public bool HasAllocation(in FlowId client) => _allocations.TryGet(client, out _) || _allocations.Streams.TryGet(client, out _);

    /// <summary>A client's connection over TCP or TLS has ended, and its allocation with it (RFC 8656 §3.1).</summary>
    public void ClientGone(in FlowId client)
    {
        if (_allocations.TryGet(client, out var allocation))
        {
            _allocations.Remove(allocation);
        }
        else if (_allocations.Streams.TryGet(client, out var stream))
        {
            _allocations.Streams.Remove(stream);
        }
    }

    /// <summary>Ends what has lived its time.</summary>
    public void Tick(TimeSpan now)
    {
        _allocations.RemoveEnded(now);
        Streams.Tick(now);
    }

    /// <summary>True when what waits to be transmitted fills half of the room there is; what finds no room is lost.</summary>
    public bool IsFilling => _outbox.IsFilling;

    /// <summary>Takes the next outgoing datagram; its bytes are pinned and stay until the next call of another method.</summary>
    public bool TryTransmit(out ReadOnlySpan<byte> datagram, out TurnRoute route) => _outbox.TryTake(out datagram, out route);

    /// <summary>Takes the next wish for a socket.</summary>
    public bool TryRead(out TurnCommand command) => _allocations.TryRead(out command);

    private void Answer(TurnAllocation allocation, TimeSpan now)
    {
        if (allocation.IsReady)
        {
            Counters.Allocated++;
            _answers.Allocated(allocation, now);
        }
        else if (allocation.Awaited == 0)
        {
            _allocations.Remove(allocation);
            _answers.NotAllocated(allocation);
        }
    }

    private void Bind(in StunMessage message, in FlowId client, TimeSpan now)
    {
        Span<ushort> unknown = stackalloc ushort[8];
        var count = message.FindUnknownRequired(s_known, unknown);
        if (count != 0)
        {
            _answers.RefuseUnproven(message, client, StunError.UnknownAttribute, now, unknown[..count]);
            return;
        }
        _answers.Binding(message, client, now);
    }

    /// <summary>Authentication (RFC 8489 §9.2.4), then the work.</summary>
    private void Request(in StunMessage message, in FlowId client, TimeSpan now)
    {
        if (!message.ClaimsIntegrity)
        {
            Refuse(message, client, StunError.Unauthenticated, now);
            return;
        }
        if (
            !message.TryGet(StunAttribute.Username, out var userName)
            || !message.TryGet(StunAttribute.Realm, out _)
            || !message.TryGet(StunAttribute.Nonce, out var nonce)
        )
        {
            Refuse(message, client, StunError.BadRequest, now);
            return;
        }
        if (!_nonces.IsFresh(nonce, client, now))
        {
            Refuse(message, client, TurnErrorCode.StaleNonce, now);
            return;
        }
        Span<byte> key = stackalloc byte[TurnCredential.KeyLength];
        var isOurs = TurnCredential.TryParse(userName, out var end, out var identifier);
        var credentialEnd = TimeSpan.FromSeconds(end - (_startedAt.ToUnixTimeMilliseconds() / 1000.0));
        if (isOurs && credentialEnd > now)
        {
            TurnCredential.WriteKey(_secret.Span, userName, _realm, key);
        }
        else
        {
            isOurs = false;
        }
        if (!isOurs || !message.HasIntegrity(key))
        {
            Refuse(message, client, StunError.Unauthenticated, now);
            return;
        }
        var request = new TurnRequest
        {
            Message = message,
            Client = client,
            UserName = userName,
            Identifier = identifier,
            Key = key,
            CredentialEnd = credentialEnd,
        };
        Span<ushort> unknown = stackalloc ushort[8];
        var count = message.FindUnknownRequired(s_known, unknown);
        if (count != 0)
        {
            _answers.Refuse(request, StunError.UnknownAttribute, unknown[..count]);
            return;
        }
        _requests.CarryOut(request, now);
    }

    private void Refuse(in StunMessage message, in FlowId client, int code, TimeSpan now)
    {
        Counters.Unauthenticated += code == StunError.Unauthenticated ? 1 : 0;
        _answers.RefuseUnproven(message, client, code, now);
    }
}
