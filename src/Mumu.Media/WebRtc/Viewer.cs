// One viewer on its loop: the peer, its feed, and its session's events.
using Mumu.Io;
using Mumu.Media.WebRtc.Relays;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;

namespace Mumu.Media.WebRtc;

/// <summary>Owns a peer on the loop's thread and connects it with the stream it watches, and with the one it publishes.</summary>
internal sealed class Viewer(
    ViewerSession session,
    Peer peer,
    PacketizedStream? source,
    PublishedUnits? published,
    FeedTrack?[] tracks,
    uint tag,
    TransportAddress[] tcpHosts,
    WebRtcOptions options
) : IDeadlineItem
{
    private const int DatagramRoom = 1500;
    private static readonly TimeSpan s_snapshotInterval = TimeSpan.FromSeconds(1);
    private LoopStream? _stream;
    private RelayContext? _context;
    private ViewerPaths? _paths;
    private bool _canConnect = true;
    private bool _hasAllServers;
    private ViewerFeed? _feed;
    private ViewerEndReason _reason = ViewerEndReason.Closed;
    private TimeSpan _nextSnapshot;
    private long _nacks;
    private long _keyFrameRequests;

    /// <inheritdoc />
    public int HeapIndex { get; set; } = -1;

    internal ViewerSession Session => session;

    internal Peer Peer => peer;

    /// <summary>What it watches; null if it only publishes.</summary>
    internal PacketizedStream? Source => source;

    /// <summary>First 32 bits of its transaction ids.</summary>
    internal uint Tag => tag;

    /// <summary>Our user fragments that it may name, the newest last.</summary>
    internal List<string> Ufrags { get; } = [];

    /// <summary>Addresses it has proved to send from.</summary>
    internal List<TransportAddress> Addresses { get; } = [];

    /// <summary>The schedule's note that it stands among those touched.</summary>
    internal bool IsTouched { get; set; }

    /// <summary>The schedule's note that it stands among those with media to send.</summary>
    internal bool IsSending { get; set; }

    /// <summary>When <see cref="Tick"/> wants to be called next; null if never.</summary>
    internal TimeSpan? NextDeadline => _paths?.NextDeadline is { } beside && !(peer.NextDeadline <= beside) ? beside : peer.NextDeadline;

    /// <summary>True if it has frames to send and a way to send them.</summary>
    internal bool WantsToSend => _feed is { IsBehind: true } && peer.IsConnected;

    /// <summary>What it sent again, was asked for and left out since it was last asked, for the loop's counters.</summary>
    internal ViewerCounts Counts => new(_feed?.Retransmits ?? 0, _nacks, _keyFrameRequests, _feed?.Drops ?? default);

    /// <summary>Joins its stream, if it watches one, on the loop's thread, before anything else.</summary>
    internal void Join(LoopStream? stream, RelayContext context) => (_stream, _context) = (stream, context);

    /// <summary>Lets time pass.</summary>
    internal void Tick(TimeSpan now)
    {
        peer.Tick(now);
        _paths?.Tick(now);
    }

    /// <summary>A message came beside the loop's socket.</summary>
    internal void Receive(Span<byte> datagram, in FlowId from, TimeSpan now) => peer.Receive(datagram, from, now);

    /// <summary>Its relays and TCP connections.</summary>
    internal ViewerPaths Paths => _paths ??= new ViewerPaths(this, _context!);

    /// <summary>Adds a candidate of the viewer; the first one that listens for TCP lets us connect.</summary>
    internal void AddRemoteCandidate(IceCandidate candidate, TimeSpan now)
    {
        if (candidate.Transport == IceTransport.TcpPassive && _canConnect)
        {
            _canConnect = false;
            foreach (var address in tcpHosts)
            {
                peer.AddLocalBase(FlowBases.TcpActive, address, transport: IceTransport.TcpActive);
            }
        }
        peer.AddRemoteCandidate(candidate, now);
    }

    /// <summary>No further server will be told.</summary>
    internal void EndOfServers() => _hasAllServers = true;

    /// <summary>Gives its relays back and closes its connections.</summary>
    internal void LeavePaths(TimeSpan now) => _paths?.Leave(now);

    internal void TellRelayUnavailable(RelayTarget target, string sentence) =>
        session.Tell(new ViewerEvent.RelayUnavailable(target.Url.ToString(), sentence));

    /// <summary>Says good-bye and ends; what is left to be sent and told leaves with the next drain.</summary>
    internal void Close(ViewerEndReason reason, string sentence)
    {
        _reason = reason;
        peer.Close(sentence);
    }

    /// <summary>Ends the session, if the peer's last event did not do so already (a fault of ours can keep it from being read).</summary>
    internal void Finish() => session.End("The session is over.", _reason, Snapshot());

    /// <summary>Sends media that may leave now.</summary>
    internal void Pump(UdpSendBatch output, TimeSpan now)
    {
        if (TryGetPath(output, now, out var path))
        {
            _feed?.Pump(path, now);
        }
    }

    /// <summary>Takes out what the peer has to send and to tell; false if the socket is full and it has to be called again.</summary>
    internal bool Drain(UdpSendBatch output, TimeSpan now)
    {
        while (peer.TryRead(out var e))
        {
            Handle(e, output, now);
        }
        published?.Pass(now);
        if (peer.Data is { } channels)
        {
            session.Data?.Drain(channels);
        }
        while (true)
        {
            var room = output.Reserve(DatagramRoom);
            if (room.IsEmpty)
            {
                return false;
            }
            if (!peer.TryTransmit(room, now, out var length, out var flow))
            {
                break;
            }
            if (flow.Base == FlowBases.Loop)
            {
                output.Commit(length, length, flow.Remote);
            }
            else
            {
                SendBeside(room[..length], flow, output, now);
            }
        }
        _paths?.Drain(output, now);
        if (_hasAllServers && !peer.IsGathering && _paths is not { IsGathering: true })
        {
            session.TellEndOfCandidates();
        }
        if (now >= _nextSnapshot && peer.IsConnected)
        {
            _nextSnapshot = now + s_snapshotInterval;
            session.Publish(Snapshot());
        }
        return true;
    }

    internal ViewerStatistics Snapshot()
    {
        OutgoingTrack? video = null;
        long packets = 0;
        foreach (var track in peer.Tracks)
        {
            packets += track.Packets;
            video = video is null || track.IsVideo ? track : video;
        }
        return new ViewerStatistics(
            peer.IsConnected,
            peer.Selected?.Remote.ToString(),
            packets,
            _feed?.Bytes ?? 0,
            _feed?.Retransmits ?? 0,
            _nacks,
            _keyFrameRequests,
            _feed?.Drops ?? default,
            peer.Path?.Loss ?? (video?.LastReport?.FractionLost ?? 0) / 256.0,
            peer.RoundTrip ?? video?.RoundTrip,
            (long?)(_feed?.Limit * 8000)
        );
    }

    private void Handle(in PeerEvent e, UdpSendBatch output, TimeSpan now)
    {
        switch (e.Kind)
        {
            case PeerEventKind.Connected:
                _feed = _stream is null ? null : new ViewerFeed(options, _stream, peer, tracks, now);
                session.Tell(new ViewerEvent.Connected(peer.Selected?.Remote.ToString() ?? "", session.Age));
                break;
            case PeerEventKind.LocalCandidate when e.Candidate is { } candidate:
                session.TellCandidate(candidate.ToString());
                break;
            case PeerEventKind.Nack when _feed is not null:
                _nacks++;
                if (TryGetPath(output, now, out var path))
                {
                    _feed.Resend(path, peer.Tracks[e.Track], e.Sequence, now);
                }
                break;
            case PeerEventKind.Report when peer.Tracks[e.Track].IsVideo:
                _feed?.TakeReport(peer.Tracks[e.Track], now);
                break;
            case PeerEventKind.KeyFrameRequest:
                _keyFrameRequests++;
                _feed?.RepairPicture();
                break;
            case PeerEventKind.Ended:
                session.End(e.Sentence ?? "The session is over.", ReasonOf(e.End), Snapshot());
                break;
        }
    }

    /// <summary>The way of media now; false if there is none.</summary>
    private bool TryGetPath(UdpSendBatch output, TimeSpan now, out PacketPath path)
    {
        path = default;
        if (peer.Selected is not { } flow)
        {
            return false;
        }
        if (flow.Base == FlowBases.Loop)
        {
            path = new PacketPath(output, flow.Remote);
            return true;
        }
        return _paths?.TryGetPath(flow, output, now, out path) == true;
    }

    /// <summary>Sends a control message that does not leave from the loop's socket.</summary>
    private void SendBeside(ReadOnlySpan<byte> message, in FlowId flow, UdpSendBatch output, TimeSpan now)
    {
        Span<byte> copy = stackalloc byte[DatagramRoom]; // its room is the next message's too
        message.CopyTo(copy);
        Paths.Send(copy[..message.Length], flow, output, now);
    }

    private ViewerEndReason ReasonOf(PeerEnd end) =>
        end switch
        {
            PeerEnd.RemoteClosed => ViewerEndReason.ViewerLeft,
            PeerEnd.ConnectTimeout => ViewerEndReason.ConnectTimeout,
            PeerEnd.HandshakeFailed => ViewerEndReason.HandshakeFailed,
            PeerEnd.ConsentExpired => ViewerEndReason.ConnectionLost,
            _ => _reason,
        };
}

/// <summary>Counts of one viewer that the engine adds up.</summary>
internal readonly record struct ViewerCounts(long Retransmits, long Nacks, long KeyFrameRequests, DropCounts Drops)
{
    public static ViewerCounts operator +(ViewerCounts a, ViewerCounts b) =>
        new(a.Retransmits + b.Retransmits, a.Nacks + b.Nacks, a.KeyFrameRequests + b.KeyFrameRequests, a.Drops + b.Drops);
}
