// The whole generated TypeScript module, from the records and constants of Mumu.Signaling.
using System.Reflection;
using System.Text;
using System.Text.Json;
using Mumu.Signaling;

namespace Mumu.TypeScript;

/// <summary>Turns the records of Mumu.Signaling into TypeScript interfaces, in the same order on every machine.</summary>
public static class TypeScriptModule
{
    /// <summary>The module's text, lines ended by '\n'.</summary>
    public static string Generate()
    {
        var docs = new XmlDocs(typeof(Envelope).Assembly);
        var text = new StringBuilder("// Generated from the records of Mumu.Signaling by tools/Mumu.TypeScript. Do not edit.\n");
        foreach (Type constants in new[] { typeof(MessageTypes), typeof(WatchEndReasons) })
        {
            WriteConstants(text, constants);
        }

        text.Append("\n/** The largest message either side accepts, in bytes. */\n")
            .Append(System.Globalization.CultureInfo.InvariantCulture, $"export const MAX_MESSAGE_BYTES = {Envelope.MaxBytes};\n");
        foreach (Type record in Records())
        {
            WriteInterface(text, record, docs);
        }

        return text.ToString();
    }

    /// <summary>Every public record of Mumu.Signaling, ordered by name.</summary>
    public static IEnumerable<Type> Records() =>
        typeof(Envelope)
            .Assembly.GetExportedTypes()
            .Where(type => type.GetMethod("<Clone>$") is not null)
            .OrderBy(type => type.Name, StringComparer.Ordinal);

    private static void WriteConstants(StringBuilder text, Type type)
    {
        text.Append("\nexport const ").Append(type.Name).Append(" = {\n");
        foreach (FieldInfo field in type.GetFields().Where(field => field.IsLiteral))
        {
            text.Append("  ")
                .Append(field.Name)
                .Append(": ")
                .Append(JsonSerializer.Serialize((string)field.GetRawConstantValue()!))
                .Append(",\n");
        }

        text.Append("} as const;\n");
        string single = type.Name.EndsWith('s') ? type.Name[..^1] : type.Name + "Value";
        text.Append("export type ")
            .Append(single)
            .Append(" = (typeof ")
            .Append(type.Name)
            .Append(")[keyof typeof ")
            .Append(type.Name)
            .Append("];\n");
    }

    private static void WriteInterface(StringBuilder text, Type record, XmlDocs docs)
    {
        text.Append('\n');
        WriteDoc(text, "", docs.Summary(record));
        PropertyInfo[] properties = record.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        if (properties.Length == 0)
        {
            text.Append("export type ").Append(record.Name).Append(" = Record<string, never>;\n");
            return;
        }

        text.Append("export interface ").Append(record.Name).Append(" {\n");
        foreach (PropertyInfo property in properties)
        {
            WriteDoc(text, "  ", docs.Parameter(record, property.Name));
            var shape = PropertyShape.Of(record, property);
            text.Append("  ").Append(shape.Name).Append(shape.IsOptional ? "?: " : ": ").Append(shape.Type).Append(";\n");
        }

        text.Append("}\n");
    }

    private static void WriteDoc(StringBuilder text, string indent, string? doc)
    {
        if (!string.IsNullOrEmpty(doc))
        {
            text.Append(indent).Append("/** ").Append(doc.Replace("*/", "* /", StringComparison.Ordinal)).Append(" */\n");
        }
    }
}
