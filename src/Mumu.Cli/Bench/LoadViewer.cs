// One viewer of the load generator: a socket, a receiving peer, and what became of them.
using System.Net;
using Mumu.Io;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Cli.Bench;

/// <summary>
/// A viewer has a socket of its own, since servers with one media port tell viewers apart by where they send from. Made by any thread; from <see cref="LoadThread.Add"/> on it belongs to
/// the load thread, but for its tasks.
/// </summary>
internal sealed class LoadViewer : IDeadlineItem, IDisposable
{
    private const int MostEarly = 64;
    private readonly UdpSocket _socket;
    private readonly UdpReceiver _receiver;
    private readonly ReceivingPeer _peer;
    private readonly byte[] _buffer = new byte[1500];
    private readonly TaskCompletionSource _picture = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly List<IceCandidate> _early = [];
    private bool _isAccepted;

    internal LoadViewer(ViewerAddresses addresses, PeerOptions options, ReceivingOptions receiving, bool coalesce, TimeSpan now)
    {
        _socket = new UdpSocket(addresses.Bind, 0);
        _receiver = new UdpReceiver(_socket, coalesce);
        _peer = new ReceivingPeer(options, receiving, now);
        foreach (var address in addresses.Candidates)
        {
            _peer.AddLocalBase(0, TransportAddress.From(address, _socket.LocalAddress.Port));
        }
        Offer = _peer.Offer(isComplete: true);
    }

    /// <inheritdoc />
    public int HeapIndex { get; set; } = -1;

    /// <summary>The offer, with all candidates.</summary>
    internal string Offer { get; }

    /// <summary>When the answer was asked for.</summary>
    internal TimeSpan AskedAt { get; set; }

    /// <summary>When the answer came.</summary>
    internal TimeSpan? AnsweredAt { get; set; }

    /// <summary>When the encrypted connection stood.</summary>
    internal TimeSpan? ConnectedAt { get; private set; }

    internal ViewerTraffic Traffic { get; } = new();

    /// <summary>Completes with the first decodable picture.</summary>
    internal Task Picture => _picture.Task;

    /// <summary>Completes with a sentence when the other side or the path ends it.</summary>
    internal Task<string> Ended => _ended.Task;

    /// <summary>The load thread's note that it stands among those to be drained.</summary>
    internal bool IsDirty { get; set; }

    internal UdpSocket Socket => _socket;

    internal TimeSpan? NextDeadline => _peer.NextDeadline;

    /// <summary>Takes the answer; null if it is good, else a sentence.</summary>
    internal string? Accept(string answer, TimeSpan now)
    {
        if (!_peer.TryAccept(answer, now, out var error))
        {
            return $"The server's answer is no use: {error}";
        }
        if (_peer.Tracks.Count == 0)
        {
            return "The server's answer sends none of the tracks we asked for (H.264 or H.265, Opus or G.711).";
        }
        Traffic.Begin(_peer.Tracks);
        _isAccepted = true;
        foreach (var candidate in _early)
        {
            _peer.AddRemoteCandidate(candidate, now);
        }
        return null;
    }

    /// <summary>Takes a candidate of the other side; one that overtook the answer waits for it.</summary>
    internal void AddCandidate(IceCandidate candidate, TimeSpan now)
    {
        if (_isAccepted)
        {
            _peer.AddRemoteCandidate(candidate, now);
        }
        else if (_early.Count < MostEarly)
        {
            _early.Add(candidate);
        }
    }

    /// <summary>Reads all that waits at the socket.</summary>
    internal void Receive(TimeProvider time)
    {
        while (_receiver.Fill())
        {
            var now = time.GetElapsedTime(0);
            while (_receiver.TryRead(out var datagram, out var from))
            {
                Take(datagram, from, now);
            }
            if (!_receiver.MayHaveMore)
            {
                return;
            }
        }
    }

    internal void Tick(TimeSpan now) => _peer.Tick(now);

    /// <summary>Sends what is to be sent and notes what happened.</summary>
    internal void Drain(TimeSpan now)
    {
        while (_peer.TryRead(out var e))
        {
            switch (e.Kind)
            {
                case PeerEventKind.Connected:
                    ConnectedAt = Traffic.FirstPacketAt ?? now; // media may stand in the same batch as the last of the handshake
                    break;
                case PeerEventKind.Ended:
                    _ended.TrySetResult(SentenceOf(e));
                    break;
            }
        }
        while (_peer.TryTransmit(_buffer, now, out var length, out var flow))
        {
            _socket.TrySend(_buffer.AsSpan(0, length), flow.Remote);
        }
    }

    /// <summary>Says good-bye.</summary>
    internal void Close(TimeSpan now)
    {
        _peer.Close();
        Drain(now);
    }

    public void Dispose()
    {
        _peer.Dispose();
        _socket.Dispose();
    }

    private void Take(Span<byte> datagram, in TransportAddress from, TimeSpan now)
    {
        var isMedia = ViewerTraffic.TryReadHeader(datagram, out var payloadType, out var sequence);
        var length = datagram.Length;
        if (_peer.Receive(datagram, new FlowId(0, from), now, out var rtpLength))
        {
            if (Traffic.Take(datagram[..rtpLength], length, now))
            {
                _picture.TrySetResult();
            }
        }
        else if (isMedia && _peer.IsConnected)
        {
            Traffic.Refuse(payloadType, sequence);
        }
    }

    // The peer's own sentences speak to a server about its viewer; here we are the viewer.
    private string SentenceOf(in PeerEvent e) =>
        e.End switch
        {
            PeerEnd.ConnectTimeout when _peer.Selected is null =>
                "No network path to the server was found (none of its candidates answered).",
            PeerEnd.ConnectTimeout => "The encryption handshake with the server did not finish in time.",
            PeerEnd.ConsentExpired => "The server stopped answering.",
            PeerEnd.RemoteClosed => "The server ended the session.",
            _ => e.Sentence ?? "The session ended.",
        };
}

/// <summary>Where viewers bind, and the addresses they are to be reached by.</summary>
internal sealed record ViewerAddresses(IPAddress Bind, IReadOnlyList<IPAddress> Candidates);
