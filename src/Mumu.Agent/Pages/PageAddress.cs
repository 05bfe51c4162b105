// The addresses of player pages: /{path}, /{path}/, and {folder}/page={version}/{file} for what a page loads.
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Media.Publishing;

namespace Mumu.Agent.Pages;

/// <summary>
/// Judges addresses. What a page loads is named relative to it, so that pages work behind proxies that put something in front; the folder is therefore any that a path could be in. A path's name has no “=”, so no
/// path can be taken for a file.
/// </summary>
internal static class PageAddress
{
    private static readonly string[] Media = [".jpg", ".mjpeg", ".m3u8", ".m4s", ".mp4"];

    /// <summary>The file that an address names: the page where it is a path; null where it is neither, or a picture, a playlist or a segment.</summary>
    public static PageFile? Find(string path, PageFile page)
    {
        if (path.Length == 0 || path[0] != '/')
        {
            return null;
        }
        var slash = path.LastIndexOf('/');
        var name = path[(slash + 1)..];
        if (path.AsSpan(0, slash).EndsWith($"/{PageFiles.Folder}", StringComparison.Ordinal))
        {
            var folder = path.AsSpan(0, slash - PageFiles.Folder.Length - 1);
            return folder.IsEmpty || PathName.TryParse(folder[1..], out _) ? PageFiles.Find(name) : null;
        }
        if (name.Length == 0)
        {
            return slash > 0 && PathName.TryParse(path.AsSpan(1, slash - 1), out _) ? page : null;
        }
        return PathName.TryParse(path.AsSpan(1), out _) && !IsMedia(path) ? page : null;
    }

    private static bool IsMedia(string path) => Media.Any(ending => path.EndsWith(ending, StringComparison.Ordinal));
}

/// <summary>Lets only addresses of pages through to their route, so that others may stand beside it.</summary>
internal sealed class PageConstraint(PageFile page) : IRouteConstraint
{
    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => httpContext?.Request.Path.Value is { } path && PageAddress.Find(path, page) is not null;
}
