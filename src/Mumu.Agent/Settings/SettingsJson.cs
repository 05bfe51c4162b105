// How settings are read and written as JSON, by generated code.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mumu.Agent.Settings;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    WriteIndented = true
)]
[JsonSerializable(typeof(MumuSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext
{
    private static SettingsJson? file;

    /// <summary>For writing: people read this file, so letters stay letters.</summary>
    public static SettingsJson File =>
        file ??= new SettingsJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
