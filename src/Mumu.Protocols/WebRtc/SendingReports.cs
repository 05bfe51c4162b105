// RTCP of a sender: sender reports out; receiver reports, NACK, PLI, FIR, REMB and transport-wide feedback in.
using System.Text;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;
using Mumu.Protocols.WebRtc.Congestion;

namespace Mumu.Protocols.WebRtc;

/// <summary>The reports of one peer's outgoing tracks.</summary>
internal sealed class SendingReports(IReadOnlyList<OutgoingTrack> tracks, PeerOptions options, string cname, PathEstimate? path)
{
    private static readonly TimeSpan s_firstLook = TimeSpan.FromMilliseconds(20);
    private readonly byte[] _cname = Encoding.ASCII.GetBytes(cname);
    private readonly byte[] _lastFir = new byte[tracks.Count];
    private readonly bool[] _sawFir = new bool[tracks.Count];
    private int _next = tracks.Count; // the track whose report is to be written; all done when beyond the last

    internal TimeSpan? NextDeadline { get; private set; }

    internal long? EstimatedBitsPerSecond { get; private set; }

    internal void Start(TimeSpan now) => NextDeadline = now;

    internal void Tick(TimeSpan now)
    {
        if (NextDeadline > now || tracks.Count == 0)
        {
            return;
        }
        // The first report follows the first frame closely, since sound and picture are in step only from there on.
        NextDeadline = now + (HasClock() ? options.ReportInterval : s_firstLook);
        _next = 0;
    }

    /// <summary>Writes the report of the next track that is due one: sender report and source description.</summary>
    internal bool TryWrite(Span<byte> buffer, TimeSpan now, out int length)
    {
        while (_next < tracks.Count)
        {
            var track = tracks[_next++];
            if (!track.HasClock)
            {
                continue; // Nothing was sent yet, so there is no time to tell.
            }
            var ntp = NtpClock.At(options.NtpAtZero, now);
            length = SenderReport.Write(buffer, track.Ssrc, ntp, track.TimestampAt(now), (uint)track.Packets, (uint)track.PayloadBytes);
            length += SourceDescription.Write(buffer[length..], track.Ssrc, _cname);
            return true;
        }
        length = 0;
        return false;
    }

    /// <summary>Reads a compound packet that was authentic; nonsense in it is passed over.</summary>
    internal void Receive(ReadOnlySpan<byte> compound, TimeSpan? roundTrip, TimeSpan now, Queue<PeerEvent> events, int maxEvents)
    {
        foreach (var packet in new RtcpReader(compound))
        {
            switch (packet.Type)
            {
                case RtcpType.ReceiverReport when ReceiverReport.TryParse(packet, out var report):
                    for (var i = 0; i < report.BlockCount; i++)
                    {
                        Take(report.Block(i), now, events, maxEvents);
                    }
                    break;
                case RtcpType.SenderReport when SenderReport.TryParse(packet, out var report):
                    for (var i = 0; i < report.BlockCount; i++)
                    {
                        Take(report.Block(i), now, events, maxEvents);
                    }
                    break;
                case RtcpType.TransportFeedback
                    when GenericNack.TryParse(packet, out var nack) && IndexOf(nack.Media) is >= 0 and var track:
                    foreach (var sequence in nack)
                    {
                        Tell(new PeerEvent(PeerEventKind.Nack, track, sequence), events, maxEvents);
                    }
                    break;
                case RtcpType.TransportFeedback when path is not null && TransportFeedback.TryParse(packet, out var arrivals):
                    path.Take(arrivals, roundTrip, now);
                    break;
                case RtcpType.PayloadFeedback:
                    TakePayloadFeedback(packet, events, maxEvents);
                    break;
            }
        }
    }

    private void TakePayloadFeedback(in RtcpPacket packet, Queue<PeerEvent> events, int maxEvents)
    {
        if (PictureLoss.TryParse(packet, out var loss))
        {
            if (IndexOf(loss.Media) is >= 0 and var lost)
            {
                Tell(new PeerEvent(PeerEventKind.KeyFrameRequest, lost), events, maxEvents);
            }
            return;
        }
        if (ReceiverEstimate.TryParse(packet, out var estimate))
        {
            EstimatedBitsPerSecond = estimate.BitsPerSecond;
            return;
        }
        for (var i = 0; i < tracks.Count; i++)
        {
            // A repeated request bears the number of the first (RFC 5104 §4.3.1.2).
            if (FullIntraRequest.TryParse(packet, tracks[i].Ssrc, out var fir) && !(_sawFir[i] && _lastFir[i] == fir.Number))
            {
                (_sawFir[i], _lastFir[i]) = (true, fir.Number);
                Tell(new PeerEvent(PeerEventKind.KeyFrameRequest, i), events, maxEvents);
            }
        }
    }

    private void Take(in ReportBlock block, TimeSpan now, Queue<PeerEvent> events, int maxEvents)
    {
        if (IndexOf(block.Source) is >= 0 and var track)
        {
            tracks[track].Take(block, NtpClock.Middle(NtpClock.At(options.NtpAtZero, now)));
            Tell(new PeerEvent(PeerEventKind.Report, track), events, maxEvents);
        }
    }

    private bool HasClock()
    {
        foreach (var track in tracks)
        {
            if (track.HasClock)
            {
                return true;
            }
        }
        return false;
    }

    private int IndexOf(Ssrc ssrc)
    {
        for (var i = 0; i < tracks.Count; i++)
        {
            if (tracks[i].Ssrc == ssrc)
            {
                return i;
            }
        }
        return -1;
    }

    private static void Tell(in PeerEvent e, Queue<PeerEvent> events, int maxEvents)
    {
        if (events.Count < maxEvents)
        {
            events.Enqueue(e);
        }
    }
}
