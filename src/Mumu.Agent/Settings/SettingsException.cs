// Why settings were refused: where, which line, and the reason in words.
namespace Mumu.Agent.Settings;

/// <summary>Settings that can't be used. Nothing of the refused text is in force.</summary>
/// <param name="place">The file, environment variable or option.</param>
/// <param name="line">Line from 1; 0 where there are no lines.</param>
/// <param name="reason">A sentence for people; never contains a secret.</param>
public sealed class SettingsException(string place, int line, string reason)
    : Exception(line > 0 ? $"{place}, line {line}: {reason}" : $"{place}: {reason}")
{
    /// <summary>The file, environment variable or option.</summary>
    public string Place { get; } = place;

    /// <summary>Line from 1; 0 where there are no lines.</summary>
    public int Line { get; } = line;

    /// <summary>The reason in words.</summary>
    public string Reason { get; } = reason;
}
