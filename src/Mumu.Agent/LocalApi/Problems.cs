// Refusals of the agent's HTTP doors: a status and {"detail": sentence}.
using Microsoft.AspNetCore.Http;
using Mumu.Signaling;
using Mumu.Signaling.Rest;

namespace Mumu.Agent.LocalApi;

/// <summary>Makes refusals.</summary>
internal static class Problems
{
    public static IResult BadRequest(string detail) => Of(StatusCodes.Status400BadRequest, detail);

    public static IResult Unauthorized(string detail) => Of(StatusCodes.Status401Unauthorized, detail);

    public static IResult Forbidden(string detail) => Of(StatusCodes.Status403Forbidden, detail);

    public static IResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, detail);

    public static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, detail);

    public static IResult Unavailable(string detail) => Of(StatusCodes.Status503ServiceUnavailable, detail);

    public static IResult Of(int status, string detail) =>
        TypedResults.Json(new ErrorDetail(detail), SignalingJson.Wire.ErrorDetail, statusCode: status);
}
