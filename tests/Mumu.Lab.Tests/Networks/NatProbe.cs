// What coturn's own tool finds out about a NAT from inside (RFC 5780): how it maps, and what it lets in.
using System.Text.RegularExpressions;

namespace Mumu.Lab.Tests.Networks;

/// <param name="IsTranslated">The Internet sees another address than the host has.</param>
/// <param name="Mapping">How the outside port depends on the destination.</param>
/// <param name="Filtering">Who may answer.</param>
internal sealed record NatBehavior(bool IsTranslated, string? Mapping, string? Filtering);

internal static partial class NatProbe
{
    private static int s_port = 20000;

    /// <param name="home">From whose host to look.</param>
    /// <param name="server">A STUN server with a second address.</param>
    public static async Task<(NatBehavior? Behavior, string Text)> LookAsync(Home home, string server)
    {
        var port = $"{Interlocked.Increment(ref s_port)}";
        var (_, text) = await Command.TryAsync(
            "ip",
            home.Host.Inside("turnutils_natdiscovery", "-m", "-f", "-L", home.HostAddress, "-l", port, server)
        );
        if (Reflexive().Match(text) is not { Success: true } seen)
        {
            return (null, text);
        }
        var mapping = Mapping().Match(text);
        var filtering = Filtering().Match(text);
        return (
            new NatBehavior(
                seen.Groups["ip"].Value != home.HostAddress,
                mapping.Success ? mapping.Groups["how"].Value : null,
                filtering.Success ? filtering.Groups["how"].Value : null
            ),
            text
        );
    }

    [GeneratedRegex(@"UDP reflexive addr: (?<ip>[\d.]+):")]
    private static partial Regex Reflexive();

    [GeneratedRegex(@"NAT with (?<how>[\w ]+) Mapping!")]
    private static partial Regex Mapping();

    [GeneratedRegex(@"NAT with (?<how>[\w ]+) Filtering!")]
    private static partial Regex Filtering();
}
