// Routes of the control API about paths, recordings and the program.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Mumu.Agent.Paths;

namespace Mumu.Agent.Control;

internal static class PathRoutes
{
    public static void Map(RouteGroupBuilder group)
    {
        group
            .MapGet("/info", (AgentOptions options, ProgramStart start) => Answers.Of(new ControlInfo(options.Version, start.At)))
            .Gives<ControlInfo>();
        group
            .MapGet("/paths/list", (HttpRequest request, PathRegistry paths) => Answers.PageOf(request, All(paths)))
            .Gives<Page<ControlPath>>(400);
        group
            .MapGet(
                "/paths/get/{**name}",
                (string name, PathRegistry paths) =>
                    Answers.OrNotFound(paths.Find(name) is { } path ? PathViews.Of(path) : null, "There is no path of that name.")
            )
            .Gives<ControlPath>(404);
        // Nothing is recorded yet, so there is nothing to list.
        group.MapGet("/recordings/list", (HttpRequest request) => Answers.PageOf<Recording>(request, [])).Gives<Page<Recording>>(400);
        group
            .MapGet("/recordings/get/{**name}", (string name) => Answers.NotFound("There is no recording of this path."))
            .Gives<Recording>(404);
    }

    private static ControlPath[] All(PathRegistry paths) =>
        [.. paths.List().OrderBy(p => p.Name, StringComparer.Ordinal).Select(PathViews.Of)];
}
