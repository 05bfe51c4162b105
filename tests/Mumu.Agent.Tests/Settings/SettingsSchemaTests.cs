// The published schema says the same as the records.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mumu.Agent.Settings;

namespace Mumu.Agent.Tests.Settings;

public sealed class SettingsSchemaTests
{
    [Fact]
    public void The_schema_has_every_setting_and_no_other()
    {
        using var schema = JsonDocument.Parse(SettingsSchema.Read());
        Compare("", SettingsJson.Default.MumuSettings, schema.RootElement, schema.RootElement);
    }

    private static void Compare(string path, JsonTypeInfo type, JsonElement schema, JsonElement root)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = root.GetProperty("$defs").GetProperty(reference.GetString()!.Split('/')[^1]);
        }
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                Assert.False(schema.GetProperty("additionalProperties").GetBoolean(), path);
                var properties = schema.GetProperty("properties");
                Assert.Equal(type.Properties.Select(p => p.Name).Order(), properties.EnumerateObject().Select(p => p.Name).Order());
                foreach (var property in type.Properties)
                {
                    var member = SettingsJson.Default.GetTypeInfo(property.PropertyType)!;
                    Compare($"{path}.{property.Name}", member, properties.GetProperty(property.Name), root);
                }
                break;
            case JsonTypeInfoKind.Dictionary:
                Compare(
                    $"{path}.*",
                    SettingsJson.Default.GetTypeInfo(type.ElementType!)!,
                    schema.GetProperty("additionalProperties"),
                    root
                );
                break;
            case JsonTypeInfoKind.Enumerable:
                Compare($"{path}[]", SettingsJson.Default.GetTypeInfo(type.ElementType!)!, schema.GetProperty("items"), root);
                break;
            default:
                if (type.Type.IsEnum)
                {
                    Assert.Equal(EnumWords.Of(type.Type), schema.GetProperty("enum").EnumerateArray().Select(e => e.GetString()!));
                }
                else
                {
                    var kind =
                        type.Type == typeof(string) ? "string"
                        : type.Type == typeof(bool) ? "boolean"
                        : "integer";
                    Assert.Equal((path, kind), (path, schema.GetProperty("type").GetString()));
                }
                break;
        }
    }
}
