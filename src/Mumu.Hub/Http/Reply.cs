// How the hub answers: JSON in the wire's names, refusals as {"detail": "sentence"}.
using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Mumu.Signaling;
using Mumu.Signaling.Rest;

namespace Mumu.Hub.Http;

/// <summary>Results of the hub's routes.</summary>
internal static class Reply
{
    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(value, (JsonTypeInfo<T>)SignalingJson.Wire.GetTypeInfo(typeof(T))!, statusCode: status);

    public static IResult Refuse(int status, string detail) => Json(new ErrorDetail(detail), status);

    public static IResult NotFound(string detail) => Refuse(StatusCodes.Status404NotFound, detail);

    public static IResult Invalid(string detail) => Refuse(StatusCodes.Status422UnprocessableEntity, detail);

    /// <summary>429 with <c>Retry-After</c>; the sentence is followed by when to try again.</summary>
    public static IResult TooMany(HttpContext context, string sentence, TimeSpan retryAfter)
    {
        int seconds = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        string wait = seconds < 90 ? $"{seconds} seconds" : $"{(seconds + 59) / 60} minutes";
        return Refuse(StatusCodes.Status429TooManyRequests, $"{sentence} Try again in {wait}.");
    }
}
