// WHEP for readers and WHIP for publishers: POST an offer, get an answer.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Cameras;
using Mumu.Agent.Keys;
using Mumu.Agent.LocalApi;
using Mumu.Agent.Paths;
using Mumu.Media.Publishing;
using Mumu.Media.Transcoding;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whep;

/// <summary>Routes of WHEP and WHIP: <c>/{path}/whep</c>, <c>/{path}/whip</c>, and one address for each session. A path may have several segments.</summary>
public static class WhepApi
{
    private const string Fragment = "application/trickle-ice-sdpfrag";
    private const string Sdp = "application/sdp";
    private static readonly object CallerItem = new();
    private static readonly object AddressItem = new();

    /// <summary>Maps WHEP and WHIP, meant for a listener of its own: limit it with <c>.RequireHost("*:8889")</c>. It asks for API keys itself.</summary>
    public static RouteGroupBuilder MapWhep(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/{**address}");
        group.AddEndpointFilter(AdmitAsync);
        group.MapMethods("", [HttpMethods.Options], (HttpResponse response) => Options(response));
        group.MapPost("", BeginAsync);
        group.MapPatch("", TrickleAsync);
        group.MapDelete("", EndAsync);
        return group;
    }

    // In a filter and not in middleware, so that a page of another origin can read the refusals too, wherever this is mapped.
    private static async ValueTask<object?> AdmitAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // No cookie counts here, only a key the page has to have, so any origin may ask.
        http.Response.Headers.AccessControlAllowOrigin = "*";
        http.Response.Headers.AccessControlExposeHeaders = "Location, ETag, Accept-Patch, Link, WWW-Authenticate";
        if (!WhepAddress.TryParse(http.Request.Path.Value, out var address))
        {
            return Problems.NotFound($"There is nothing at this address. WHEP is at /PATH/whep, WHIP at /PATH/whip. {PathName.Rule}");
        }
        http.Items[AddressItem] = address;
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            return await next(context).ConfigureAwait(false);
        }
        var remote = http.Connection.RemoteIpAddress;
        var action = address.Publishes ? AccessAction.Publish : AccessAction.Read;
        var request = new AccessRequest(Credentials.Of(http.Request), remote, action, address.Path.Value) { Protocol = "webrtc" };
        var decision = await http
            .RequestServices.GetRequiredService<Access>()
            .DecideAsync(request, http.RequestAborted)
            .ConfigureAwait(false);
        if (decision.IsGranted)
        {
            var caller = new WhepCaller(
                decision.Key!.Name,
                Credentials.OfHeader(http.Request) is null,
                remote is null ? "" : new IPEndPoint(remote, http.Connection.RemotePort).ToString()
            );
            http.Items[CallerItem] = caller;
        }
        else if (
            decision.Outcome != AccessOutcome.NoKey
            || http.RequestServices.GetRequiredService<WhepSessions>().Find(address, null) is null
        )
        {
            return await RefuseAsync(http, decision).ConfigureAwait(false);
        }
        return await next(context).ConfigureAwait(false);
    }

    private static async Task<IResult> RefuseAsync(HttpContext http, AccessDecision decision)
    {
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        if (decision.Delay > TimeSpan.Zero)
        {
            await Task.Delay(decision.Delay, time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        switch (decision.Outcome)
        {
            case AccessOutcome.Locked:
                return Problems.Of(StatusCodes.Status429TooManyRequests, decision.Sentence);
            case AccessOutcome.NotAllowed:
                return Problems.Forbidden(decision.Sentence);
            default:
                http.Response.Headers.WWWAuthenticate = "Bearer";
                return Problems.Unauthorized(decision.Sentence);
        }
    }

    private static WhepAddress AddressOf(HttpContext http) => (WhepAddress)http.Items[AddressItem]!;

    private static WhepSession? SessionOf(HttpContext http, WhepSessions sessions) =>
        sessions.Find(AddressOf(http), (http.Items[CallerItem] as WhepCaller)?.Key);

    private static NoContent Options(HttpResponse response)
    {
        response.Headers.AccessControlAllowMethods = "OPTIONS, POST, PATCH, DELETE";
        response.Headers.AccessControlAllowHeaders = "Authorization, Content-Type, If-Match";
        response.Headers.AccessControlMaxAge = "86400";
        response.Headers["Accept-Post"] = Sdp;
        return TypedResults.NoContent();
    }

    private static async Task<IResult> BeginAsync(HttpContext http, PathRegistry paths, WhepSessions sessions, AgentOptions options)
    {
        var address = AddressOf(http);
        Camera? camera;
        try
        {
            camera = Find(paths, address);
        }
        catch (PathRefusedException e)
        {
            return RefusalOf(e);
        }
        var (sdp, problem) = await RequestBody.TextAsync(http.Request, Sdp).ConfigureAwait(false);
        if (sdp is null)
        {
            return problem!;
        }
        var caller = (WhepCaller)http.Items[CallerItem]!;
        var stun = options.Settings.Current.WebRtc.Stun;
        var isLocal = http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);
        var offer = new ViewerOffer(camera?.Stream, sdp, stun, isLocal)
        {
            Derive = camera is null ? null : () => camera.StreamFor(ReaderFormats.OfOffer(sdp)),
        };
        try
        {
            var (session, answer) = camera is null
                ? await sessions.PublishAsync(address, caller, offer, http.RequestAborted).ConfigureAwait(false)
                : await sessions.ReadAsync(camera, address, caller, offer, http.RequestAborted).ConfigureAwait(false);
            var headers = http.Response.Headers;
            headers.Location = http.Request.PathBase + session.Location;
            headers.ETag = session.ETag;
            headers["Accept-Patch"] = Fragment;
            headers.Link = stun.Select(u => $"<{u}>; rel=\"ice-server\"").ToArray();
            return TypedResults.Text(answer, Sdp, statusCode: StatusCodes.Status201Created);
        }
        catch (SdpException e)
        {
            return Problems.BadRequest(e.Message);
        }
        catch (PathRefusedException e)
        {
            return RefusalOf(e);
        }
        catch (Exception e) when (e is SourceException or ViewerLimitException)
        {
            return Problems.Unavailable(e.Message);
        }
        catch (ObjectDisposedException) when (camera?.Retired.IsCancellationRequested == true)
        {
            return Problems.NotFound("The camera was removed or its settings changed.");
        }
    }

    // What is read; null for a path that can be published to.
    private static Camera? Find(PathRegistry paths, WhepAddress address)
    {
        if (address.Session is not null)
        {
            throw new PathRefusedException(PathRefusal.NotFound, "An offer is sent to /PATH/whep or /PATH/whip.");
        }
        if (!address.Publishes)
        {
            return paths.FindToRead(address.Path);
        }
        paths.CheckToPublish(address.Path);
        return null;
    }

    private static IResult RefusalOf(PathRefusedException refused) =>
        refused.Reason switch
        {
            PathRefusal.NotForPublishers => Problems.Conflict(refused.Message),
            PathRefusal.TooMany or PathRefusal.Gone => Problems.Unavailable(refused.Message),
            _ => Problems.NotFound(refused.Message),
        };

    private static async Task<IResult> TrickleAsync(HttpContext http, WhepSessions sessions)
    {
        if (SessionOf(http, sessions) is not { } session)
        {
            return Problems.NotFound("There is no such session (any more).");
        }
        var (text, problem) = await RequestBody.TextAsync(http.Request, Fragment).ConfigureAwait(false);
        if (text is null)
        {
            return problem!;
        }
        var match = http.Request.Headers.IfMatch.ToString();
        if (match is not ("" or "*") && match != session.ETag)
        {
            return Problems.Of(StatusCodes.Status412PreconditionFailed, "If-Match names another ICE session.");
        }
        if (!SdpFragment.TryParse(text, out var fragment))
        {
            return Problems.BadRequest("These are too many candidates.");
        }
        try
        {
            return await ApplyAsync(session, fragment, http.Response).ConfigureAwait(false);
        }
        catch (SdpException e)
        {
            return Problems.BadRequest(e.Message);
        }
    }

    // Candidates of the generation there is, or a new generation (RFC 9725 §4.3.2, §4.3.3).
    private static async Task<IResult> ApplyAsync(WhepSession session, SdpFragment fragment, HttpResponse response)
    {
        string? restarted = null;
        if (fragment.Ufrag is { } ufrag && !session.HasUfrag(ufrag))
        {
            if (fragment.Password is null)
            {
                return Problems.Of(
                    StatusCodes.Status422UnprocessableEntity,
                    "The fragment speaks of another ICE generation; a restart needs a=ice-pwd too."
                );
            }
            restarted = await session.RestartAsync(ufrag, fragment.Password).ConfigureAwait(false);
        }
        foreach (var candidate in fragment.Candidates)
        {
            if (!session.Viewer.AddRemoteCandidate(candidate))
            {
                return Problems.BadRequest("This is not a candidate.");
            }
        }
        if (fragment.IsEnd)
        {
            session.Viewer.EndOfRemoteCandidates();
        }
        if (restarted is null)
        {
            return TypedResults.NoContent();
        }
        response.Headers.ETag = session.ETag;
        return TypedResults.Text(restarted, Fragment);
    }

    private static async Task<IResult> EndAsync(HttpContext http, WhepSessions sessions)
    {
        if (SessionOf(http, sessions) is not { } session)
        {
            return Problems.NotFound("There is no such session (any more).");
        }
        await session.Viewer.CloseAsync().ConfigureAwait(false);
        return TypedResults.Ok();
    }
}
