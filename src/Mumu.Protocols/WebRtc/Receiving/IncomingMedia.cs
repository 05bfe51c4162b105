// The receiving half of a peer: packets of all tracks, what is missing, and the reports about them.
using System.Buffers.Binary;
using System.Text;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>Takes decrypted packets, asks for those that miss, reports, tells arrivals (transport-wide feedback) and wants key frames. The same for either side of offer and answer.</summary>
/// <param name="random">Gives our source its number.</param>
/// <param name="reportInterval">Time between two receiver reports.</param>
/// <param name="sendNacks">Asks again for what misses.</param>
internal sealed class IncomingMedia(Random random, TimeSpan reportInterval, bool sendNacks)
{
    private static readonly TimeSpan s_feedbackInterval = TimeSpan.FromMilliseconds(100); // as browsers do it at such rates

    private readonly Ssrc _ssrc = new((uint)random.NextInt64(1, 1L << 32));
    private readonly ArrivalLog _arrivals = new();
    private byte[]? _cname;
    private TimeSpan _nextReport;
    private bool _reportDue;
    private bool _keyFrameWanted;
    private TimeSpan? _nackAt;
    private TimeSpan? _feedbackAt;

    internal IncomingTracks Tracks { get; } = new();

    /// <summary>Id of the extension with the transport-wide number; null without such feedback.</summary>
    internal int? TransportNumberId { get; init; }

    /// <summary>Transport-wide feedback messages written.</summary>
    internal long FeedbackSent => _arrivals.Written;

    internal TimeSpan? NextDeadline => PeerTransport.Earlier(PeerTransport.Earlier(_nextReport, _nackAt), _feedbackAt);

    /// <summary>
    /// Takes the packet at the start of a datagram and returns its track; null if it is of none, or only fills the path. A retransmission gets its original form again, and may be of a packet that came after all.
    /// </summary>
    internal IncomingTrack? Take(Span<byte> datagram, ref int length, TimeSpan now)
    {
        if (!RtpPacket.TryParse(datagram[..length], out var packet))
        {
            return null;
        }
        if (TransportNumberId is { } id && packet.TryGetExtension(id, out var number) && number.Length == 2)
        {
            _arrivals.Take(BinaryPrimitives.ReadUInt16BigEndian(number), now);
            _feedbackAt ??= now + s_feedbackInterval;
        }
        IncomingTrack? track;
        if (Tracks.FindRepaired(packet) is { Ssrc: { } media } repaired)
        {
            if (
                !RetransmissionUnpacking.TryUnpack(datagram, packet, (byte)repaired.PayloadType, media, ref length)
                || !RtpPacket.TryParse(datagram[..length], out packet)
            )
            {
                return null;
            }
            repaired.TakeRepaired(packet);
            track = repaired;
        }
        else
        {
            track = Tracks.Find(packet);
            track?.Take(packet, now);
        }
        _nackAt = sendNacks ? Tracks.NextNack : null;
        return track;
    }

    /// <summary>Reads an authentic compound packet of RTCP.</summary>
    internal void Receive(ReadOnlySpan<byte> compound, TimeSpan now)
    {
        foreach (var packet in new RtcpReader(compound))
        {
            if (packet.Type == RtcpType.SenderReport && SenderReport.TryParse(packet, out var report))
            {
                var sender = report.Sender;
                Tracks.Find(sender)?.TakeSenderReport(report, now);
            }
        }
    }

    /// <summary>Asks the sender for a key frame with the next datagram.</summary>
    internal void RequestKeyFrame() => _keyFrameWanted = true;

    internal void Tick(TimeSpan now)
    {
        if (now >= _nextReport)
        {
            _nextReport = now + reportInterval;
            _reportDue = true;
        }
    }

    /// <summary>Writes what is due next, plain, and returns its length; 0 if nothing is.</summary>
    internal int Write(Span<byte> buffer, TimeSpan? roundTrip, TimeSpan now)
    {
        Span<SequenceNumber> missing = stackalloc SequenceNumber[128];
        foreach (var track in Tracks.All)
        {
            var count = sendNacks && _nackAt <= now ? track.TakeMissing(missing, roundTrip, now) : 0;
            if (count > 0)
            {
                _nackAt = Tracks.NextNack;
                var head = ReceiverReport.Write(buffer, _ssrc);
                return head + GenericNack.Write(buffer[head..], _ssrc, track.Ssrc ?? default, missing[..count]);
            }
        }
        if (_nackAt <= now)
        {
            _nackAt = Tracks.NextNack;
        }
        if (_keyFrameWanted && Tracks.Video?.Ssrc is { } video)
        {
            _keyFrameWanted = false;
            var head = ReceiverReport.Write(buffer, _ssrc);
            return head + new PictureLoss(_ssrc, video).Write(buffer[head..]);
        }
        if (_feedbackAt <= now && _arrivals.HasNews)
        {
            var length = _arrivals.Write(buffer, _ssrc, Tracks.Video?.Ssrc ?? default);
            _feedbackAt = _arrivals.HasNews ? now : null;
            return length;
        }
        return _reportDue ? WriteReceiverReport(buffer, now) : 0;
    }

    private int WriteReceiverReport(Span<byte> buffer, TimeSpan now)
    {
        _reportDue = false;
        _cname ??= Encoding.ASCII.GetBytes($"receiver{_ssrc.Value:x8}");
        Span<ReportBlock> blocks = stackalloc ReportBlock[Tracks.All.Count];
        var used = 0;
        foreach (var track in Tracks.All)
        {
            if (track.Ssrc is not null && track.HighestIndex >= 0)
            {
                blocks[used++] = track.Report(now);
            }
        }
        var length = ReceiverReport.Write(buffer, _ssrc, blocks[..used]);
        return length + SourceDescription.Write(buffer[length..], _ssrc, _cname);
    }
}
