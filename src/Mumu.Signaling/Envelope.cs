// The frame around every signaling message, on both WebSockets of the hub.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mumu.Signaling;

/// <summary>One message on the wire: <c>{type, request_id?, ts, payload}</c>, snake_case JSON in one text frame of at most <see cref="MaxBytes"/>.</summary>
/// <param name="Type">One of <see cref="MessageTypes"/>.</param>
/// <param name="RequestId">Chosen by whoever asks; echoed in the reply.</param>
/// <param name="Ts">ISO 8601 time of sending.</param>
/// <param name="Payload">The message itself; its shape follows from the type.</param>
public sealed record Envelope(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("request_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RequestId,
    [property: JsonPropertyName("ts")] string? Ts,
    [property: JsonPropertyName("payload")] JsonElement Payload
)
{
    /// <summary>The largest message either side accepts, in bytes; SDP with many candidates stays far below it.</summary>
    public const int MaxBytes = 64 * 1024;
}
