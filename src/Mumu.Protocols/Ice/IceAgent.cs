// The ICE agent: finds a way to the peer, keeps it fresh, and leaves it when it dies.
using System.Diagnostics.CodeAnalysis;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>
/// A full ICE agent for one component (RFC 8445, trickle RFC 8838, consent RFC 7675), in both roles. Sans-IO: datagrams and the time come in,
/// datagrams, events and the next deadline go out. Not thread-safe; one loop owns it.
/// </summary>
public sealed class IceAgent
{
    private readonly IceSession _session;
    private readonly IceLocalAddresses _locals = new();
    private readonly IceCheckList _list;
    private readonly IceChecks _checks;
    private readonly IceConsent _consent;
    private readonly IceSelection _selection;
    private readonly IceRequests _requests;
    private readonly IceAnswers _answers;
    private readonly IceGathering _gathering;
    private readonly IceStanding _standing;
    private readonly IceDeadlines _deadlines;
    private bool _isTickDue;

    /// <summary>Makes an agent; nothing is sent before it has a base and either the remote credentials or a STUN server.</summary>
    public IceAgent(IceOptions options)
    {
        _session = new IceSession(options);
        _list = new IceCheckList(_session, _locals);
        _checks = new IceChecks(_session, _list);
        _consent = new IceConsent(_session, _list);
        _selection = new IceSelection(_session, _list);
        _requests = new IceRequests(_session, _list, _checks, _selection);
        _answers = new IceAnswers(_session, _list, _consent, _selection);
        _gathering = new IceGathering(_session, _locals);
        _standing = new IceStanding(_session, _list);
        _deadlines = new IceDeadlines(_gathering, _checks, _consent, _selection, _standing);
    }

    /// <summary>The role at present.</summary>
    public IceRole Role => _session.Role;

    /// <summary>This side's credentials at present.</summary>
    public IceCredentials Local => _session.Keys.Local;

    /// <summary>Local candidates so far, to be signaled.</summary>
    public IReadOnlyList<IceCandidate> LocalCandidates => _locals.Candidates;

    /// <summary>Where datagrams to the peer should go; null while no pair works. Before a nomination it is the best pair that works.</summary>
    public FlowId? Selected => _standing.Selected;

    /// <summary>Kinds of both ends of the selected pair; null while there is none.</summary>
    public (IceCandidateType Local, IceCandidateType Remote)? SelectedTypes =>
        _selection.Selected is { } pair ? (pair.Local.Candidate.Type, pair.RemoteType) : null;

    /// <summary>The state.</summary>
    public IceState State => _standing.State;

    /// <summary>True while a STUN server may still answer.</summary>
    public bool IsGathering => _gathering.IsOpen;

    /// <summary>Smoothed round trip on the selected pair.</summary>
    public TimeSpan? RoundTrip => _selection.Selected?.RoundTrip;

    /// <summary>Datagrams that were given to <see cref="Receive"/> and were not authentic STUN of this agent.</summary>
    public long Rejected { get; private set; }

    /// <summary>When <see cref="Tick"/> wants to be called next: in the past means at once, null never. Changes after any other call.</summary>
    public TimeSpan? NextDeadline { get; private set; }

    private bool IsOver => State is IceState.Failed or IceState.Closed;

    /// <summary>
    /// Adds an address of one of the driver's sockets; yields a local candidate. A socket bound to any address may have several under one
    /// number. With <see cref="IceCandidateType.ServerReflexive"/> it adds an outside address that the driver learnt for all its sessions, and with
    /// <see cref="IceCandidateType.Relayed"/> an address of a relay that is the base itself; then <paramref name="related"/> is our own address as the relay's server saw it.
    /// A base that listens for TCP, and one that the driver connects from when a check is to be sent, have numbers of their own (RFC 6544).
    /// </summary>
    public void AddLocalBase(
        int @base,
        TransportAddress address,
        IceCandidateType type = IceCandidateType.Host,
        TransportAddress? related = null,
        IceTransport transport = IceTransport.Udp
    )
    {
        related ??= type == IceCandidateType.ServerReflexive ? _locals.Find(@base, address.IsIPv6)?.Address : null;
        if (_locals.Add(@base, address, type, related, server: null, transport) is { } added)
        {
            _session.Tell(new IceEvent.LocalCandidate(added.Candidate));
            _list.AddLocal(added);
            _gathering.AddLocal(added);
            TickSoon();
        }
    }

    /// <summary>Takes a base out whose socket or relay is gone: nothing is sent there any more, and if it was in use, the next best pair takes over.</summary>
    public void RemoveLocalBase(int @base, TimeSpan now)
    {
        _locals.Remove(@base);
        _list.RemoveBase(@base);
        if (_standing.Selected?.Base == @base)
        {
            _standing.OnPathTaken(now);
        }
        Tick(now);
    }

    /// <summary>A TCP connection is gone: what went over it must find another way. One that we made may be made again.</summary>
    public void LoseFlow(in FlowId flow, TimeSpan now)
    {
        _list.Lose(flow);
        if (_standing.Selected == flow)
        {
            _standing.OnPathTaken(now);
        }
        Tick(now);
    }

    /// <summary>Asks a STUN server from every host base of its family, now and later added; at most 8 servers.</summary>
    public void AddStunServer(TransportAddress server)
    {
        _gathering.AddServer(server);
        TickSoon();
    }

    /// <summary>
    /// Sets the other side's credentials. Other ones than before are a restart by the peer: its candidates start anew. A lite peer makes this side
    /// the controlling one (RFC 8445 §6.1.1).
    /// </summary>
    public void SetRemote(IceCredentials remote, bool remoteIsLite)
    {
        if (State == IceState.Closed)
        {
            return;
        }
        if (remoteIsLite && Role == IceRole.Controlled)
        {
            _session.Turn(IceRole.Controlling);
            _list.Rank();
        }
        if (_session.Keys.Remote == remote)
        {
            return;
        }
        if (_session.Keys.Remote is not null)
        {
            BeginGeneration();
        }
        _session.Keys = new IceKeys(_session.Keys.Local, remote);
        _standing.OnRemoteKnown();
        TickSoon();
    }

    /// <summary>Begins a restart (RFC 8445 §9): new credentials, no remote ones until <see cref="SetRemote"/>; the old pair serves until a new one works.</summary>
    public void Restart(IceCredentials local)
    {
        if (State == IceState.Closed)
        {
            return;
        }
        BeginGeneration();
        _session.Keys = new IceKeys(local, null);
        TickSoon();
    }

    /// <summary>Adds a signaled candidate; false if it is of no use (a name, a TCP one that does not listen, another component or generation, a double, one too many).</summary>
    public bool AddRemoteCandidate(IceCandidate candidate, TimeSpan now)
    {
        var isFit = !IsOver && _list.AddRemote(candidate);
        if (isFit)
        {
            Tick(now);
        }
        return isFit;
    }

    /// <summary>The peer has no more candidates to signal: if no pair works, failure need not wait for others.</summary>
    public void EndOfRemoteCandidates()
    {
        _standing.HasAllCandidates = true;
        TickSoon();
    }

    /// <summary>Takes a datagram; true if it was authentic STUN of this agent. All else changes nothing.</summary>
    public bool Receive(ReadOnlySpan<byte> datagram, in FlowId flow, TimeSpan now)
    {
        if (
            IsOver
            || !StunMessage.TryParse(datagram, out var message)
            || message.Method != StunMethod.Binding
            || !Handle(message, flow, now)
        )
        {
            Rejected++;
            return false;
        }
        Tick(now);
        return true;
    }

    /// <summary>
    /// True if the peer has proved itself on this flow, by an answer or by a check of its own: other protocols are accepted from there only.
    /// Its first datagram often overtakes its answer to our check, so a check has to do (RFC 8445 §12.2). Sending is another matter: only to
    /// <see cref="Selected"/>.
    /// </summary>
    public bool IsValidated(in FlowId flow) =>
        _selection.Selected?.Flow == flow || _list.Find(flow) is { IsValid: true } or { IsHeard: true } || _standing.IsRetired(flow);

    /// <summary>Authentic traffic of another protocol came on this flow. When such traffic stops, the path is doubted sooner than consent alone would.</summary>
    public void OnTraffic(in FlowId flow, TimeSpan now) => _selection.OnTraffic(flow, now);

    /// <summary>Lets time pass.</summary>
    public void Tick(TimeSpan now)
    {
        _isTickDue = false;
        if (!IsOver)
        {
            _gathering.Tick(IsKeepingMappings, now);
            if (State != IceState.New)
            {
                _consent.Expire(now);
                _checks.Tick(now);
                _selection.Update(now);
                _consent.Tick(_selection.Selected, _selection.OwnNominee, now);
                Stand(now);
            }
        }
        NextDeadline = FindDeadline();
    }

    /// <summary>Writes the next datagram to send; <paramref name="buffer"/> holds at least 1,024 bytes.</summary>
    public bool TryTransmit(Span<byte> buffer, out int length, out FlowId flow) =>
        _session.Outbox.TryTransmit(_session.Options.TieBreaker, buffer, out length, out flow);

    /// <summary>Takes the next event.</summary>
    public bool TryRead([NotNullWhen(true)] out IceEvent? e) => _session.TryRead(out e);

    /// <summary>Ends it: nothing is sent, received or told any more, but the last change of state.</summary>
    public void Close()
    {
        End();
        _standing.Close();
    }

    private bool IsKeepingMappings => State is IceState.New or IceState.Checking;

    private bool Handle(in StunMessage message, in FlowId flow, TimeSpan now) =>
        message.Class switch
        {
            StunClass.Request => _requests.Receive(message, flow, now),
            StunClass.Indication => IsValidated(flow), // A keep-alive (RFC 8445 §11); it bears no integrity and changes nothing.
            _ => _answers.Receive(message, flow, now) || _gathering.Receive(message, flow, now),
        };

    private void Stand(TimeSpan now)
    {
        var before = _standing.Selected;
        _standing.Update(_selection.Selected, now);
        if (_selection.Selected is { } selected && _standing.Selected != before)
        {
            _consent.Hasten(selected, now);
        }
        if (IsOver)
        {
            End();
        }
    }

    private void End()
    {
        _list.Clear();
        _selection.Clear();
        _session.Outbox.Clear();
        NextDeadline = null;
    }

    private void BeginGeneration()
    {
        _session.PreviousKeys = _session.Keys;
        _list.Clear();
        _selection.Clear();
        _standing.OnRestart();
    }

    // Some calls bring no time: then the next tick, which is due at once, does the work.
    private void TickSoon()
    {
        _isTickDue = true;
        NextDeadline = FindDeadline();
    }

    private TimeSpan? FindDeadline() =>
        IsOver ? null
        : _isTickDue ? TimeSpan.Zero
        : _deadlines.Next(IsKeepingMappings);
}
