// Routes of the control API that list sessions and connections, and end them.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Agent.Paths;
using Mumu.Agent.Rtsp;

namespace Mumu.Agent.Control;

/// <summary>All lists come from the sessions of <see cref="PathRegistry"/>, so a protocol is listed once its readers and publishers are told there.</summary>
internal static class SessionRoutes
{
    private const string NotThere = "There is no such session (any more).";

    public static void Map(RouteGroupBuilder group)
    {
        MapSessions(group, "rtspsessions", "rtsp", PathViews.Rtsp);
        MapSessions(group, "rtspssessions", "rtsps", PathViews.Rtsp);
        MapSessions(group, "rtmpconns", "rtmp", PathViews.Rtmp);
        MapSessions(group, "rtmpsconns", "rtmps", PathViews.Rtmp);
        MapSessions(group, "webrtcsessions", "webrtc", PathViews.WebRtc);
        MapSessions(group, "hlssessions", "hls", PathViews.Hls);
        MapConnections(group, "rtspconns", isTls: false);
        MapConnections(group, "rtspsconns", isTls: true);
        group
            .MapGet(
                "/hlsmuxers/list",
                (HttpRequest request, PathRegistry paths) => Answers.PageOf(request, PathViews.Muxers(paths.Sessions()))
            )
            .Gives<Page<HlsMuxer>>(400);
        group
            .MapGet(
                "/hlsmuxers/get/{**name}",
                (string name, PathRegistry paths) =>
                    Answers.OrNotFound(
                        PathViews.Muxers(paths.Sessions()).FirstOrDefault(m => m.Path == name),
                        "Nobody reads this path over HLS."
                    )
            )
            .Gives<HlsMuxer>(404);
    }

    private static void MapSessions<T>(RouteGroupBuilder group, string name, string protocol, Func<MediaSession, T> show)
        where T : class
    {
        group
            .MapGet(
                $"/{name}/list",
                (HttpRequest request, PathRegistry paths) => Answers.PageOf<T>(request, [.. Of(paths, protocol).Select(show)])
            )
            .Gives<Page<T>>(400);
        group
            .MapGet(
                $"/{name}/get/{{id}}",
                (string id, PathRegistry paths) =>
                    Answers.OrNotFound(Find(paths, protocol, id) is { } session ? show(session) : null, NotThere)
            )
            .Gives<T>(404);
        group
            .MapPost(
                $"/{name}/kick/{{id}}",
                (string id, PathRegistry paths) =>
                {
                    if (Find(paths, protocol, id) is not { } session)
                    {
                        return Answers.NotFound(NotThere);
                    }
                    session.Kick();
                    return Answers.Done();
                }
            )
            .Gives<ControlOk>(404);
    }

    private static void MapConnections(RouteGroupBuilder group, string name, bool isTls)
    {
        group
            .MapGet(
                $"/{name}/list",
                (HttpRequest request, RtspHost host, PathRegistry paths) => Answers.PageOf(request, Connections(host, paths, isTls))
            )
            .Gives<Page<RtspConn>>(400);
        group
            .MapGet(
                $"/{name}/get/{{id}}",
                (string id, RtspHost host, PathRegistry paths) =>
                    Answers.OrNotFound(
                        Connections(host, paths, isTls).FirstOrDefault(c => Guid.TryParse(id, out var wanted) && c.Id == wanted),
                        "There is no such connection (any more)."
                    )
            )
            .Gives<RtspConn>(404);
    }

    private static RtspConn[] Connections(RtspHost host, PathRegistry paths, bool isTls)
    {
        var sessions = paths.Sessions();
        return [.. (host.Listener?.List() ?? []).Where(c => c.IsTls == isTls).OrderBy(c => c.Since).Select(c => PathViews.Of(c, sessions))];
    }

    private static IEnumerable<MediaSession> Of(PathRegistry paths, string protocol) =>
        paths.Sessions().Where(s => s.Protocol == protocol).OrderBy(s => s.Since);

    private static MediaSession? Find(PathRegistry paths, string protocol, string id) =>
        Guid.TryParse(id, out var wanted) ? Of(paths, protocol).FirstOrDefault(s => s.Id == wanted) : null;
}
