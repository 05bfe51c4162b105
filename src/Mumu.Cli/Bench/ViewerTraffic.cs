// What one viewer received, and when the first of it came.
using System.Buffers.Binary;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Cli.Bench;

/// <summary>Counts of one viewer or, added up, of many.</summary>
internal readonly record struct TrafficCounts(
    long Packets,
    long Bytes,
    long Expected,
    long Duplicates,
    long Reordered,
    long Refused,
    long Nacked,
    long Frames
)
{
    public static TrafficCounts operator +(in TrafficCounts a, in TrafficCounts b) => a.Plus(b, 1);

    public static TrafficCounts operator -(in TrafficCounts a, in TrafficCounts b) => a.Plus(b, -1);

    private TrafficCounts Plus(in TrafficCounts b, int sign) =>
        new(
            Packets + sign * b.Packets,
            Bytes + sign * b.Bytes,
            Expected + sign * b.Expected,
            Duplicates + sign * b.Duplicates,
            Reordered + sign * b.Reordered,
            Refused + sign * b.Refused,
            Nacked + sign * b.Nacked,
            Frames + sign * b.Frames
        );
}

/// <summary>Follows the media of one viewer on the thread that receives it.</summary>
internal sealed class ViewerTraffic
{
    private readonly List<(IncomingTrack Track, PacketLedger Ledger)> _tracks = [];
    private FirstPicture? _first;
    private RtpTimestamp? _frame;
    private long _bytes;
    private long _duplicates;
    private long _refused;
    private long _frames;

    /// <summary>When the first media packet came.</summary>
    internal TimeSpan? FirstPacketAt { get; private set; }

    /// <summary>When the first decodable picture was whole.</summary>
    internal TimeSpan? FirstPictureAt { get; private set; }

    internal TrafficCounts Counts
    {
        get
        {
            var sum = new TrafficCounts(0, _bytes, 0, _duplicates, 0, _refused, 0, _frames);
            foreach (var (track, ledger) in _tracks)
            {
                sum += new TrafficCounts(ledger.Received, 0, ledger.Expected, 0, ledger.Reordered, 0, track.Nacked, 0);
            }
            return sum;
        }
    }

    /// <summary>Learns the tracks of the answer.</summary>
    internal void Begin(IReadOnlyList<IncomingTrack> tracks)
    {
        foreach (var track in tracks)
        {
            _tracks.Add((track, new PacketLedger()));
        }
    }

    /// <summary>Takes an authentic, decrypted packet of <paramref name="datagramLength"/> bytes on the wire; true if it completed the first decodable picture.</summary>
    internal bool Take(ReadOnlySpan<byte> rtp, int datagramLength, TimeSpan now)
    {
        if (
            !RtpPacket.TryParse(rtp, out var packet)
            || Find(packet.PayloadType) is not var (track, ledger)
            || !ledger.Take(packet.Sequence.Value)
        )
        {
            return false;
        }
        FirstPacketAt ??= now;
        _bytes += datagramLength;
        if (!track.IsVideo)
        {
            return false;
        }
        if (_frame is not { } frame || packet.Timestamp.Since(frame) > 0)
        {
            _frame = packet.Timestamp;
            _frames++;
        }
        if (FirstPictureAt is not null)
        {
            return false;
        }
        _first ??= new FirstPicture(track.Codec, track.ClockRate);
        if (!_first.Take(rtp, now))
        {
            return false;
        }
        FirstPictureAt = now;
        _first = null;
        return true;
    }

    /// <summary>Notes media that was refused: a packet that had come before, or one that does not decrypt.</summary>
    internal void Refuse(byte payloadType, ushort sequence)
    {
        if (Find(payloadType) is var (_, ledger) && ledger.HasSeen(sequence))
        {
            _duplicates++;
        }
        else
        {
            _refused++;
        }
    }

    /// <summary>Reads type and number of what looks like RTP and not RTCP (RFC 5761 §4); they are never encrypted.</summary>
    internal static bool TryReadHeader(ReadOnlySpan<byte> datagram, out byte payloadType, out ushort sequence)
    {
        payloadType = 0;
        sequence = 0;
        if (datagram.Length < RtpHeader.MinLength || datagram[0] >> 6 != 2 || RtpHeader.IsRtcp(datagram))
        {
            return false;
        }
        payloadType = (byte)(datagram[1] & 0x7F);
        sequence = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        return true;
    }

    private (IncomingTrack Track, PacketLedger Ledger)? Find(byte payloadType)
    {
        foreach (var entry in _tracks)
        {
            if (entry.Track.PayloadType == payloadType)
            {
                return entry;
            }
        }
        return null;
    }
}
