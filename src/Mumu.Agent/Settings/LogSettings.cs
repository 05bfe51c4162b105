// How the program logs, in mumu.json.
using System.Text.Json.Serialization;

namespace Mumu.Agent.Settings;

/// <summary>What a line of the log looks like.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>One JSON object a line, for programs.</summary>
    [JsonStringEnumMemberName("json")]
    Json,
}

/// <summary>The log on the terminal. Read at start.</summary>
/// <param name="Format">What a line looks like.</param>
public sealed record LogSettings(LogFormat Format = LogFormat.Text);
