// The addresses of pictures: /{path}.jpg and /{path}.mjpeg.
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Media.Publishing;

namespace Mumu.Agent.Stills;

/// <summary>A parsed address.</summary>
/// <param name="Path">Whose picture.</param>
/// <param name="IsMoving">True for motion JPEG.</param>
internal readonly record struct StillsAddress(PathName Path, bool IsMoving)
{
    private const string Still = ".jpg";
    private const string Moving = ".mjpeg";

    /// <summary>Reads the path of a request, which the server has decoded once.</summary>
    public static bool TryParse(ReadOnlySpan<char> path, out StillsAddress address)
    {
        var isMoving = path.EndsWith(Moving, StringComparison.Ordinal);
        address = default;
        if (!isMoving && !path.EndsWith(Still, StringComparison.Ordinal))
        {
            return false;
        }
        path = path[..^(isMoving ? Moving : Still).Length].TrimStart('/');
        if (!PathName.TryParse(path, out var name))
        {
            return false;
        }
        address = new StillsAddress(name, isMoving);
        return true;
    }
}

/// <summary>Lets only such addresses through to their routes, so that others may stand beside them.</summary>
internal sealed class StillsConstraint : IRouteConstraint
{
    public const string Name = "stills";

    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => values[routeKey] is string path && StillsAddress.TryParse(path, out _);
}
