// Writes frames of the stream, and packets of it once more, to one viewer.
using Mumu.Io;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.WebRtc;

namespace Mumu.Media.WebRtc;

/// <summary>The last step to the wire: equal packets of a frame as one message, within the pace.</summary>
internal sealed class FeedSender(Peer peer)
{
    private const int MaxOverdraft = 64; // packets: a flood of NACKs must not be a lever for more than a burst
    private const int LeastOverdraft = 4;
    private const double OverdraftTime = 60; // ms: what repair may take ahead on a path with a limit
    private Pace _pace;
    private double _overdraft;

    /// <summary>Bytes sent, with headers and tags, without retransmissions.</summary>
    internal long Bytes { get; private set; }

    internal long Retransmits { get; private set; }

    /// <summary>Bytes of retransmissions.</summary>
    internal long RetransmittedBytes { get; private set; }

    /// <summary>Lets time pass.</summary>
    internal void Fill(PathRate rate, int maxPacket, TimeSpan now)
    {
        _pace.Fill(rate.Rate, rate.Burst, now);
        _overdraft = rate.Limit is { } limit
            ? Math.Clamp(limit * OverdraftTime, LeastOverdraft * maxPacket, MaxOverdraft * maxPacket)
            : MaxOverdraft * maxPacket;
    }

    /// <summary>Sends packets of a frame from the given one on, as many as may leave in one message; returns how many.</summary>
    internal int Send(in PacketPath path, FeedTrack track, PacketizedFrame frame, int packet, in Repeat? repeat, TimeSpan now)
    {
        var segment = frame.LengthOf(packet);
        var most = Math.Min(_pace.PacketsOf(segment + Peer.MaxOverhead), frame.PacketCount - packet);
        most = Math.Min(most, MostIn(path, segment));
        if (most <= 0)
        {
            return 0;
        }
        var count = 1;
        var bytes = segment;
        // One message: equal packets, and behind them one that may be shorter.
        while (count < most && frame.LengthOf(packet + count - 1) == segment && frame.LengthOf(packet + count) <= segment)
        {
            bytes += frame.LengthOf(packet + count++);
        }
        var room = path.Reserve(bytes + count * (Peer.MaxOverhead + path.Overhead));
        if (room.IsEmpty)
        {
            return 0;
        }
        var index = track.Outgoing.Take(count, bytes);
        track.Runs.Note(index, frame.FirstPacket + packet, repeat);
        var transport = peer.NoteSent(track.Outgoing, count, segment, frame.LengthOf(packet + count - 1), now);
        var time = new RtpTimestamp(track.TimeOf(frame, repeat));
        var written = 0;
        var first = 0;
        for (var i = 0; i < count; i++)
        {
            var rest = room[written..];
            var length = peer.Protect(
                track.Outgoing,
                index + (ulong)i,
                time,
                frame.MarksLast && packet + i == frame.PacketCount - 1,
                frame.IsKeyFrame,
                frame.Payload(packet + i),
                rest[path.Front..],
                transport < 0 ? transport : (ushort)(transport + i)
            );
            written += path.Seal(rest, length);
            first = i == 0 ? written : first;
        }
        path.Commit(written, first);
        _pace.Take(written);
        Bytes += written;
        return count;
    }

    /// <summary>Sends one packet again: in the retransmission stream, or else with the same bytes.</summary>
    internal void Resend(
        in PacketPath path,
        FeedTrack track,
        ulong index,
        PacketizedFrame frame,
        int packet,
        in Repeat? repeat,
        TimeSpan now
    )
    {
        var size = frame.LengthOf(packet);
        if (_pace.Left <= -_overdraft || path.Reserve(size + Peer.MaxOverhead + path.Overhead) is not { IsEmpty: false } room)
        {
            return;
        }
        var transport = track.Outgoing.Retransmission is null ? -1 : peer.NoteSent(track.Outgoing, 1, size, size, now);
        var length = peer.Retransmit(
            track.Outgoing,
            index,
            new RtpTimestamp(track.TimeOf(frame, repeat)),
            frame.MarksLast && packet == frame.PacketCount - 1,
            frame.IsKeyFrame,
            frame.Payload(packet),
            room[path.Front..],
            transport
        );
        length = path.Seal(room, length);
        path.Commit(length, length);
        _pace.Take(length);
        Retransmits++;
        RetransmittedBytes += length;
    }

    private static int MostIn(in PacketPath path, int segment) =>
        Math.Min(UdpSendBatch.MaxSegments, path.MaxMessageBytes / (segment + Peer.MaxOverhead + path.Overhead));
}
