// The door of the control API and of the metrics: a key for the action, and no pages of strangers.
using Microsoft.AspNetCore.Http;
using Mumu.Agent.Keys;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Control;

/// <summary>
/// Lets requests through whose key is for the action; no address is trusted. A browser that knows the password of Basic sends it for any page that asks, so pages count only from the server itself and
/// from the origins of the settings.
/// </summary>
internal sealed class ControlDoor(RequestDelegate next, AccessAction action, Access access, SettingsStore settings, TimeProvider time)
{
    /// <summary>Under this name the name of the caller's key is in the request's items.</summary>
    public static readonly object CallerItem = new();

    public async Task InvokeAsync(HttpContext http)
    {
        var origin = http.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsOwn(http.Request, origin))
        {
            if (!settings.Current.Control.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase))
            {
                var sentence = "Pages of this origin may not call here; “control.allowedOrigins” in mumu.json names those that may.";
                await Answers.Error(StatusCodes.Status403Forbidden, sentence).ExecuteAsync(http).ConfigureAwait(false);
                return;
            }
            http.Response.Headers.AccessControlAllowOrigin = origin;
            http.Response.Headers.Vary = "Origin";
            if (HttpMethods.IsOptions(http.Request.Method))
            {
                http.Response.Headers.AccessControlAllowMethods = "OPTIONS, GET, POST, PATCH, DELETE";
                http.Response.Headers.AccessControlAllowHeaders = "Authorization, Content-Type";
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }
        }
        var request = new AccessRequest(Credentials.OfHeader(http.Request), http.Connection.RemoteIpAddress, action);
        var decision = await access.DecideAsync(request, http.RequestAborted).ConfigureAwait(false);
        if (decision.Delay > TimeSpan.Zero)
        {
            await Task.Delay(decision.Delay, time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (!decision.IsGranted)
        {
            await RefuseAsync(http, decision).ConfigureAwait(false);
            return;
        }
        http.Items[CallerItem] = decision.Key!.Name;
        await next(http).ConfigureAwait(false);
    }

    private static Task RefuseAsync(HttpContext http, AccessDecision decision)
    {
        var status = decision.Outcome switch
        {
            AccessOutcome.Locked => StatusCodes.Status429TooManyRequests,
            AccessOutcome.NotAllowed => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status401Unauthorized,
        };
        if (status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"mumu\", charset=\"UTF-8\"";
        }
        return Answers.Error(status, decision.Sentence).ExecuteAsync(http);
    }

    private static bool IsOwn(HttpRequest request, string origin) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
}
