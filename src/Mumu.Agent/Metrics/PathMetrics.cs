// Metrics of paths, connections and sessions, with the names and labels that dashboards of media servers know.
using Mumu.Agent.Control;
using Mumu.Agent.Paths;
using Mumu.Media.Outputs.Rtsp;
using Mumu.Media.Streams;

namespace Mumu.Agent.Metrics;

/// <summary>Writes them; a group without members shows one zero, so that a graph of it has a line.</summary>
internal static class PathMetrics
{
    private const string Received = "Bytes received.";
    private const string Sent = "Bytes sent.";

    public static void Paths(MetricsText text, MetricsFilter filter, IReadOnlyList<PathStatus> paths)
    {
        if (!filter.Wants("paths", "path"))
        {
            return;
        }
        var wanted = paths.Where(p => filter.WantsMember("path", p.Name)).ToArray();
        foreach (var path in wanted)
        {
            var name = ("name", path.Name);
            var state = ("state", path.State == StreamState.Ready ? "ready" : "notReady");
            text.Gauge("paths", "Paths there are.", 1, name, state);
            foreach (var type in path.Readers.GroupBy(r => PathViews.TypeOf(r.Protocol)).OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                text.Gauge("paths_readers", "Readers of the path.", type.Count(), name, ("readerType", type.Key), state);
            }
            if (path.Readers.Count == 0)
            {
                text.Gauge("paths_readers", "Readers of the path.", 0, name, ("readerType", ""), state);
            }
            Bytes(text, "paths", path.Statistics.Bytes, path.BytesSent, name, state);
            text.Counter("paths_inbound_frames_in_error", "Frames that could not be used.", path.Statistics.Discarded, name, state);
        }
        if (wanted.Length == 0 && filter.ShowsEmpty)
        {
            text.Gauge("paths", "Paths there are.", 0);
            text.Gauge("paths_readers", "Readers of the path.", 0);
            Bytes(text, "paths", 0, 0);
            text.Counter("paths_inbound_frames_in_error", "Frames that could not be used.", 0);
        }
    }

    public static void Connections(MetricsText text, MetricsFilter filter, string one, IEnumerable<RtspConnectionInfo> connections)
    {
        var all = one + "s";
        if (!filter.Wants(all, one))
        {
            return;
        }
        var wanted = connections.Where(c => filter.WantsMember(one, c.Id.ToString())).ToArray();
        foreach (var connection in wanted)
        {
            var id = ("id", connection.Id.ToString());
            text.Gauge(all, "Connections there are.", 1, id);
            Bytes(text, all, connection.BytesReceived, connection.BytesSent, id);
        }
        if (wanted.Length == 0 && filter.ShowsEmpty)
        {
            text.Gauge(all, "Connections there are.", 0);
            Bytes(text, all, 0, 0);
        }
    }

    public static void Sessions(MetricsText text, MetricsFilter filter, string one, IEnumerable<MediaSession> sessions)
    {
        var all = one + "s";
        if (!filter.Wants(all, one))
        {
            return;
        }
        var wanted = sessions.Where(s => filter.WantsMember(one, s.Id.ToString())).ToArray();
        foreach (var s in wanted)
        {
            ReadOnlySpan<(string, string)> labels =
                one == "hls_session"
                    ? [("id", s.Id.ToString()), ("path", s.Path), ("remoteAddr", s.Remote)]
                    : [("id", s.Id.ToString()), ("path", s.Path), ("remoteAddr", s.Remote), ("state", PathViews.StateOf(s))];
            text.Gauge(all, "Sessions there are.", 1, labels);
            Bytes(text, all, s.BytesReceived, s.BytesSent, labels);
            if (s.PacketsSent is { } packets)
            {
                text.Counter($"{all}_outbound_rtp_packets", "RTP packets sent.", packets, labels);
                text.Counter($"{all}_rtp_packets_sent", "RTP packets sent.", packets, labels);
            }
            if (s.Discarded is { } discarded)
            {
                text.Counter($"{all}_outbound_frames_discarded", "Frames left out for a reader that is too slow.", discarded, labels);
            }
        }
        if (wanted.Length == 0 && filter.ShowsEmpty)
        {
            text.Gauge(all, "Sessions there are.", 0);
            Bytes(text, all, 0, 0);
        }
    }

    public static void Muxers(MetricsText text, MetricsFilter filter, IReadOnlyList<HlsMuxer> muxers)
    {
        if (!filter.Wants("hls_muxers", "hls_muxer"))
        {
            return;
        }
        var wanted = muxers.Where(m => filter.WantsMember("hls_muxer", m.Path)).ToArray();
        foreach (var muxer in wanted)
        {
            var name = ("name", muxer.Path);
            text.Gauge("hls_muxers", "Paths that are read over HLS.", 1, name);
            text.Counter("hls_muxers_outbound_bytes", Sent, muxer.OutboundBytes, name);
            text.Counter("hls_muxers_bytes_sent", Sent, muxer.OutboundBytes, name);
        }
        if (wanted.Length == 0 && filter.ShowsEmpty)
        {
            text.Gauge("hls_muxers", "Paths that are read over HLS.", 0);
            text.Counter("hls_muxers_outbound_bytes", Sent, 0);
            text.Counter("hls_muxers_bytes_sent", Sent, 0);
        }
    }

    // Both generations of names are in use on dashboards.
    private static void Bytes(MetricsText text, string group, long received, long sent, params ReadOnlySpan<(string, string)> labels)
    {
        text.Counter($"{group}_inbound_bytes", Received, received, labels);
        text.Counter($"{group}_outbound_bytes", Sent, sent, labels);
        text.Counter($"{group}_bytes_received", Received, received, labels);
        text.Counter($"{group}_bytes_sent", Sent, sent, labels);
    }
}
