// One track of a camera: what it is, and the receiving end of it.
using Mumu.Media.Units;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>A chosen track.</summary>
/// <param name="Media">Its index in the description.</param>
/// <param name="Format">Its format as the description tells it.</param>
/// <param name="AnswersKeyFrameRequests">True when the camera says that it understands PLI.</param>
/// <param name="MakeDepacketizer">Makes the depacketiser of a session.</param>
internal sealed record RtspTrack(int Media, TrackFormat Format, bool AnswersKeyFrameRequests, Func<IRtpDepacketizer> MakeDepacketizer);

/// <summary>A track of a running session.</summary>
internal sealed class RtspTrackReceiver(RtspTrack track, UdpPortPair? ports)
{
    internal RtspTrack Track { get; } = track;

    /// <summary>Our ports over UDP; null over TCP.</summary>
    internal UdpPortPair? Ports { get; } = ports;

    /// <summary>Channel of RTP on the connection over TCP.</summary>
    internal int Channel { get; set; } = -1;

    internal RtpReceiver Receiver { get; } =
        new(track.MakeDepacketizer(), track.Format.ClockRate, ports is null ? RtpReceiverOptions.Ordered : RtpReceiverOptions.Datagrams);

    internal bool IsVideo => Track.Format.Kind == MediaKind.Video;

    /// <summary>The format with what the band has told since: the parameter sets.</summary>
    internal TrackFormat Format =>
        Receiver.Depacketizer is NalDepacketizer video ? Track.Format with { Configuration = video.ParameterSets.ToArray() } : Track.Format;

    /// <summary>True when a viewer can be told all about the track before its first unit.</summary>
    internal bool IsFormatKnown => Receiver.Depacketizer is not NalDepacketizer { HasParameterSets: false };
}
