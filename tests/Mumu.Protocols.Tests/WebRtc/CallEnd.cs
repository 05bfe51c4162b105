// One side of a call: cuts frames into packets, answers what is asked for again, and keeps the frames it gets.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Packetizers;
using Mumu.Protocols.WebRtc;

namespace Mumu.Protocols.Tests.WebRtc;

internal sealed class CallEnd(Peer peer, int seed)
{
    private const int MaxPayload = 1100;
    private readonly uint _offset = (uint)new Random(seed).NextInt64(1L << 32); // RTP time begins anywhere
    private readonly Dictionary<(int Track, ulong Index), (RtpTimestamp Time, bool Marker, byte[] Payload)> _sent = [];

    public Peer Peer => peer;

    public List<PeerEvent> Events { get; } = [];

    /// <summary>Frames received, with the track and seconds on the common line.</summary>
    public List<(int Track, double Seconds, byte[] Data)> Frames { get; } = [];

    /// <summary>Packets sent again.</summary>
    public int Resent { get; private set; }

    /// <summary>A moment of a track in RTP time.</summary>
    public RtpTimestamp TimeOf(int track, double seconds) => new(unchecked(_offset + (uint)(long)(seconds * peer.Tracks[track].ClockRate)));

    public void Send(int track, byte[] frame, double seconds, TimeSpan now, Action<byte[]> send)
    {
        var outgoing = peer.Tracks[track];
        var time = TimeOf(track, seconds);
        outgoing.SetClock(now, time);
        var packetizer = RtpPacketizer.For(outgoing.Codec)!;
        var lengths = new ushort[RtpPacketizer.MaxPackets(frame.Length, MaxPayload)];
        var bytes = new byte[RtpPacketizer.MaxBytes(frame.Length, MaxPayload)];
        var output = new PacketBuffer(bytes, lengths);
        var count = packetizer.Packetize(frame, MaxPayload, ref output);
        Assert.True(count > 0);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            var index = outgoing.Take(1, lengths[i]);
            _sent[(track, index)] = (time, packetizer.MarksLast && i == count - 1, bytes[at..(at + lengths[i])]);
            at += lengths[i];
            send(Packet(track, index, again: false, now));
        }
    }

    /// <summary>Sends again what the other side misses.</summary>
    public void Answer(Action<byte[]> send, TimeSpan now)
    {
        while (peer.TryRead(out var e))
        {
            Events.Add(e);
            if (
                e.Kind == PeerEventKind.Nack
                && peer.Tracks[e.Track].IndexOf(e.Sequence) is var index
                && _sent.ContainsKey((e.Track, index))
            )
            {
                Resent++;
                send(Packet(e.Track, index, again: true, now));
            }
        }
    }

    /// <summary>Takes the frames that are whole.</summary>
    public void Collect()
    {
        while (peer.Published is { } published && published.TryReadUnit(out var track, out var unit))
        {
            Frames.Add((track, (double)unit.Timestamp / published.Tracks[track].ClockRate, unit.Data.ToArray()));
        }
    }

    private byte[] Packet(int track, ulong index, bool again, TimeSpan now)
    {
        var (time, marker, payload) = _sent[(track, index)];
        var buffer = new byte[1500];
        var transport = peer.NoteSent(peer.Tracks[track], 1, payload.Length, payload.Length, now);
        var length = again
            ? peer.Retransmit(peer.Tracks[track], index, time, marker, delayHint: marker, payload, buffer, transport)
            : peer.Protect(peer.Tracks[track], index, time, marker, delayHint: marker, payload, buffer, transport);
        return buffer[..length];
    }
}
