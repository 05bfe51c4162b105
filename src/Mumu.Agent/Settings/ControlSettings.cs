// The control API and the metrics in mumu.json.
using System.Net;
using System.Text.Json.Serialization;

namespace Mumu.Agent.Settings;

/// <summary>The control API; its port is among <see cref="PortSettings"/>. Read at start, but for the origins.</summary>
/// <param name="Enabled">False leaves it off.</param>
/// <param name="Bind">The IP address it listens on; null is 127.0.0.1, so that only programs on this machine reach it.</param>
/// <param name="AllowedOrigins">Web pages of these origins may call it, as <c>https://panel.example</c>; pages of others are refused.</param>
public sealed record ControlSettings(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Enabled = true,
    string? Bind = null,
    IReadOnlyList<string>? AllowedOrigins = null
)
{
    /// <summary>Web pages of these origins may call it.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = AllowedOrigins ?? [];

    internal static IEnumerable<(string Path, string Reason)> Problems(ControlSettings control)
    {
        if (control.Bind is { } bind && !IPAddress.TryParse(bind, out _))
        {
            yield return ("control.bind", "“control.bind” is an IP address of this machine; 0.0.0.0 is every address.");
        }
        for (var i = 0; i < control.AllowedOrigins.Count; i++)
        {
            if (!IsOrigin(control.AllowedOrigins[i]))
            {
                yield return ($"control.allowedOrigins[{i}]", "An origin is written as https://panel.example, without a path.");
            }
        }
    }

    private static bool IsOrigin(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.GetLeftPart(UriPartial.Authority) == text;
}

/// <summary>The metrics for Prometheus; their port is among <see cref="PortSettings"/>. Read at start.</summary>
/// <param name="Enabled">False leaves them off.</param>
/// <param name="Bind">The IP address they listen on; null is 127.0.0.1, so that only programs on this machine reach them.</param>
public sealed record MetricsSettings([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool Enabled = true, string? Bind = null)
{
    internal static IEnumerable<(string Path, string Reason)> Problems(MetricsSettings metrics)
    {
        if (metrics.Bind is { } bind && !IPAddress.TryParse(bind, out _))
        {
            yield return ("metrics.bind", "“metrics.bind” is an IP address of this machine; 0.0.0.0 is every address.");
        }
    }
}
