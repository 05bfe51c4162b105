// An event as others get it.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mumu.Agent.Events;

/// <summary>An event with its place in the feed.</summary>
/// <param name="Id">Its place: unique, also across starts of the program.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Type">What happened, as <c>path.ready</c>.</param>
/// <param name="Path">To which path; null where it concerns none.</param>
/// <param name="Protocol">The protocol of the reader or publisher.</param>
/// <param name="Remote">Where the reader or publisher is.</param>
/// <param name="User">The name of the key or user.</param>
/// <param name="Session">The reader or publisher, as the control API lists it.</param>
/// <param name="Message">Why, as a sentence.</param>
internal sealed record FeedEvent(
    string Id,
    DateTimeOffset Time,
    string Type,
    string? Path = null,
    string? Protocol = null,
    string? Remote = null,
    string? User = null,
    Guid? Session = null,
    string? Message = null
)
{
    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, FeedJson.Default.FeedEvent);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FeedEvent))]
internal sealed partial class FeedJson : JsonSerializerContext;
