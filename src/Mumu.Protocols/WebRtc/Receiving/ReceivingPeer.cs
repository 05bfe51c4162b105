// A viewer of our own: offers to receive, for tests and for the load generator. One sans-IO core.
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc.Negotiation;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>
/// The receiving counterpart of <see cref="Peer"/>: offers recvonly tracks as the controlling side, hands out decrypted RTP, reports and asks for what is missing. Not thread-safe.
/// </summary>
public sealed class ReceivingPeer : IDisposable
{
    private readonly PeerOptions _options;
    private readonly ReceivingOptions _receiving;
    private readonly Queue<PeerEvent> _events = new();
    private readonly PeerTransport _transport;
    private readonly ulong _sessionId;
    private readonly IncomingMedia _media;

    /// <summary>Makes a peer; <see cref="Offer"/> then tells what it wants.</summary>
    public ReceivingPeer(PeerOptions options, ReceivingOptions receiving, TimeSpan now)
    {
        _options = options;
        _receiving = receiving;
        _transport = new PeerTransport(options, IceRole.Controlling, _events, now);
        _sessionId = (ulong)options.Random.NextInt64(long.MaxValue);
        _media = new IncomingMedia(options.Random, options.ReportInterval, receiving.SendNacks)
        {
            TransportNumberId = receiving.TransportFeedback ? OfferWriter.TransportNumberId : null,
        };
    }

    /// <summary>The tracks of the answer.</summary>
    public IReadOnlyList<IncomingTrack> Tracks => _media.Tracks.All;

    /// <summary>Its data channels, once the answer is accepted; null if none were agreed to.</summary>
    public PeerDataChannels? Data => _transport.Data;

    /// <summary>Our user name fragment.</summary>
    public string LocalUfrag => _transport.Ice.Local.Ufrag;

    /// <summary>True while media can come.</summary>
    public bool IsConnected => _transport.IsConnected;

    /// <summary>Why it ended; None while it lives.</summary>
    public PeerEnd End => _transport.End;

    /// <summary>The path in use.</summary>
    public FlowId? Selected => _transport.Ice.Selected;

    /// <summary>Transport-wide feedback messages sent.</summary>
    public long FeedbackSent => _media.FeedbackSent;

    /// <summary>Round trip by ICE.</summary>
    public TimeSpan? RoundTrip => _transport.Ice.RoundTrip;

    /// <summary>When <see cref="Tick"/> wants to be called next; null if never.</summary>
    public TimeSpan? NextDeadline =>
        PeerTransport.Earlier(_transport.NextDeadline, IsConnected && _transport.CarriesMedia ? _media.NextDeadline : null);

    /// <summary>Adds an address of the driver's socket.</summary>
    public void AddLocalBase(
        int @base,
        TransportAddress address,
        IceCandidateType type = IceCandidateType.Host,
        IceTransport transport = IceTransport.Udp
    ) => _transport.Ice.AddLocalBase(@base, address, type, transport: transport);

    /// <summary>Adds a candidate of the other side; false if it is of no use.</summary>
    public bool AddRemoteCandidate(IceCandidate candidate, TimeSpan now) => _transport.AddRemoteCandidate(candidate, now);

    /// <summary>The offer, with the local candidates known now.</summary>
    public string Offer(bool isComplete) =>
        OfferWriter.Write(
            _receiving,
            _transport.Ice.Local,
            _options.Certificate.Fingerprint,
            _sessionId,
            _transport.Ice.LocalCandidates,
            isComplete,
            _options.DataChannels
        );

    /// <summary>Restarts ICE (RFC 8445 §9): a further <see cref="Offer"/> and its answer lead to a new path, while the old one serves.</summary>
    public void Restart() => _transport.Generations.Offer();

    /// <summary>Takes the answer; on failure <paramref name="error"/> is a sentence.</summary>
    public bool TryAccept(string answer, TimeSpan now, out string error)
    {
        if (!RemoteOffer.TryParse(answer, out var remote, out error))
        {
            return false;
        }
        if (!_transport.Generations.TryAccept(remote.Credentials))
        {
            _media.Tracks.Learn(remote.Sdp);
            var role = remote.Setup == "active" ? DtlsRole.Server : DtlsRole.Client;
            _transport.CarriesMedia = Tracks.Count > 0;
            if (_receiving.Data && remote.Sdp.Media.FirstOrDefault(media => media.Port != 0 && DataSection.Is(media)) is { } data)
            {
                _transport.Data = DataSection.Open(data, _options.DataChannels, role == DtlsRole.Client, _options.Random);
            }
            _transport.SetRemote(remote.Credentials, remote.IsLite, role, remote.Fingerprint, now);
        }
        foreach (var candidate in remote.Candidates)
        {
            AddRemoteCandidate(candidate, now);
        }
        if (remote.HasAllCandidates)
        {
            _transport.Ice.EndOfRemoteCandidates();
        }
        return true;
    }

    /// <summary>
    /// Takes a datagram, which it may change in place. True if it was media: its first <paramref name="rtpLength"/> bytes are then an RTP packet, counted already;
    /// a retransmission has its original form again, and may be of a packet that came after all.
    /// </summary>
    public bool Receive(Span<byte> datagram, in FlowId from, TimeSpan now, out int rtpLength)
    {
        switch (_transport.Receive(datagram, from, now, out rtpLength))
        {
            case Arrival.Rtp:
                return _media.Take(datagram, ref rtpLength, now) is not null;
            case Arrival.Rtcp:
                _media.Receive(datagram[..rtpLength], now);
                return false;
            default:
                return false;
        }
    }

    /// <summary>Asks the sender for a key frame.</summary>
    public void RequestKeyFrame() => _media.RequestKeyFrame();

    /// <summary>Lets time pass.</summary>
    public void Tick(TimeSpan now)
    {
        _transport.Tick(now);
        if (IsConnected)
        {
            _media.Tick(now);
        }
    }

    /// <summary>Writes the next datagram to send; <paramref name="buffer"/> holds at least 1,500 bytes.</summary>
    public bool TryTransmit(Span<byte> buffer, TimeSpan now, out int length, out FlowId flow)
    {
        if (_transport.TryTransmit(buffer, now, out length, out flow))
        {
            return true;
        }
        if (!IsConnected || !_transport.CarriesMedia || Selected is not { } selected)
        {
            return false;
        }
        var plain = _media.Write(buffer, RoundTrip, now);
        if (plain == 0)
        {
            return false;
        }
        length = _transport.Sender!.ProtectRtcp(buffer[..plain], buffer);
        flow = selected;
        return true;
    }

    /// <summary>Takes the next event.</summary>
    public bool TryRead(out PeerEvent e) => _events.TryDequeue(out e);

    /// <summary>Says good-bye and ends; drain <see cref="TryTransmit"/> once more.</summary>
    public void Close() => _transport.Close(PeerEnd.Closed, "The session was closed.");

    /// <summary>Frees the native objects; mandatory.</summary>
    public void Dispose() => _transport.Dispose();
}
