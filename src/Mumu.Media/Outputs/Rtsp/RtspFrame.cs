// One unit as RTP packets in the form of the connection, shared by all readers of a stream.
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Mumu.Media.Outputs.Connections;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>
/// A unit's packets with their RTP headers, each behind the four bytes of RFC 2326 §10.12 on channel 2 × track: a reader over TCP gets the whole in one write, one over UDP each packet without the four bytes.
/// Read-only once published, counted references, object and bytes pooled.
/// </summary>
internal sealed class RtspFrame : ISharedBytes
{
    /// <summary>Bytes in front of each RTP packet.</summary>
    internal const int Prefix = 4;

    private const int Overhead = Prefix + RtpHeader.MinLength;
    private readonly ConcurrentQueue<RtspFrame>? _home;
    private int[] _ends = new int[128];
    private byte[] _bytes = [];
    private int _references;

    private RtspFrame(ConcurrentQueue<RtspFrame>? home) => _home = home;

    /// <summary>Place in the stream, over all tracks, from 0 without gaps.</summary>
    internal long Number { get; private set; }

    /// <summary>Number of the track as clients count.</summary>
    internal int Track { get; private set; }

    /// <summary>True where readers may start: a key frame of the main track.</summary>
    internal bool StartsGroup { get; private set; }

    /// <summary>Number of its first packet.</summary>
    internal ushort Sequence { get; private set; }

    /// <summary>Time on the stream's line, in ticks of the track's clock.</summary>
    internal long Time { get; private set; }

    internal int PacketCount { get; private set; }

    internal int Length => PacketCount == 0 ? 0 : _ends[PacketCount - 1];

    /// <summary>RTP payload bytes.</summary>
    internal int PayloadBytes => Length - PacketCount * Overhead;

    /// <summary>All packets, for a connection.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>One packet, for a datagram.</summary>
    internal ReadOnlySpan<byte> Packet(int index)
    {
        var start = (index == 0 ? 0 : _ends[index - 1]) + Prefix;
        return _bytes.AsSpan(start, _ends[index] - start);
    }

    /// <summary>Cuts a unit; null if it is malformed. The caller holds the one reference.</summary>
    /// <param name="pool">Where frames rest.</param>
    /// <param name="scratch">Room for payloads, kept by the caller.</param>
    /// <param name="packetizer">How to cut.</param>
    /// <param name="unit">The unit's data.</param>
    /// <param name="maxPayload">Most bytes of a payload.</param>
    internal static RtspFrame? Cut(
        ConcurrentQueue<RtspFrame> pool,
        RtspScratch scratch,
        IRtpPacketizer packetizer,
        ReadOnlySpan<byte> unit,
        int maxPayload
    )
    {
        if (!scratch.TryCut(packetizer, unit, maxPayload, out var payloads))
        {
            return null;
        }
        var frame = pool.TryDequeue(out var pooled) ? pooled : new RtspFrame(pool);
        frame._references = 1;
        frame.Take(payloads.Lengths, payloads.Bytes);
        return frame;
    }

    /// <summary>Bytes of our own that travel like a frame: a report. Not pooled; one reference.</summary>
    internal static RtspFrame OfBytes(ReadOnlySpan<byte> packet, int track)
    {
        var frame = new RtspFrame(null) { _references = 1, Track = track };
        frame._bytes = new byte[Prefix + packet.Length];
        packet.CopyTo(frame._bytes.AsSpan(Prefix));
        WritePrefix(frame._bytes, 2 * track + 1, packet.Length);
        frame._ends[0] = frame._bytes.Length;
        frame.PacketCount = 1;
        return frame;
    }

    /// <summary>Gives the frame its place and its packets their headers, before it is published.</summary>
    internal void Place(long number, int track, bool startsGroup, long time, in RtspNumbers numbers, bool marksLast)
    {
        (Number, Track, StartsGroup, Time, Sequence) = (number, track, startsGroup, time, numbers.Sequence);
        var start = 0;
        for (var i = 0; i < PacketCount; i++)
        {
            WritePrefix(_bytes.AsSpan(start), 2 * track, _ends[i] - start - Prefix);
            RtpHeader.Write(
                _bytes.AsSpan(start + Prefix),
                numbers.PayloadType,
                marksLast && i == PacketCount - 1,
                new SequenceNumber((ushort)(numbers.Sequence + i)),
                numbers.TimeOf(time),
                numbers.Source
            );
            start = _ends[i];
        }
    }

    /// <summary>A copy with other channels, for the rare client that wants its own. One reference, not pooled.</summary>
    internal byte[] CopyFor(int channel)
    {
        var copy = Memory.ToArray();
        for (var (i, start) = (0, 0); i < PacketCount; start = _ends[i++])
        {
            copy[start + 1] = (byte)channel;
        }
        return copy;
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0 && _home is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
            _home.Enqueue(this);
        }
    }

    private void Take(ReadOnlySpan<ushort> lengths, ReadOnlySpan<byte> payloads)
    {
        PacketCount = lengths.Length;
        if (_ends.Length < lengths.Length)
        {
            _ends = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)lengths.Length)];
        }
        _bytes = ArrayPool<byte>.Shared.Rent(payloads.Length + lengths.Length * Overhead);
        var end = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            payloads[..lengths[i]].CopyTo(_bytes.AsSpan(end + Overhead));
            payloads = payloads[lengths[i]..];
            end += Overhead + lengths[i];
            _ends[i] = end;
        }
    }

    private static void WritePrefix(Span<byte> destination, int channel, int length)
    {
        destination[0] = (byte)'$';
        destination[1] = (byte)channel;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
    }
}
