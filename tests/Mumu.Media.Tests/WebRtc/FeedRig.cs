// A feed on one thread under a clock of the test: a connected peer, a stream cut from made-up frames, and what leaves the socket.
using System.Collections.Concurrent;
using System.Net;
using Mumu.Io;
using Mumu.Media.Streams;
using Mumu.Media.WebRtc;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Packetizers;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc;
using Mumu.Protocols.WebRtc.Negotiation;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Media.Tests.WebRtc;

internal sealed class FeedRig : IDisposable
{
    private const int MaxPayload = 1160;
    private static readonly DtlsCertificate s_certificate = DtlsCertificate.Create(DtlsTimers.VirtualTime);
    private readonly ConcurrentQueue<PacketizedFrame> _pool = new();
    private readonly UdpSocket _from = new(IPAddress.Loopback, 0);
    private readonly UdpSocket _to = new(IPAddress.Loopback, 0);
    private readonly UdpReceiver _receiver;
    private readonly MediaStream _idle;
    private readonly H264Packetizer _video = new();
    private readonly WholeFramePacketizer _audio = new();
    private readonly long[] _slotFrames = new long[2];
    private readonly long[] _slotPackets = new long[2];
    private readonly int _keep;
    private byte[] _unit = [];
    private long _groupStart = -1;

    public FeedRig(WebRtcOptions? options = null, int keep = 500, ReceivingOptions? receive = null)
    {
        _keep = keep;
        Options = options ?? new WebRtcOptions();
        _receiver = new UdpReceiver(_to);
        Output = new UdpSendBatch(_from);
        _idle = new MediaStream("idle", () => throw new InvalidOperationException(), new StreamOptions(), TimeProvider.System);
        SendTrack[] tracks = [new(Codec.H264, 90000, 0), new(Codec.Opus, 48000, 2)];
        var receiving = new ReceivingPeer(PeerOptions(1), receive ?? new ReceivingOptions { Rtx = false, TransportFeedback = false }, Now);
        receiving.AddLocalBase(0, _to.LocalAddress);
        Assert.True(RemoteOffer.TryParse(receiving.Offer(true), out var offer, out _));
        Assert.True(AnswerPlan.TryMake(offer, tracks, out var plan, out _));
        Peer = new Peer(offer, plan, tracks, PeerOptions(2), Now);
        Peer.AddLocalBase(0, _from.LocalAddress);
        Assert.True(receiving.TryAccept(Peer.Answer(offer, plan, true), Now, out _));
        Receiving = receiving;
        Connect();
        Stream = new LoopStream(new PacketizedStream(_idle, new StreamTracks([]), Options));
        Tracks = [new FeedTrack(Peer.Tracks[0], 1000), new FeedTrack(Peer.Tracks[1], 2000)];
    }

    public WebRtcOptions Options { get; }

    public Peer Peer { get; }

    public ReceivingPeer Receiving { get; }

    public LoopStream Stream { get; }

    public FeedTrack[] Tracks { get; }

    public UdpSendBatch Output { get; }

    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(50);

    public ViewerFeed Start() => new(Options, Stream, Peer, Tracks, Now);

    /// <summary>Adds a frame of the given number of full packets.</summary>
    public void AddVideo(int packets, bool isKeyFrame = false) => Add(0, _video, MakeNal(packets, isKeyFrame), 3000, isKeyFrame);

    public void AddAudio() => Add(1, _audio, [1, 2, 3, 4], 960, false);

    public void Pump(ViewerFeed feed)
    {
        feed.Pump(new PacketPath(Output, _to.LocalAddress), Now);
        Assert.True(Output.Flush());
    }

    public void Resend(ViewerFeed feed, int track, ushort sequence)
    {
        feed.Resend(new PacketPath(Output, _to.LocalAddress), Peer.Tracks[track], new SequenceNumber(sequence), Now);
        Assert.True(Output.Flush());
    }

    /// <summary>The datagrams that left, protected as they were.</summary>
    public List<byte[]> TakeRaw()
    {
        var taken = new List<byte[]>();
        while (_receiver.Fill())
        {
            while (_receiver.TryRead(out var datagram, out _))
            {
                taken.Add(datagram.ToArray());
            }
        }
        return taken;
    }

    /// <summary>Lets the viewer have what left.</summary>
    public int Hear()
    {
        var count = 0;
        foreach (var datagram in TakeRaw())
        {
            Receiving.Receive(datagram, new FlowId(0, _from.LocalAddress), Now, out _);
            count++;
        }
        Receiving.Tick(Now);
        return count;
    }

    /// <summary>Lets the sender have the viewer's reports; returns what it allocated to read them.</summary>
    public long Answer(byte[] buffer)
    {
        long allocated = 0;
        while (Receiving.TryTransmit(buffer, Now, out var length, out _))
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (RtpHeader.IsRtcp(buffer))
            {
                Peer.Receive(buffer.AsSpan(0, length), new FlowId(0, _to.LocalAddress), Now);
            }
            while (Peer.TryRead(out _))
            {
                // The test asks for what it wants itself.
            }
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        return allocated;
    }

    public static (int Type, ushort Sequence, uint Time, bool Marker) Header(byte[] datagram)
    {
        Assert.True(RtpPacket.TryParse(datagram, out var packet));
        return (packet.PayloadType, packet.Sequence.Value, packet.Timestamp.Value, packet.Marker);
    }

    public void Dispose()
    {
        Stream.Clear();
        Peer.Dispose();
        Receiving.Dispose();
        _from.Dispose();
        _to.Dispose();
    }

    private static PeerOptions PeerOptions(int seed) => new() { Certificate = s_certificate, Random = new Random(seed) };

    private void Add(int slot, IRtpPacketizer packetizer, ReadOnlySpan<byte> unit, int step, bool isKeyFrame)
    {
        var frame = PacketizedFrame.Cut(_pool, packetizer, unit, MaxPayload)!;
        var number = Stream.Next;
        if (isKeyFrame)
        {
            _groupStart = number;
        }
        frame.Place(number, slot, _slotFrames[slot], _slotPackets[slot], _slotFrames[slot] * step, Now, isKeyFrame);
        frame.Oldest = Math.Max(0, number - _keep);
        frame.GroupStart = _groupStart >= frame.Oldest ? _groupStart : -1;
        _slotFrames[slot]++;
        _slotPackets[slot] += frame.PacketCount;
        Stream.Add(frame);
        Stream.TakeNews();
    }

    private ReadOnlySpan<byte> MakeNal(int packets, bool isKeyFrame)
    {
        var length = packets == 1 ? 500 : (packets * (MaxPayload - 2)) - 100;
        if (_unit.Length < length + 5)
        {
            _unit = new byte[length + 5];
            new Random(1).NextBytes(_unit);
        }
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(_unit, length);
        _unit[4] = (byte)(isKeyFrame ? 0x65 : 0x41);
        return _unit.AsSpan(0, length + 4);
    }

    private void Connect()
    {
        var buffer = new byte[1500];
        for (var i = 0; i < 1000 && !(Peer.IsConnected && Receiving.IsConnected); i++)
        {
            Now += TimeSpan.FromMilliseconds(2);
            Peer.Tick(Now);
            Receiving.Tick(Now);
            while (Peer.TryTransmit(buffer, Now, out var length, out _))
            {
                Receiving.Receive(buffer.AsSpan(0, length).ToArray(), new FlowId(0, _from.LocalAddress), Now, out _);
            }
            while (Receiving.TryTransmit(buffer, Now, out var length, out _))
            {
                Peer.Receive(buffer.AsSpan(0, length).ToArray(), new FlowId(0, _to.LocalAddress), Now);
            }
        }
        Assert.True(Peer.IsConnected);
    }
}
