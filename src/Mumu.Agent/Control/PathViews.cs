// From paths and sessions to what the control API shows of them.
using Mumu.Agent.Forwarding;
using Mumu.Agent.Paths;
using Mumu.Agent.Settings;
using Mumu.Media.Outputs.Rtsp;
using Mumu.Media.Streams;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Agent.Control;

/// <summary>Makes the views.</summary>
internal static class PathViews
{
    public static ControlPath Of(PathStatus path)
    {
        var isReady = path.State == StreamState.Ready;
        var since = isReady ? path.PlayingSince : null;
        return new ControlPath(
            path.Name,
            path.IsTemporary ? "all_others" : path.Name,
            isReady,
            since,
            isReady,
            since,
            isReady,
            since,
            SourceOf(path),
            [.. path.Tracks.Select(t => Label(t.Codec))],
            [.. path.Tracks.Select(t => TrackOf(t, path.Statistics))],
            [.. path.Readers.OrderBy(r => r.Since).Select(r => new PathReaderName(TypeOf(r.Protocol), r.Id))],
            path.Statistics.Bytes,
            path.BytesSent,
            path.Statistics.Discarded,
            path.Statistics.Bytes,
            path.BytesSent,
            [.. path.Forwards.Select(Of)]
        );
    }

    public static RtspConn Of(RtspConnectionInfo connection, IReadOnlyList<MediaSession> sessions) =>
        new(
            connection.Id,
            connection.Since,
            connection.Remote.ToString(),
            sessions.FirstOrDefault(s => s.Connection == connection.Id)?.Id,
            "none",
            connection.BytesReceived,
            connection.BytesSent,
            connection.BytesReceived,
            connection.BytesSent
        );

    public static RtspSession Rtsp(MediaSession s) =>
        new(
            s.Id,
            s.Since,
            s.Remote,
            StateOf(s),
            s.Path,
            "",
            s.User,
            "",
            s.Transport,
            "AVP",
            s.Connection is { } connection ? [connection] : [],
            s.BytesReceived,
            s.BytesSent,
            s.BytesReceived,
            s.BytesSent
        )
        {
            OutboundRtpPackets = s.PacketsSent,
            RtpPacketsSent = s.PacketsSent,
            OutboundRtpPacketsDiscarded = s.Discarded,
        };

    public static RtmpConn Rtmp(MediaSession s) =>
        new(
            s.Id,
            s.Since,
            s.Remote,
            StateOf(s),
            s.Path,
            "",
            s.User,
            "",
            s.BytesReceived,
            s.BytesSent,
            s.Discarded,
            s.BytesReceived,
            s.BytesSent
        );

    public static WebRtcSession WebRtc(MediaSession s) =>
        new(
            s.Id,
            s.Since,
            s.Remote,
            s.BytesReceived + s.BytesSent > 0,
            "",
            "",
            StateOf(s),
            s.Path,
            "",
            s.User,
            "",
            s.BytesReceived,
            s.BytesSent,
            s.Discarded,
            s.BytesReceived,
            s.BytesSent
        )
        {
            OutboundRtpPackets = s.PacketsSent,
            RtpPacketsSent = s.PacketsSent,
        };

    public static HlsSession Hls(MediaSession s) => new(s.Id, s.Since, s.Remote, s.Path, "", s.User, "", false, s.BytesSent);

    /// <summary>The muxers of HLS, one for each path that somebody reads over it.</summary>
    public static IReadOnlyList<HlsMuxer> Muxers(IEnumerable<MediaSession> sessions) =>
        [
            .. sessions
                .Where(s => s.Protocol == "hls")
                .GroupBy(s => s.Path)
                .Select(path => new HlsMuxer(
                    path.Key,
                    path.Min(s => s.Since),
                    path.Max(s => s.LastRequest),
                    path.Sum(s => s.BytesSent),
                    path.Sum(s => s.Discarded),
                    path.Sum(s => s.BytesSent)
                )),
        ];

    /// <summary>What clients call a reader or publisher of a protocol.</summary>
    public static string TypeOf(string protocol) =>
        protocol switch
        {
            "rtsp" => "rtspSession",
            "rtsps" => "rtspsSession",
            "rtmp" => "rtmpConn",
            "rtmps" => "rtmpsConn",
            "webrtc" => "webRTCSession",
            "hls" => "hlsSession",
            _ => "hidden",
        };

    public static string StateOf(MediaSession session) => session.Publishes ? "publish" : "read";

    private static PathForward Of(ForwardStatus forward) =>
        new(forward.Target, StateOf(forward.State), forward.Since, forward.Message, forward.Bytes, forward.Dropped);

    private static string StateOf(ForwardState state) =>
        state switch
        {
            ForwardState.Connecting => "connecting",
            ForwardState.Running => "running",
            ForwardState.Waiting => "waiting",
            _ => "refused",
        };

    private static PathSource? SourceOf(PathStatus path) =>
        path switch
        {
            { Publication: { } publication } => new PathSource(TypeOf(publication.Publisher.Protocol), publication.Id.ToString()),
            { Source: CameraSourceKind.Publisher } => null,
            { Scheme: { } scheme } => new PathSource(SourceTypeOf(scheme), ""),
            _ => new PathSource($"{EnumWords.Of(path.Source)}Source", ""),
        };

    private static string SourceTypeOf(string scheme) =>
        scheme switch
        {
            "rtsp" or "rtsps" => "rtspSource",
            "rtmp" or "rtmps" => "rtmpSource",
            "whep" or "wheps" => "webRTCSource",
            "udp" => "mpegtsSource",
            _ => "httpSource",
        };

    private static PathTrack TrackOf(TrackFormat track, StreamStatistics statistics) =>
        new(
            Label(track.Codec),
            track.Kind == MediaKind.Video
                ? new PathTrackProps(NotZero(statistics.Width), NotZero(statistics.Height), null, null)
                : new PathTrackProps(null, null, track.ClockRate, track.Channels)
        );

    private static int? NotZero(int value) => value == 0 ? null : value;

    private static string Label(Codec codec) =>
        codec switch
        {
            Codec.Pcmu or Codec.Pcma => "G711",
            Codec.Aac => "MPEG-4 Audio",
            Codec.Opus => "Opus",
            Codec.Jpeg => "M-JPEG",
            _ => codec.ToString().ToUpperInvariant(),
        };
}
