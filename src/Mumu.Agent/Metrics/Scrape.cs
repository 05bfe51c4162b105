// One scrape: all metrics as they are now.
using Microsoft.AspNetCore.Http;
using Mumu.Agent.Control;
using Mumu.Agent.Keys;
using Mumu.Agent.Paths;
using Mumu.Agent.Rtsp;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Metrics;

/// <summary>Writes all metrics as they are now.</summary>
internal sealed class Scrape(
    PathRegistry paths,
    RtspHost rtsp,
    WebRtcEngine engine,
    AgentOptions options,
    ProgramStart start,
    Access access,
    IEnumerable<MetricsContributor> contributors
)
{
    public string Write(IQueryCollection query)
    {
        var text = new MetricsText();
        var filter = new MetricsFilter(query);
        var all = paths.List();
        var sessions = paths.Sessions().ToLookup(s => s.Protocol);
        var connections = rtsp.Listener?.List() ?? [];
        PathMetrics.Paths(text, filter, all);
        PathMetrics.Sessions(text, filter, "hls_session", sessions["hls"]);
        PathMetrics.Muxers(text, filter, PathViews.Muxers(sessions["hls"]));
        PathMetrics.Connections(text, filter, "rtsp_conn", connections.Where(c => !c.IsTls));
        PathMetrics.Sessions(text, filter, "rtsp_session", sessions["rtsp"]);
        PathMetrics.Connections(text, filter, "rtsps_conn", connections.Where(c => c.IsTls));
        PathMetrics.Sessions(text, filter, "rtsps_session", sessions["rtsps"]);
        PathMetrics.Sessions(text, filter, "rtmp_conn", sessions["rtmp"]);
        PathMetrics.Sessions(text, filter, "rtmps_conn", sessions["rtmps"]);
        PathMetrics.Sessions(text, filter, "webrtc_session", sessions["webrtc"]);
        if (filter.IsOff)
        {
            EngineMetrics.Streams(text, all);
            EngineMetrics.Engine(text, engine.Statistics);
            EngineMetrics.Program(text, options.Version, start.At, access);
            foreach (var contributor in contributors)
            {
                contributor(text);
            }
        }
        return text.ToString();
    }
}
