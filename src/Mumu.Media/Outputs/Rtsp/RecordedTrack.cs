// One track that a client sends us.
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Units;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Rtp.Rtcp;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>The receiving end of an announced track: its packets, its sender's clock.</summary>
internal sealed class RecordedTrack(RtspTrack track, RtspLane lane)
{
    internal RtspTrack Track => track;

    internal RtspLane Lane => lane;

    internal RtpReceiver Receiver { get; } =
        new(track.MakeDepacketizer(), track.Format.ClockRate, lane.Rtp is null ? RtpReceiverOptions.Ordered : RtpReceiverOptions.Datagrams);

    internal bool IsVideo => track.Format.Kind == MediaKind.Video;

    /// <summary>The sender's last word on its clock: seconds of NTP, and the RTP time of the same moment.</summary>
    internal (double Seconds, RtpTimestamp Time)? Clock { get; private set; }

    /// <summary>Time of the last unit published; sound may not go back behind it.</summary>
    internal long Last { get; set; } = long.MinValue / 2;

    /// <summary>The format with what the band has told since: the parameter sets.</summary>
    internal TrackFormat Format =>
        Receiver.Depacketizer is NalDepacketizer video ? track.Format with { Configuration = video.ParameterSets.ToArray() } : track.Format;

    internal bool IsFormatKnown => Receiver.Depacketizer is not NalDepacketizer { HasParameterSets: false };

    /// <summary>Takes an RTCP compound; true when the sender said goodbye.</summary>
    internal bool ReceiveRtcp(ReadOnlySpan<byte> compound, TimeSpan now)
    {
        foreach (var packet in new RtcpReader(compound))
        {
            if (SenderReport.TryParse(packet, out var report) && report.NtpTime != 0)
            {
                Clock = (report.NtpTime / 4294967296.0, report.Timestamp);
            }
        }
        return Receiver.ReceiveRtcp(compound, now);
    }
}
