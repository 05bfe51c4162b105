// The agent's own API: what it is, and its cameras.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Mumu.Agent.Cameras;
using Mumu.Agent.Identity;
using Mumu.Agent.Settings;
using Mumu.Signaling;
using Mumu.Signaling.Rest;

namespace Mumu.Agent.LocalApi;

/// <summary>Routes of <c>/api/agent</c>.</summary>
public static class AgentApi
{
    /// <summary>Maps the agent's API. It has no authorization of its own: add <c>.RequireAuthorization(AgentPolicies.Admin)</c>.</summary>
    /// <param name="endpoints">Where to map.</param>
    /// <param name="prefix">The path in front, <c>/api/agent</c> as a rule.</param>
    public static RouteGroupBuilder MapAgentApi(this IEndpointRouteBuilder endpoints, string prefix)
    {
        var group = endpoints.MapGroup(prefix);
        group.MapGet("", (AgentOptions options, DeviceIdentity identity, CameraRegistry cameras) => Info(options, identity, cameras));
        group.MapGet("/cameras", (CameraRegistry cameras) => List(cameras));
        group.MapPost("/cameras", AddAsync);
        group.MapPost("/cameras/probe", ProbeAsync);
        group.MapPatch("/cameras/{id}", UpdateAsync);
        group.MapDelete(
            "/cameras/{id}",
            (string id, CameraEditor editor) => editor.Remove(id) is { } problem ? problem : TypedResults.NoContent()
        );
        return group;
    }

    private static JsonHttpResult<AgentInfo> Info(AgentOptions options, DeviceIdentity identity, CameraRegistry cameras) =>
        TypedResults.Json(
            new AgentInfo(
                identity.DeviceId,
                identity.Fingerprint,
                options.Version,
                [.. cameras.Main.Where(c => !c.IsTemporary).Select(Show)]
            ),
            SignalingJson.Wire.AgentInfo
        );

    private static JsonHttpResult<IReadOnlyList<AgentCamera>> List(CameraRegistry cameras) =>
        TypedResults.Json<IReadOnlyList<AgentCamera>>(
            [.. cameras.Main.Where(c => !c.IsTemporary).Select(Show)],
            SignalingJson.Wire.IReadOnlyListAgentCamera
        );

    private static async Task<IResult> AddAsync(HttpRequest request, CameraEditor editor, CameraRegistry cameras)
    {
        var (body, problem) = await RequestBody.JsonAsync(request, SignalingJson.Default.AddCameraRequest).ConfigureAwait(false);
        if (body is null)
        {
            return problem!;
        }
        problem = editor.Add(body, out var id);
        if (problem is not null)
        {
            return problem;
        }
        request.HttpContext.Response.Headers.Location = $"{request.PathBase}{request.Path}/{id}";
        return Shown(cameras, id, StatusCodes.Status201Created);
    }

    private static async Task<IResult> UpdateAsync(string id, HttpRequest request, CameraEditor editor, CameraRegistry cameras)
    {
        var (body, problem) = await RequestBody.JsonAsync(request, SignalingJson.Default.UpdateCameraRequest).ConfigureAwait(false);
        return body is null ? problem! : editor.Update(id, body) ?? Shown(cameras, id, StatusCodes.Status200OK);
    }

    private static async Task<IResult> ProbeAsync(HttpRequest request, CameraProbe probe)
    {
        var (body, problem) = await RequestBody.JsonAsync(request, SignalingJson.Default.ProbeCameraRequest).ConfigureAwait(false);
        return body is null ? problem! : await probe.RunAsync(body, request.HttpContext.RequestAborted).ConfigureAwait(false);
    }

    private static IResult Shown(CameraRegistry cameras, string id, int status) =>
        cameras.Find(id) is { } camera
            ? TypedResults.Json(Show(camera), SignalingJson.Wire.AgentCamera, statusCode: status)
            : Problems.NotFound("The camera was removed meanwhile.");

    private static AgentCamera Show(Camera camera)
    {
        var settings = camera.Settings;
        var isNetwork = settings.Source == CameraSourceKind.Rtsp;
        return new AgentCamera(
            camera.Id,
            camera.Name,
            EnumWords.Of(settings.Source),
            isNetwork ? CameraUrl.WithoutSecrets(settings.Url) : null,
            settings.User,
            settings.Password is { Length: > 0 },
            isNetwork ? EnumWords.Of(settings.Transport) : null,
            settings.OnDemand,
            camera.Presence()
        );
    }
}
