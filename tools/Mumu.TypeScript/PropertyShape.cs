// How one property of a record looks in TypeScript.
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mumu.TypeScript;

/// <summary>A property's name on the wire, its TypeScript type, and whether it may be absent.</summary>
internal readonly record struct PropertyShape(string Name, string Type, bool IsOptional)
{
    public static PropertyShape Of(Type record, PropertyInfo property)
    {
        string name =
            property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        bool leftOut = property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition == JsonIgnoreCondition.WhenWritingNull;
        bool hasDefault = record
            .GetConstructors()
            .SelectMany(constructor => constructor.GetParameters())
            .Any(parameter => parameter.Name == property.Name && parameter.HasDefaultValue);
        NullabilityInfo nullability = new NullabilityInfoContext().Create(property);
        string type = TypeOf(property.PropertyType);
        if (nullability.ReadState == NullabilityState.Nullable && !leftOut && type != "unknown")
        {
            type += " | null";
        }

        return new PropertyShape(name, type, leftOut || hasDefault);
    }

    private static string TypeOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return "string";
        }

        if (type == typeof(bool))
        {
            return "boolean";
        }

        if (type == typeof(int) || type == typeof(long) || type == typeof(double))
        {
            return "number";
        }

        if (type == typeof(JsonElement))
        {
            return "unknown";
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return TypeOf(type.GetGenericArguments()[0]) + "[]";
        }

        return type.Assembly == typeof(Signaling.Envelope).Assembly
            ? type.Name
            : throw new NotSupportedException($"No TypeScript type for {type}.");
    }
}
