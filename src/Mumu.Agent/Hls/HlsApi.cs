// HLS over HTTP: who may, and which file.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Mumu.Agent.Keys;
using Mumu.Agent.LocalApi;
using Mumu.Agent.Paths;
using Mumu.Media.Outputs.Hls;
using Mumu.Media.Publishing;
using Mumu.Media.Units;

namespace Mumu.Agent.Hls;

/// <summary>Routes of HLS: <c>/{path}/index.m3u8</c>, and the files of the session it begins. A path may have several segments.</summary>
public static class HlsApi
{
    /// <summary>Maps HLS, meant for a listener of its own. It asks for API keys itself.</summary>
    public static IEndpointConventionBuilder MapHls(this IEndpointRouteBuilder endpoints) =>
        endpoints.Map("/{**address}", (Delegate)AnswerAsync);

    private static async Task<IResult> AnswerAsync(HttpContext http)
    {
        // No cookie counts here, only a key the page has to have, so any origin may ask.
        http.Response.Headers.AccessControlAllowOrigin = "*";
        http.Response.Headers.AccessControlExposeHeaders = "WWW-Authenticate, Content-Length, Date";
        if (!HlsAddress.TryParse(http.Request.Path.Value, out var address))
        {
            return Problems.NotFound($"There is nothing at this address. HLS is at /PATH/index.m3u8. {PathName.Rule}");
        }
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.Headers.AccessControlAllowMethods = "OPTIONS, GET, HEAD";
            http.Response.Headers.AccessControlAllowHeaders = "Authorization, Range";
            http.Response.Headers.AccessControlMaxAge = "86400";
            return TypedResults.NoContent();
        }
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "OPTIONS, GET, HEAD";
            return Problems.Of(StatusCodes.Status405MethodNotAllowed, "HLS is read with GET.");
        }
        if (address.Session is null)
        {
            return await BeginAsync(http, address.Path).ConfigureAwait(false);
        }
        var sessions = http.RequestServices.GetRequiredService<HlsSessions>();
        if (sessions.Find(address.Path.Value, address.Session) is not { } session)
        {
            return Problems.NotFound("There is no such session (any more); load index.m3u8 again.");
        }
        session.BeginRequest();
        try
        {
            return await HlsFiles.AnswerAsync(http, session, address.File).ConfigureAwait(false);
        }
        finally
        {
            session.EndRequest();
        }
    }

    private static async Task<IResult> BeginAsync(HttpContext http, PathName path)
    {
        var services = http.RequestServices;
        var remote = http.Connection.RemoteIpAddress;
        var request = new AccessRequest(Credentials.Of(http.Request), remote, AccessAction.Read, path.Value) { Protocol = "hls" };
        var decision = await services.GetRequiredService<Access>().DecideAsync(request, http.RequestAborted).ConfigureAwait(false);
        if (!decision.IsGranted)
        {
            return await RefuseAsync(http, decision).ConfigureAwait(false);
        }
        try
        {
            var camera = services.GetRequiredService<PathRegistry>().FindToRead(path);
            var from = remote is null ? "" : new IPEndPoint(remote, http.Connection.RemotePort).ToString();
            var session = await services
                .GetRequiredService<HlsSessions>()
                .BeginAsync(camera, decision.Key!.Name, from, http.RequestAborted)
                .ConfigureAwait(false);
            var text = new HlsText(session.Stream.Muxer.Program!.Multivariant(HlsAddress.FolderOf(session.Id)));
            await HlsFiles.SendAsync(http, session, text, "no-store").ConfigureAwait(false);
            return TypedResults.Empty;
        }
        catch (PathRefusedException e)
        {
            return Problems.NotFound(e.Message);
        }
        catch (HlsUnfitException e)
        {
            return Problems.Of(StatusCodes.Status406NotAcceptable, e.Message);
        }
        catch (Exception e) when (e is SourceException or TimeoutException)
        {
            return Problems.Unavailable(e.Message);
        }
        catch (ObjectDisposedException)
        {
            return Problems.NotFound("The camera was removed or its settings changed.");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return TypedResults.Empty;
        }
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
                // Players ask people for a user and a password by Basic; ours and scripts send Bearer.
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"MuMu Camera\", charset=\"UTF-8\"";
                http.Response.Headers.Append("WWW-Authenticate", "Bearer");
                return Problems.Unauthorized(decision.Sentence);
        }
    }
}
