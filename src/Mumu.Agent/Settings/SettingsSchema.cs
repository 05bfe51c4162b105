// The JSON schema of mumu.json, kept beside it so that editors complete and check names.
namespace Mumu.Agent.Settings;

/// <summary>Gives out the embedded schema.</summary>
public static class SettingsSchema
{
    /// <summary>The schema's name beside mumu.json.</summary>
    public const string FileName = "mumu.schema.json";

    /// <summary>The schema's text.</summary>
    public static byte[] Read()
    {
        using var stream =
            typeof(SettingsSchema).Assembly.GetManifestResourceStream("Mumu.Agent.Settings.mumu.schema.json")
            ?? throw new InvalidOperationException("The schema is not embedded.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Writes it beside the settings file, unless it is there already.</summary>
    internal static void WriteBeside(string settingsPath)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(settingsPath))!, FileName);
        var schema = Read();
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(schema))
        {
            AtomicFile.Write(path, schema, ownerOnly: false);
        }
    }
}
