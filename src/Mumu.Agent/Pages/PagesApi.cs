// Player pages over HTTP: one for each path, by WHEP beside WHEP and by HLS beside HLS.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Mumu.Agent.Pages;

/// <summary>
/// Routes <c>GET /{path}</c>. A page holds nothing secret and does not tell whether there is such a path, so everybody gets it; it asks people for an API key when the picture needs one.
/// </summary>
public static class PagesApi
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Maps the page that plays by WHEP. It asks <c>/{path}/whep</c> of the same listener.</summary>
    public static IEndpointConventionBuilder MapWhepPage(this IEndpointRouteBuilder endpoints) => Map(endpoints, PageFiles.Whep);

    /// <summary>Maps the page that plays by HLS. It asks <c>/{path}/index.m3u8</c> of the same listener.</summary>
    public static IEndpointConventionBuilder MapHlsPage(this IEndpointRouteBuilder endpoints) => Map(endpoints, PageFiles.Hls);

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, PageFile page) =>
        endpoints
            .Map(RoutePatternFactory.Parse("/{**page}", null, new { page = new PageConstraint(page) }), http => SendAsync(http, page))
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));

    private static async Task SendAsync(HttpContext http, PageFile page)
    {
        var file = PageAddress.Find(http.Request.Path.Value!, page)!;
        var response = http.Response;
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // A file's address names its content; a page's does not.
        headers.CacheControl = ReferenceEquals(file, page) ? "no-cache" : "public, max-age=31536000, immutable";
        headers.ETag = $"W/{file.ETag}";
        headers.Vary = "Accept-Encoding";
        if (http.Request.Headers.IfNoneMatch.ToString().Contains(file.ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var bytes = file.Plain;
        if (http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            bytes = file.Compressed;
            headers.ContentEncoding = "gzip";
        }
        response.ContentType = file.Type;
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
        }
    }
}
