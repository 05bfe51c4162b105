// WHEP for readers on the local network: POST an offer, get an answer.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Cameras;
using Mumu.Agent.Keys;
using Mumu.Agent.LocalApi;
using Mumu.Media.Units;
using Mumu.Media.WebRtc;

namespace Mumu.Agent.Whep;

/// <summary>Routes of WHEP: <c>/{camera}/whep</c>, and one address for each session.</summary>
public static class WhepApi
{
    private const string Fragment = "application/trickle-ice-sdpfrag";
    private const string Sdp = "application/sdp";
    private static readonly object KeyItem = new();

    /// <summary>Maps WHEP, meant for a listener of its own: limit it with <c>.RequireHost("*:8889")</c>. It asks for API keys itself.</summary>
    public static RouteGroupBuilder MapWhep(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/{camera}/whep");
        group.AddEndpointFilter(AdmitAsync);
        group.MapMethods("", [HttpMethods.Options], (HttpResponse response) => Options(response));
        group.MapMethods("/{id}", [HttpMethods.Options], (HttpResponse response) => Options(response));
        group.MapPost("", BeginAsync);
        group.MapPatch("/{id}", TrickleAsync);
        group.MapDelete("/{id}", EndAsync);
        return group;
    }

    // In a filter and not in middleware, so that a page of another origin can read the refusals too, wherever this is mapped.
    private static async ValueTask<object?> AdmitAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // No cookie counts here, only a key the page has to have, so any origin may ask.
        http.Response.Headers.AccessControlAllowOrigin = "*";
        http.Response.Headers.AccessControlExposeHeaders = "Location, ETag, Accept-Patch, Link, WWW-Authenticate";
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            return await next(context).ConfigureAwait(false);
        }
        if (ApiKeyAuthentication.Find(http.Request, http.RequestServices.GetRequiredService<KeyStore>()) is not { } key)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Problems.Unauthorized("WHEP needs an API key as a bearer token; “mumu key create NAME --role reader” makes one.");
        }
        http.Items[KeyItem] = key.Name;
        return await next(context).ConfigureAwait(false);
    }

    private static NoContent Options(HttpResponse response)
    {
        response.Headers.AccessControlAllowMethods = "OPTIONS, POST, PATCH, DELETE";
        response.Headers.AccessControlAllowHeaders = "Authorization, Content-Type, If-Match";
        response.Headers.AccessControlMaxAge = "86400";
        response.Headers["Accept-Post"] = Sdp;
        return TypedResults.NoContent();
    }

    private static async Task<IResult> BeginAsync(
        string camera,
        HttpContext http,
        CameraRegistry cameras,
        WhepSessions sessions,
        AgentOptions options
    )
    {
        if (cameras.Find(camera) is not { } found)
        {
            return Problems.NotFound("There is no such camera.");
        }
        var (offer, problem) = await RequestBody.TextAsync(http.Request, Sdp).ConfigureAwait(false);
        if (offer is null)
        {
            return problem!;
        }
        var stun = options.Settings.Current.WebRtc.Stun;
        var isLocal = http.Connection.RemoteIpAddress is { } address && System.Net.IPAddress.IsLoopback(address);
        try
        {
            var (session, answer) = await sessions
                .BeginAsync(found, (string)http.Items[KeyItem]!, new ViewerOffer(found.Stream, offer, stun, isLocal), http.RequestAborted)
                .ConfigureAwait(false);
            var headers = http.Response.Headers;
            headers.Location = $"{http.Request.PathBase}/{found.Id}/whep/{session.Viewer.Id}";
            headers.ETag = session.ETag;
            headers["Accept-Patch"] = Fragment;
            headers.Link = stun.Select(u => $"<{u}>; rel=\"ice-server\"").ToArray();
            return TypedResults.Text(answer, Sdp, statusCode: StatusCodes.Status201Created);
        }
        catch (SdpException e)
        {
            return Problems.BadRequest(e.Message);
        }
        catch (Exception e) when (e is SourceException or ViewerLimitException)
        {
            return Problems.Unavailable(e.Message);
        }
        catch (ObjectDisposedException) when (found.Retired.IsCancellationRequested)
        {
            return Problems.NotFound("The camera was removed or its settings changed.");
        }
    }

    private static async Task<IResult> TrickleAsync(string camera, string id, HttpContext http, WhepSessions sessions)
    {
        if (sessions.Find(camera, id, (string)http.Items[KeyItem]!) is not { } session)
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
        if (fragment.Ufrag is { } ufrag && !session.HasUfrag(ufrag))
        {
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "ICE restart is not supported; begin a new session.");
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
        return TypedResults.NoContent();
    }

    private static async Task<IResult> EndAsync(string camera, string id, HttpContext http, WhepSessions sessions)
    {
        if (sessions.Find(camera, id, (string)http.Items[KeyItem]!) is not { } session)
        {
            return Problems.NotFound("There is no such session (any more).");
        }
        await session.Viewer.CloseAsync().ConfigureAwait(false);
        return TypedResults.Ok();
    }
}
