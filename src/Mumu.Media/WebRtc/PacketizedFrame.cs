// One unit cut into RTP payloads, shared by all loops and viewers.
using System.Buffers;
using System.Collections.Concurrent;
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Media.WebRtc;

/// <summary>
/// A frame of a packetised stream: read-only once published, counted references, object and bytes pooled, so that a steady stream makes no garbage.
/// </summary>
internal sealed class PacketizedFrame
{
    private const int LeastRoom = 128; // packets

    private readonly ConcurrentQueue<PacketizedFrame> _home;
    private ushort[] _lengths = [];
    private int[] _offsets = [];
    private byte[] _bytes = [];
    private int _references;

    private PacketizedFrame(ConcurrentQueue<PacketizedFrame> home) => _home = home;

    /// <summary>Place in the stream, over all slots, from 0 without gaps.</summary>
    internal long Number { get; private set; }

    /// <summary>Frames before this number are not kept any more.</summary>
    internal long Oldest { get; set; }

    /// <summary>Number of the key frame that the group playing now began with; −1 if it is not kept whole.</summary>
    internal long GroupStart { get; set; }

    /// <summary>See <see cref="StreamTracks"/>.</summary>
    internal int Slot { get; private set; }

    /// <summary>Place among the frames of its slot.</summary>
    internal long SlotNumber { get; private set; }

    /// <summary>Place of its first packet among the packets of its slot.</summary>
    internal long FirstPacket { get; private set; }

    /// <summary>Ticks of the track's clock.</summary>
    internal long Timestamp { get; private set; }

    /// <summary>When its moment was, on the monotonic clock, smoothed over the jitter of arrival.</summary>
    internal TimeSpan Moment { get; private set; }

    /// <summary>True where decoding can start.</summary>
    internal bool IsKeyFrame { get; private set; }

    /// <summary>True if no frame that is sent without it refers to it.</summary>
    internal bool IsDisposable { get; private set; }

    /// <summary>True if the last packet bears the marker.</summary>
    internal bool MarksLast { get; private set; }

    internal int PacketCount { get; private set; }

    internal int ByteCount { get; private set; }

    internal int LengthOf(int packet) => _lengths[packet];

    internal ReadOnlySpan<byte> Payload(int packet) => _bytes.AsSpan(_offsets[packet], _lengths[packet]);

    /// <summary>Cuts a unit; null if it is malformed. The caller holds the one reference.</summary>
    internal static PacketizedFrame? Cut(
        ConcurrentQueue<PacketizedFrame> pool,
        IRtpPacketizer packetizer,
        ReadOnlySpan<byte> unit,
        int maxPayload
    )
    {
        var frame = pool.TryDequeue(out var pooled) ? pooled : new PacketizedFrame(pool);
        frame._references = 1;
        var packets = RtpPacketizer.MaxPackets(unit.Length, maxPayload);
        while (true)
        {
            if (frame._lengths.Length < packets)
            {
                // Generous, so that a pooled frame serves small and large units alike.
                var room = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(LeastRoom, packets));
                frame._lengths = new ushort[room];
                frame._offsets = new int[room];
            }
            frame._bytes = ArrayPool<byte>.Shared.Rent(RtpPacketizer.MaxBytes(unit.Length, maxPayload) + 4 * packets);
            var buffer = new PacketBuffer(frame._bytes, frame._lengths);
            var count = packetizer.Packetize(unit, maxPayload, ref buffer);
            if (count > 0)
            {
                frame.Take(buffer.Lengths, buffer.Length, packetizer.MarksLast);
                return frame;
            }
            if (count == 0 || packets > unit.Length)
            {
                frame.Release();
                return null;
            }
            ArrayPool<byte>.Shared.Return(frame._bytes);
            packets *= 4; // very many small NAL units
        }
    }

    /// <summary>Tells the frame its place, before it is published.</summary>
    internal void Place(
        long number,
        int slot,
        long slotNumber,
        long firstPacket,
        long timestamp,
        TimeSpan moment,
        bool isKeyFrame,
        bool isDisposable = false
    )
    {
        Number = number;
        Slot = slot;
        SlotNumber = slotNumber;
        FirstPacket = firstPacket;
        Timestamp = timestamp;
        Moment = moment;
        IsKeyFrame = isKeyFrame;
        IsDisposable = isDisposable;
    }

    internal void AddReference() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
            _home.Enqueue(this);
        }
    }

    private void Take(ReadOnlySpan<ushort> lengths, int bytes, bool marksLast)
    {
        PacketCount = lengths.Length;
        ByteCount = bytes;
        MarksLast = marksLast;
        var offset = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            _offsets[i] = offset;
            offset += lengths[i];
        }
    }
}
