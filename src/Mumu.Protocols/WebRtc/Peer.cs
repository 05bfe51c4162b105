// Our side of a session: sends our tracks, takes those of the other side. One sans-IO core.
using Mumu.Protocols.Ice;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc.Congestion;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Protocols.WebRtc;

/// <summary>
/// One viewer: ICE, DTLS, SRTP and RTCP, made from offer and answer. Datagrams, candidates and the time come in; datagrams, events and the next deadline go out:
/// after each call drain <see cref="TryTransmit"/>, <see cref="TryRead"/> and the events of <see cref="Data"/>. Media goes past the queue: the owner writes packets with <see cref="Protect"/> and sends them
/// to <see cref="Selected"/>. Not thread-safe; one loop owns it.
/// </summary>
public sealed class Peer : IDisposable
{
    private const int MaxEvents = 1024; // a flood of NACKs must not grow without end

    private readonly Queue<PeerEvent> _events;
    private readonly PeerTransport _transport;
    private readonly SendingReports _reports;
    private readonly string _kind; // of the section that describes the transport
    private AnswerIdentity _identity;
    private readonly PathEstimate? _estimate;
    private FlowId? _measured; // the path that the estimate is of

    /// <summary>Makes the peer that will carry out a plan; <see cref="PeerOffer"/> makes one of an offer of ours.</summary>
    /// <param name="offer">The viewer's offer.</param>
    /// <param name="plan">What was agreed to.</param>
    /// <param name="tracks">The tracks the plan was made for.</param>
    /// <param name="options">Settings.</param>
    /// <param name="now">The time.</param>
    public Peer(RemoteOffer offer, AnswerPlan plan, IReadOnlyList<SendTrack> tracks, PeerOptions options, TimeSpan now)
        : this(Answering(offer, plan, tracks, options, now)) { }

    internal Peer(PeerAgreement agreed)
    {
        _events = agreed.Events;
        _transport = agreed.Transport;
        (TransportSection, TransportMid, _kind) = (agreed.Section, agreed.Mid, agreed.Kind);
        _identity = agreed.Identity(agreed.Setup);
        Tracks = agreed.Tracks;
        Published = agreed.Published;
        _estimate = Tracks.Any(track => track.TransportId is not null) ? new PathEstimate() : null;
        _reports = new SendingReports(Tracks, agreed.Options, _identity.CName, _estimate);
    }

    /// <summary>The tracks the viewer gets.</summary>
    public IReadOnlyList<OutgoingTrack> Tracks { get; }

    /// <summary>What the other side sends us; null if nothing was agreed to.</summary>
    public PublishedMedia? Published { get; }

    /// <summary>Its data channels; null if none were agreed to.</summary>
    public PeerDataChannels? Data => _transport.Data;

    /// <summary>Our user name fragment, by which a first datagram finds this peer.</summary>
    public string LocalUfrag => _transport.Ice.Local.Ufrag;

    /// <summary>The mid of the section that describes the transport, for trickled candidates; empty if the offer has none.</summary>
    public string TransportMid { get; }

    /// <summary>The index of that section.</summary>
    public int TransportSection { get; }

    /// <summary>True while media can be sent.</summary>
    public bool IsConnected => _transport.IsConnected;

    /// <summary>Why it ended; None while it lives.</summary>
    public PeerEnd End => _transport.End;

    /// <summary>Where media goes; null while there is no working path.</summary>
    public FlowId? Selected => _transport.Ice.Selected;

    /// <summary>True while a STUN server may still answer.</summary>
    public bool IsGathering => _transport.Ice.IsGathering;

    /// <summary>Round trip by ICE; null before the first answer.</summary>
    public TimeSpan? RoundTrip => _transport.Ice.RoundTrip;

    /// <summary>The viewer's own estimate of its path in bits a second (REMB); null if it sends none.</summary>
    public long? EstimatedBitsPerSecond => _reports.EstimatedBitsPerSecond;

    /// <summary>What is known of the path by transport-wide feedback; null where the viewer sends none.</summary>
    public PathView? Path => _estimate is { } path ? new PathView(path.Limit, path.IsProven, path.Queue, path.Loss) : null;

    /// <summary>When <see cref="Tick"/> wants to be called next; null if never.</summary>
    public TimeSpan? NextDeadline =>
        PeerTransport.Earlier(
            _transport.NextDeadline,
            _transport.IsConnected ? PeerTransport.Earlier(_reports.NextDeadline, Published?.NextDeadline) : null
        );

    /// <summary>Bytes that <see cref="Protect"/> adds to a payload at most.</summary>
    public const int MaxOverhead = RtpHeader.MinLength + OutgoingPackets.MaxExtension + OutgoingPackets.OriginalNumber + 16;

    /// <summary>Adds an address of the driver's socket, see <see cref="IceAgent.AddLocalBase"/>.</summary>
    public void AddLocalBase(
        int @base,
        TransportAddress address,
        IceCandidateType type = IceCandidateType.Host,
        TransportAddress? related = null,
        IceTransport transport = IceTransport.Udp
    ) => _transport.Ice.AddLocalBase(@base, address, type, related, transport);

    /// <summary>A TCP connection is gone, see <see cref="IceAgent.LoseFlow"/>.</summary>
    public void LoseFlow(in FlowId flow, TimeSpan now) => _transport.Ice.LoseFlow(flow, now);

    /// <summary>Takes a base out whose relay is gone, see <see cref="IceAgent.RemoveLocalBase"/>.</summary>
    public void RemoveLocalBase(int @base, TimeSpan now) => _transport.Ice.RemoveLocalBase(@base, now);

    /// <summary>Adds a STUN server to learn the outside address from.</summary>
    public void AddStunServer(TransportAddress server) => _transport.Ice.AddStunServer(server);

    /// <summary>Adds a candidate of the viewer; false if it is of no use.</summary>
    public bool AddRemoteCandidate(IceCandidate candidate, TimeSpan now) => _transport.AddRemoteCandidate(candidate, now);

    /// <summary>The viewer has no more candidates.</summary>
    public void EndOfRemoteCandidates() => _transport.Ice.EndOfRemoteCandidates();

    /// <summary>The answer, with the local candidates known now. Offer and plan are those of the making; the peer does not keep them, as a long session needs them no more.</summary>
    /// <param name="offer">The viewer's offer.</param>
    /// <param name="plan">What was agreed to.</param>
    /// <param name="isComplete">True if no candidate will follow.</param>
    public string Answer(RemoteOffer offer, AnswerPlan plan, bool isComplete) =>
        AnswerWriter.Write(offer, plan, _identity, Tracks, _transport.Ice.LocalCandidates, isComplete).ToString();

    /// <summary>Our credentials and candidates as a fragment of SDP (RFC 8840).</summary>
    public string Fragment() => IceFragment.Write(_transport.Ice, _kind, TransportMid);

    /// <summary>
    /// Restarts ICE (RFC 8445 §9): the viewer has other credentials now and gets other ones of ours; its candidates start anew. DTLS, SRTP and media go on, on the old path until a
    /// new one works. The same credentials again change nothing.
    /// </summary>
    public void Restart(IceCredentials remote)
    {
        if (_transport.Generations.TryFollow(remote))
        {
            _identity = _identity with { Credentials = _transport.Ice.Local };
        }
        _identity = _identity with { Version = _identity.Version + 1 };
    }

    /// <summary>
    /// True if a further offer only restarts ICE: of the same certificate, with a plan that agrees to the same media as the first. Else <paramref name="error"/> is a sentence.
    /// </summary>
    public bool CanRestart(RemoteOffer offer, AnswerPlan plan, out string error) =>
        (error = plan.WhyNoRestart(offer, _transport.RemoteFingerprint, Tracks, Published?.Tracks ?? [])).Length == 0;

    /// <summary>
    /// Takes a datagram, which it may change in place. True if it was an authentic check of the viewer's ICE, so that its sender belongs to this peer; whatever is not authentic changes nothing.
    /// </summary>
    public bool Receive(Span<byte> datagram, in FlowId from, TimeSpan now)
    {
        var wasConnected = IsConnected;
        var arrival = _transport.Receive(datagram, from, now, out var length);
        if (arrival == Arrival.Rtcp)
        {
            _reports.Receive(datagram[..length], RoundTrip, now, _events, MaxEvents);
            Published?.TakeReports(datagram[..length], now);
        }
        else if (arrival == Arrival.Rtp)
        {
            Published?.Take(datagram, length, now);
        }
        if (!wasConnected && IsConnected && Tracks.Count > 0)
        {
            _reports.Start(now);
        }
        return arrival == Arrival.Check;
    }

    /// <summary>Lets time pass.</summary>
    public void Tick(TimeSpan now)
    {
        _transport.Tick(now);
        if (IsConnected && _transport.CarriesMedia)
        {
            _reports.Tick(now);
            Published?.Tick(now);
        }
    }

    /// <summary>Writes the next datagram to send; <paramref name="buffer"/> holds at least 1,500 bytes.</summary>
    public bool TryTransmit(Span<byte> buffer, TimeSpan now, out int length, out FlowId flow)
    {
        if (_transport.TryTransmit(buffer, now, out length, out flow))
        {
            return true;
        }
        if (!IsConnected || Selected is not { } selected)
        {
            return false;
        }
        if (_reports.TryWrite(buffer, now, out var plain) || (plain = Published?.Media.Write(buffer, RoundTrip, now) ?? 0) > 0)
        {
            length = _transport.Sender!.ProtectRtcp(buffer[..plain], buffer);
            flow = selected;
            return true;
        }
        return false;
    }

    /// <summary>Takes the next event.</summary>
    public bool TryRead(out PeerEvent e) => _events.TryDequeue(out e);

    /// <summary>
    /// Writes one SRTP packet and returns its length. Equal arguments give equal bytes; an index must never be used with two contents.
    /// Only while <see cref="IsConnected"/>.
    /// </summary>
    /// <param name="track">Which track.</param>
    /// <param name="index">From <see cref="OutgoingTrack.Take(int, int)"/>.</param>
    /// <param name="timestamp">The track's time.</param>
    /// <param name="marker">True for the last packet of a picture.</param>
    /// <param name="delayHint">Adds the playout-delay extension, if the viewer knows it.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="destination">Room for the payload and <see cref="MaxOverhead"/>.</param>
    /// <param name="transport">The transport-wide number, see <see cref="NoteSent"/>; −1 for none.</param>
    public int Protect(
        OutgoingTrack track,
        ulong index,
        RtpTimestamp timestamp,
        bool marker,
        bool delayHint,
        ReadOnlySpan<byte> payload,
        Span<byte> destination,
        int transport = -1
    ) => OutgoingPackets.Write(_transport.Sender!, track, index, timestamp, marker, delayHint, payload, destination, transport);

    /// <summary>
    /// Notes the packets of one message that leaves now, equal but for the last, and returns the transport-wide number of the first: the others follow it. −1 if the viewer sends no feedback on the track.
    /// </summary>
    /// <param name="track">Which track.</param>
    /// <param name="packets">How many, at least 1.</param>
    /// <param name="payload">Bytes of the first payload.</param>
    /// <param name="lastPayload">Bytes of the last one.</param>
    /// <param name="now">The time.</param>
    public int NoteSent(OutgoingTrack track, int packets, int payload, int lastPayload, TimeSpan now)
    {
        if (_estimate is null || track.TransportId is null)
        {
            return -1;
        }
        if (_measured != Selected)
        {
            _estimate.ChangePath();
            _measured = Selected;
        }
        return _estimate.NoteSent(packets, payload + MaxOverhead, lastPayload + MaxOverhead, now);
    }

    /// <summary>
    /// Writes a packet that the viewer misses once more: as a packet of the retransmission stream where there is one (RFC 4588), else as <see cref="Protect"/> wrote it,
    /// which is why its arguments must be the same. Nothing is kept for it.
    /// </summary>
    public int Retransmit(
        OutgoingTrack track,
        ulong index,
        RtpTimestamp timestamp,
        bool marker,
        bool delayHint,
        ReadOnlySpan<byte> payload,
        Span<byte> destination,
        int transport = -1
    ) =>
        track.Retransmission is null
            ? Protect(track, index, timestamp, marker, delayHint, payload, destination)
            : OutgoingPackets.WriteAgain(_transport.Sender!, track, index, timestamp, marker, payload, destination, transport);

    /// <summary>Says good-bye and ends; drain <see cref="TryTransmit"/> once more.</summary>
    public void Close(string sentence = "The session was closed.") => _transport.Close(PeerEnd.Closed, sentence);

    /// <summary>Frees the native objects; mandatory.</summary>
    public void Dispose() => _transport.Dispose();

    private static PeerAgreement Answering(
        RemoteOffer offer,
        AnswerPlan plan,
        IReadOnlyList<SendTrack> tracks,
        PeerOptions options,
        TimeSpan now
    )
    {
        var agreed = new PeerAgreement(offer.IsLite ? IceRole.Controlling : IceRole.Controlled, options, now);
        agreed.Conclude(offer, plan, OutgoingTracks.Make(offer, plan, tracks, options.Random), now);
        return agreed;
    }
}
