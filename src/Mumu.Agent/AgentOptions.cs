// What the program that hosts the agent tells it.
using System.Net;
using Mumu.Agent.Settings;

namespace Mumu.Agent;

/// <summary>The agent's surroundings.</summary>
/// <param name="DataDirectory">Where settings, key and API keys are kept.</param>
/// <param name="Settings">The settings, opened from the same directory.</param>
public sealed record AgentOptions(string DataDirectory, SettingsStore Settings)
{
    /// <summary>The hub in the same program, used while the settings name none; null leaves the agent without a hub.</summary>
    public string? LocalHubUrl { get; init; }

    /// <summary>
    /// Authentication schemes besides API keys whose users may use the agent's API, if their role claim is <c>owner</c> or <c>admin</c>: the hub's own, where both run in one program.
    /// </summary>
    public IReadOnlyList<string> AdminSchemes { get; init; } = [];

    /// <summary>The address that listeners of the agent's own bind, those besides the web host's; null is every address.</summary>
    public IPAddress? Bind { get; init; }

    /// <summary>The hub to report to now.</summary>
    internal string? HubUrl => Settings.Current.Hub.Url ?? LocalHubUrl;

    /// <summary>The program's version, for people.</summary>
    public string Version { get; init; } = typeof(AgentOptions).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
