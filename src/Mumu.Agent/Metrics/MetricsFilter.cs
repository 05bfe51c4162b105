// Which metrics a scrape asks for.
using Microsoft.AspNetCore.Http;

namespace Mumu.Agent.Metrics;

/// <summary>
/// <c>?type=</c> names one group, <c>?path=</c> one path, <c>?rtsp_session=</c> and the like one session, as scrapers of media servers know it. Where one is named, groups it says nothing of are left out.
/// </summary>
internal sealed class MetricsFilter(IQueryCollection query)
{
    private static readonly string[] Names =
    [
        "path",
        "hls_muxer",
        "hls_session",
        "rtsp_conn",
        "rtsp_session",
        "rtsps_conn",
        "rtsps_session",
        "rtmp_conn",
        "rtmps_conn",
        "webrtc_session",
    ];

    private readonly string _type = query["type"].ToString();
    private readonly bool _namesOne = Names.Any(name => query[name].ToString().Length > 0);

    /// <summary>True where nothing was named: then the program's own metrics are told too.</summary>
    public bool IsOff => _type.Length == 0 && !_namesOne;

    /// <summary>True if the group is wanted.</summary>
    /// <param name="type">The group, as <c>rtsp_sessions</c>.</param>
    /// <param name="filter">The name of the filter that names one of its members.</param>
    public bool Wants(string type, string filter) => (_type.Length == 0 || _type == type) && (!_namesOne || Named(filter).Length > 0);

    /// <summary>True if that member of the group is wanted.</summary>
    public bool WantsMember(string filter, string id) => Named(filter) is var named && (named.Length == 0 || named == id);

    /// <summary>True if no member is named, so that an empty group shows as zero.</summary>
    public bool ShowsEmpty => !_namesOne;

    private string Named(string filter) => query[filter].ToString();
}
