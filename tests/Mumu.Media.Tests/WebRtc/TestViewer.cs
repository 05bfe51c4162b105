// A viewer for tests: our receiving peer on a loopback socket, with a ledger of the simulator's frames.
using System.Net;
using Mumu.Io;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Tests.WebRtc.Tcp;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Media.Tests.WebRtc;

/// <summary>One viewer. All calls come from the crowd's thread once it runs; a test reads the figures.</summary>
internal sealed class TestViewer : IDisposable
{
    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create();
    private readonly UdpSocket _socket = new(IPAddress.Loopback, 0);
    private readonly UdpReceiver _receiver;
    private readonly RtpReceiver _video;
    private readonly bool _asksForKeyFrames;
    private readonly Dictionary<(uint Ssrc, ushort Sequence), TimeSpan> _arrivals = [];
    private readonly List<ViewerFrame> _shown = [];
    private long _lost;
    private bool _awaitsKeyFrame;
    private TimeSpan _askedAt;
    private readonly byte[] _buffer = new byte[1500];
    private readonly Lock _gate = new();
    private readonly List<ViewerFrame> _frames = [];
    private uint? _lastTime;

    /// <param name="seed">Of its random numbers.</param>
    /// <param name="receiving">What it asks for.</param>
    /// <param name="patience">How long it waits for lost packets before it asks for a key frame; null for a viewer that asks for none.</param>
    /// <param name="tcp">How it takes part in TCP; UDP for not at all.</param>
    public TestViewer(int seed, ReceivingOptions? receiving = null, TimeSpan? patience = null, IceTransport tcp = IceTransport.Udp)
    {
        _asksForKeyFrames = patience is not null;
        // On a busy machine a repair may be long on its way, as its path is only loopback, but its threads have to wait.
        _video = new RtpReceiver(new H264Depacketizer(), 90000, new RtpReceiverOptions(2048, patience ?? TimeSpan.FromSeconds(1)));
        _receiver = new UdpReceiver(_socket);
        Peer = new ReceivingPeer(
            new PeerOptions { Certificate = s_certificate, Random = new Random(seed) },
            receiving ?? new ReceivingOptions { Audio = [], TransportFeedback = false }, // a machine busy with tests is no path
            Now
        );
        Peer.AddLocalBase(0, _socket.LocalAddress);
        if (tcp != IceTransport.Udp)
        {
            Tcp = new TcpLinks();
            Peer.AddLocalBase(tcp == IceTransport.TcpActive ? TcpLinks.Active : TcpLinks.Passive, Tcp.Address, transport: tcp);
        }
        Offer = Peer.Offer(isComplete: true);
    }

    public ReceivingPeer Peer { get; }

    public string Offer { get; }

    /// <summary>Decides whether a datagram is lost on the way in; null loses none.</summary>
    public Func<ReadOnlySpan<byte>, bool>? Loses { get; set; }

    /// <summary>Decides whether nothing goes to or comes from an address; null for none.</summary>
    public Func<TransportAddress, bool>? IsCut { get; set; }

    /// <summary>Sees each datagram that is sent.</summary>
    public Action<ReadOnlyMemory<byte>>? OnSent { get; set; }

    /// <summary>Is called in each turn, before what the peer has to say is sent: for its data channels.</summary>
    public Action<TimeSpan>? OnTurn { get; set; }

    /// <summary>Its TCP connections; null if it makes and takes none.</summary>
    public TcpLinks? Tcp { get; }

    public TimeSpan ConnectedAt { get; private set; }

    public long Datagrams { get; private set; }

    /// <summary>RTP times that went back, which no browser would like.</summary>
    public int TimesGoneBack { get; private set; }

    public IReadOnlyList<ViewerFrame> Frames
    {
        get
        {
            lock (_gate)
            {
                return [.. _frames];
            }
        }
    }

    /// <summary>Those of them that a decoder could show: each since a key frame without a loss between.</summary>
    public IReadOnlyList<ViewerFrame> Shown
    {
        get
        {
            lock (_gate)
            {
                return [.. _shown];
            }
        }
    }

    /// <summary>When each media packet came first, repaired ones in their original form.</summary>
    public Dictionary<(uint Ssrc, ushort Sequence), TimeSpan> Arrivals
    {
        get
        {
            lock (_gate)
            {
                return new(_arrivals);
            }
        }
    }

    /// <summary>The path in use.</summary>
    public FlowId? Selected
    {
        get
        {
            lock (_gate)
            {
                return Peer.Selected;
            }
        }
    }

    /// <summary>Key frames asked for.</summary>
    public int Asked { get; private set; }

    public static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    public void Accept(string answer)
    {
        lock (_gate)
        {
            Assert.True(Peer.TryAccept(answer, Now, out var error), error);
        }
    }

    public void Add(IceCandidate candidate)
    {
        lock (_gate)
        {
            Peer.AddRemoteCandidate(candidate, Now);
        }
    }

    public void Turn()
    {
        lock (_gate)
        {
            var now = Now;
            while (_receiver.Fill())
            {
                while (_receiver.TryRead(out var datagram, out var from))
                {
                    Datagrams++;
                    if (IsCut?.Invoke(from) == true)
                    {
                        continue;
                    }
                    if (Loses?.Invoke(datagram) != true && Peer.Receive(datagram, new FlowId(0, from), now, out var length))
                    {
                        Take(datagram[..length], now);
                    }
                }
            }
            Tcp?.Receive(TakeFromTcp);
            _video.Tick(now);
            ReadUnits(now);
            if (Peer.NextDeadline <= now)
            {
                Peer.Tick(now);
            }
            while (Peer.TryRead(out var e))
            {
                if (e.Kind == PeerEventKind.Connected)
                {
                    ConnectedAt = now;
                }
            }
            OnTurn?.Invoke(now);
            while (Peer.TryTransmit(_buffer, now, out var length, out var flow))
            {
                OnSent?.Invoke(_buffer.AsMemory(0, length));
                if (flow.Base != 0)
                {
                    Tcp!.Send(_buffer.AsSpan(0, length), flow);
                }
                else if (IsCut?.Invoke(flow.Remote) != true)
                {
                    _socket.TrySend(_buffer.AsSpan(0, length), flow.Remote);
                }
            }
        }
    }

    /// <summary>Restarts ICE and returns the offer of it.</summary>
    public string Restart()
    {
        lock (_gate)
        {
            Peer.Restart();
            return Peer.Offer(isComplete: true);
        }
    }

    /// <summary>Sends any bytes from the viewer's own address.</summary>
    public void SendRaw(ReadOnlySpan<byte> datagram, in TransportAddress to)
    {
        lock (_gate)
        {
            _socket.TrySend(datagram, to);
        }
    }

    public void RequestKeyFrame()
    {
        lock (_gate)
        {
            Peer.RequestKeyFrame();
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            Peer.Close();
        }
    }

    public void BreakTcp()
    {
        lock (_gate)
        {
            Tcp!.Break();
        }
    }

    /// <summary>What is known of it, for the message of a failed test.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            return $"A viewer: {Datagrams} datagrams, {_frames.Count} frames, connected at {ConnectedAt}, path {Peer.Selected}, end {Peer.End}.";
        }
    }

    public void Dispose()
    {
        Tcp?.Dispose();
        Peer.Dispose();
        _socket.Dispose();
    }

    private void TakeFromTcp(Span<byte> message, in FlowId from)
    {
        if (Peer.Receive(message, from, Now, out var length))
        {
            Take(message[..length], Now);
        }
    }

    private void Take(ReadOnlySpan<byte> packet, TimeSpan now)
    {
        Assert.True(RtpPacket.TryParse(packet, out var parsed));
        if (_lastTime is { } last && parsed.Timestamp.Since(new RtpTimestamp(last)) < 0 && Loses is null)
        {
            TimesGoneBack++;
        }
        _lastTime = parsed.Timestamp.Value;
        if (_asksForKeyFrames)
        {
            _arrivals.TryAdd((parsed.Ssrc.Value, parsed.Sequence.Value), now);
        }
        _video.Receive(packet, now);
        ReadUnits(now);
    }

    private void ReadUnits(TimeSpan now)
    {
        _awaitsKeyFrame |= _video.Lost > _lost;
        _lost = _video.Lost;
        while (_video.TryRead(out var unit))
        {
            if (SimulatorStamp.TryRead(unit.Data, out var stamp))
            {
                var late = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - stamp.UnixMilliseconds;
                var frame = new ViewerFrame(stamp.Frame, unit.Timestamp, unit.IsKeyFrame, stamp.Matches(unit.Data), now, late);
                _frames.Add(frame);
                Show(frame);
            }
        }
        if (_asksForKeyFrames && _awaitsKeyFrame && now - _askedAt > TimeSpan.FromMilliseconds(300))
        {
            Asked++;
            _askedAt = now;
            Peer.RequestKeyFrame();
        }
    }

    private void Show(ViewerFrame frame)
    {
        _awaitsKeyFrame &= !frame.IsKeyFrame;
        if (!_awaitsKeyFrame && frame.IsWhole)
        {
            _shown.Add(frame);
        }
    }
}

/// <summary>A frame as a viewer got it, so many milliseconds late by the camera's clock.</summary>
internal sealed record ViewerFrame(uint Number, long Time, bool IsKeyFrame, bool IsWhole, TimeSpan At, long Late);
