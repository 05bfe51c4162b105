// From the text of mumu.json to settings: all of it, or a line and a reason.
using System.Text.Json;

namespace Mumu.Agent.Settings;

/// <summary>Reads the text of a settings file.</summary>
public static class SettingsText
{
    /// <summary>The largest file accepted, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Reads and validates.</summary>
    /// <param name="text">UTF-8, with or without byte order mark; comments and trailing commas allowed.</param>
    /// <param name="place">The file's name, for the refusal.</param>
    /// <exception cref="SettingsException">The text is refused as a whole.</exception>
    public static MumuSettings Parse(ReadOnlySpan<byte> text, string place)
    {
        if (text.Length > MaxBytes)
        {
            throw new SettingsException(place, 0, $"The file is larger than {MaxBytes / 1024} KiB.");
        }
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        if (text.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw new SettingsException(place, 1, "The file is empty; an empty set of settings is written { }.");
        }
        var lines = new SettingsShape(text, place).Check(SettingsJson.Default.MumuSettings);
        MumuSettings settings;
        try
        {
            settings = JsonSerializer.Deserialize(text, SettingsJson.Default.MumuSettings) ?? new MumuSettings();
        }
        catch (JsonException e)
        {
            throw new SettingsException(place, (int)(e.LineNumber ?? 0) + 1, $"“{e.Path}” can't be read.");
        }
        foreach (var (path, reason) in SettingsRules.Problems(settings))
        {
            throw new SettingsException(place, LineOf(lines, path), reason);
        }
        return settings;
    }

    // A missing member has no line of its own: its group's is the nearest.
    private static int LineOf(Dictionary<string, int> lines, string path)
    {
        for (var p = path; ; p = p[..Math.Max(0, p.LastIndexOfAny(['.', '[']))])
        {
            if (lines.TryGetValue(p, out var line))
            {
                return line;
            }
            if (p.Length == 0)
            {
                return 1;
            }
        }
    }
}
