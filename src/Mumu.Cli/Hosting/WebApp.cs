// Serves the built web app: hashed files for a year, the page itself always fresh, the same page for every address of the app.
using Microsoft.Extensions.FileProviders;

namespace Mumu.Cli.Hosting;

internal static class WebApp
{
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
        + "connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The folder beside the program that holds the web app; null when it was published without one.</summary>
    public static string? Folder =>
        Path.Combine(AppContext.BaseDirectory, "wwwroot") is var folder && File.Exists(Path.Combine(folder, "index.html")) ? folder : null;

    /// <summary>Adds headers that hold for every answer of the web port.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = ContentSecurityPolicy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                return next(context);
            }
        );

    /// <summary>Serves the files, and index.html for the app's own addresses.</summary>
    public static void UseWebApp(this IApplicationBuilder app, string folder)
    {
        var files = new PhysicalFileProvider(folder);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(
            new StaticFileOptions
            {
                FileProvider = files,
                OnPrepareResponse = response =>
                    response.Context.Response.Headers.CacheControl = response.Context.Request.Path.StartsWithSegments(
                        "/assets",
                        StringComparison.Ordinal
                    )
                        ? "public, max-age=31536000, immutable"
                        : "no-cache",
            }
        );
        app.Use(
            async (context, next) =>
            {
                await next(context).ConfigureAwait(false);
                if (IsPage(context))
                {
                    context.Response.StatusCode = StatusCodes.Status200OK;
                    context.Response.ContentType = "text/html; charset=utf-8";
                    context.Response.Headers.CacheControl = "no-cache";
                    await context.Response.SendFileAsync(files.GetFileInfo("index.html"), context.RequestAborted).ConfigureAwait(false);
                }
            }
        );
    }

    /// <summary>A browser asks for a page that no endpoint answered: one of the app's own addresses.</summary>
    private static bool IsPage(HttpContext context) =>
        context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false }
        && context.GetEndpoint() is null
        && HttpMethods.IsGet(context.Request.Method)
        && !context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/ws", StringComparison.Ordinal)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
