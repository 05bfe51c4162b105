// An API key as it is kept: never the key, only its hash.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Keys;

/// <summary>What a key may do.</summary>
public enum ApiKeyRole
{
    /// <summary>Watch.</summary>
    [JsonStringEnumMemberName("reader")]
    Reader,

    /// <summary>Watch and change cameras.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin,
}

/// <summary>One key.</summary>
/// <param name="Name">Who or what it is for; unique.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Sha256">Hex of SHA-256 over the key. 256 random bits need no salt and no slow hash.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ApiKey(string Name, ApiKeyRole Role, string Sha256, DateTimeOffset CreatedAt);

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
