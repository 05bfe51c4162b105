// An API key as it is kept: never the key, only its hash.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Keys;

/// <summary>What a key may do.</summary>
public enum ApiKeyRole
{
    /// <summary>Watch and play back.</summary>
    [JsonStringEnumMemberName("reader")]
    Reader,

    /// <summary>Everything, on every path.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin,

    /// <summary>Publish.</summary>
    [JsonStringEnumMemberName("publisher")]
    Publisher,

    /// <summary>Read metrics, nothing else.</summary>
    [JsonStringEnumMemberName("metrics")]
    Metrics,
}

/// <summary>One key.</summary>
/// <param name="Name">Who or what it is for; unique.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Sha256">Hex of SHA-256 over the key. 256 random bits need no salt and no slow hash.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Paths">Patterns of the paths it is for; null is all.</param>
/// <param name="Networks">Networks it may be used from; null is anywhere.</param>
public sealed record ApiKey(
    string Name,
    ApiKeyRole Role,
    string Sha256,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Paths = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Networks = null
)
{
    /// <summary>True if the key allows an action, on a path where the action concerns one.</summary>
    public bool May(AccessAction action, string? path) =>
        Role switch
        {
            ApiKeyRole.Admin => true,
            ApiKeyRole.Metrics => action == AccessAction.Metrics,
            ApiKeyRole.Publisher => action == AccessAction.Publish && IsFor(path),
            _ => action is AccessAction.Read or AccessAction.Playback && IsFor(path),
        };

    private bool IsFor(string? path) => Paths is null || (path is not null && Paths.Any(pattern => PathPattern.Matches(pattern, path)));
}

/// <summary>The file of keys.</summary>
internal sealed record ApiKeyFile(IReadOnlyList<ApiKey> Keys);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(ApiKeyFile))]
internal sealed partial class ApiKeyJson : JsonSerializerContext;
