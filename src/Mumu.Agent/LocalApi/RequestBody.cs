// Reads request bodies with a limit, and says in words what is wrong with them.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Mumu.Agent.LocalApi;

/// <summary>A body read, or the refusal to send.</summary>
internal readonly record struct RequestBody<T>(T? Value, IResult? Problem);

/// <summary>Reads bodies of at most <see cref="MaxBytes"/>, whatever length the request claims.</summary>
internal static class RequestBody
{
    public const int MaxBytes = 64 * 1024;

    /// <summary>Reads JSON.</summary>
    public static async Task<RequestBody<T>> JsonAsync<T>(HttpRequest request, JsonTypeInfo<T> typeInfo)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            return new(
                null,
                Problems.Of(StatusCodes.Status415UnsupportedMediaType, "The body must be JSON (Content-Type: application/json).")
            );
        }
        var (bytes, problem) = await BytesAsync(request).ConfigureAwait(false);
        if (bytes is null)
        {
            return new(null, problem);
        }
        try
        {
            return JsonSerializer.Deserialize(bytes, typeInfo) is { } value
                ? new(value, null)
                : new(null, Problems.BadRequest("The body is a JSON object."));
        }
        catch (JsonException e)
        {
            return new(null, Problems.BadRequest($"The body is not the JSON expected here{(e.Path is null ? "" : $", see {e.Path}")}."));
        }
    }

    /// <summary>Reads text of one media type.</summary>
    public static async Task<RequestBody<string>> TextAsync(HttpRequest request, string mediaType)
    {
        var type = request.ContentType?.Split(';')[0].Trim();
        if (!string.Equals(type, mediaType, StringComparison.OrdinalIgnoreCase))
        {
            return new(null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, $"The body must be {mediaType}."));
        }
        var (bytes, problem) = await BytesAsync(request).ConfigureAwait(false);
        return new(bytes is null ? null : Encoding.UTF8.GetString(bytes), problem);
    }

    private static async Task<RequestBody<byte[]>> BytesAsync(HttpRequest request)
    {
        var bytes = await TryReadAsync(request).ConfigureAwait(false);
        return new(bytes, bytes is null ? TooLarge() : null);
    }

    /// <summary>Reads the bytes, whatever they are; null if there are too many.</summary>
    public static async Task<byte[]?> TryReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxBytes)
        {
            return null; // Not begun to read: the server throws at a length beyond its own limit.
        }
        var buffer = new byte[MaxBytes + 1];
        var length = await request
            .Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted)
            .ConfigureAwait(false);
        return length > MaxBytes ? null : buffer[..length];
    }

    private static IResult TooLarge() =>
        Problems.Of(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {MaxBytes / 1024} KiB.");
}
