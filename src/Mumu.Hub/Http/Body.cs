// A JSON request body, read with the hub's own context so that names and limits never depend on the host's settings.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Mumu.Signaling;

namespace Mumu.Hub.Http;

/// <summary>Seen by <see cref="HubEndpointFilter"/>, which refuses what could not be read.</summary>
internal interface IBody
{
    /// <summary>Why it could not be read, or null.</summary>
    IResult? Refusal { get; }
}

/// <summary>The body of a request, at most <see cref="MaxBytes"/> long.</summary>
internal sealed class Body<T> : IBody
    where T : class
{
    public const int MaxBytes = 64 * 1024;

    private readonly T? value;

    private Body(T? value, IResult? refusal)
    {
        this.value = value;
        Refusal = refusal;
    }

    /// <inheritdoc/>
    public IResult? Refusal { get; }

    /// <summary>The record; handlers run only when there is one.</summary>
    public T Value => value ?? throw new InvalidOperationException("The body was refused.");

    public static async ValueTask<Body<T>> BindAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBytes)
        {
            return TooLarge(); // Not begun to read: the server throws at a length beyond its own limit.
        }

        var buffer = new byte[(context.Request.ContentLength ?? MaxBytes) + 1];
        int length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MaxBytes)
        {
            return TooLarge();
        }

        try
        {
            var type = (JsonTypeInfo<T>)SignalingJson.Default.GetTypeInfo(typeof(T))!;
            T? value = JsonSerializer.Deserialize(buffer.AsSpan(0, length), type);
            return new Body<T>(value, value is null ? NotJson() : null);
        }
        catch (JsonException)
        {
            return new Body<T>(null, NotJson());
        }
    }

    private static Body<T> TooLarge() => new(null, Reply.Refuse(StatusCodes.Status413PayloadTooLarge, "The request is too large."));

    private static IResult NotJson() =>
        Reply.Refuse(StatusCodes.Status400BadRequest, "The request is not the JSON object this address expects.");
}
