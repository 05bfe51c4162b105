// Where the program may connect to on behalf of its settings, in mumu.json.
using System.Net;
using Mumu.Media.Sources;

namespace Mumu.Agent.Settings;

/// <summary>Networks that cameras, webhooks and the like may be in. Counts at once for what connects.</summary>
/// <param name="Allowed">Only these networks, as <c>192.168.1.0/24</c>; null is every one.</param>
/// <param name="Forbidden">Never these; null is <see cref="OutboundNetworks.UsuallyForbidden"/>.</param>
public sealed record OutboundSettings(IReadOnlyList<string>? Allowed = null, IReadOnlyList<string>? Forbidden = null)
{
    /// <summary>The rules.</summary>
    internal OutboundNetworks Networks() =>
        new(Allowed is null ? [] : Parse(Allowed), Forbidden is null ? OutboundNetworks.UsuallyForbidden : Parse(Forbidden));

    internal static IEnumerable<(string Path, string Reason)> Problems(OutboundSettings outbound)
    {
        if (outbound.Allowed is { Count: 0 })
        {
            yield return ("outbound.allowed", "“outbound.allowed” names networks; leave it out to allow every one.");
        }
        foreach (var (name, list) in new[] { ("allowed", outbound.Allowed), ("forbidden", outbound.Forbidden) })
        {
            for (var i = 0; i < list?.Count; i++)
            {
                if (!Settings.Networks.IsValid(list[i]))
                {
                    yield return ($"outbound.{name}[{i}]", Settings.Networks.Rule);
                }
            }
        }
    }

    private static IPNetwork[] Parse(IReadOnlyList<string> list) =>
        [.. list.Select(text => TurnServerSettings.TryParseNetwork(text, out var network) ? network : throw new FormatException(text))];
}
