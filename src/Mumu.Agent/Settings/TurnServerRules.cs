// What the settings of the TURN server must be beyond their shape.
using System.Net;
using System.Text;

namespace Mumu.Agent.Settings;

/// <summary>The rules of the section <c>turn</c>.</summary>
internal static class TurnServerRules
{
    private const int MinSecretLength = 16;

    public static IEnumerable<(string Path, string Reason)> Problems(TurnServerSettings turn)
    {
        if (turn.Bind is { } bind && !IPAddress.TryParse(bind, out _))
        {
            yield return ("turn.bind", "“turn.bind” is an IP address of this machine.");
        }
        if (turn.Port is < 1 or > 65535)
        {
            yield return ("turn.port", "A port is 1–65535.");
        }
        if (turn.TlsPort is < 1 or > 65535 || turn.TlsPort == turn.Port)
        {
            yield return ("turn.tlsPort", "A port is 1–65535, and “turn.tlsPort” another one than “turn.port”.");
        }
        if (turn.Certificate is null != turn.Key is null)
        {
            yield return ("turn.certificate", "“turn.certificate” and “turn.key” belong together: set both or none.");
        }
        if (turn.Host is { } host && (host.Length > 253 || Uri.CheckHostName(host) == UriHostNameType.Unknown))
        {
            yield return ("turn.host", "“turn.host” is a host name or an IP address, without a port.");
        }
        if (
            turn.ExternalAddress is { } external
            && !(IPAddress.TryParse(external, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        )
        {
            yield return ("turn.externalAddress", "“turn.externalAddress” is the IP address under which the Internet sees this machine.");
        }
        if (
            turn.FirstRelayPort is < 1024 or > 65535
            || turn.LastRelayPort is < 1024 or > 65535
            || turn.FirstRelayPort >= turn.LastRelayPort
        )
        {
            yield return (
                "turn.firstRelayPort",
                "The relays' ports, “firstRelayPort” to “lastRelayPort”, are within 1024–65535 and at least two."
            );
        }
        if (
            string.IsNullOrEmpty(turn.Realm)
            || Encoding.UTF8.GetByteCount(turn.Realm) > 127
            || turn.Realm.Any(c => char.IsControl(c) || c == '"')
        )
        {
            yield return ("turn.realm", "“turn.realm” has 1–127 characters.");
        }
        if (turn.Secret is { Length: < MinSecretLength })
        {
            yield return (
                "turn.secret",
                $"“turn.secret” has at least {MinSecretLength} characters; without one the program makes its own."
            );
        }
        for (var i = 0; i < turn.AllowedPeers.Count; i++)
        {
            if (!TurnServerSettings.TryParseNetwork(turn.AllowedPeers[i], out _))
            {
                yield return ($"turn.allowedPeers[{i}]", "A network is written as 192.168.1.0/24; one address stands for itself.");
            }
        }
        if (turn.MaxAllocations is < 1 or > 10_000 || turn.MaxAllocationsPerUser is < 1 or > 10_000)
        {
            yield return ("turn.maxAllocations", "“maxAllocations” and “maxAllocationsPerUser” are 1–10000.");
        }
        if (turn.KbpsPerUser < 0 || turn.Kbps < 0)
        {
            yield return ("turn.kbps", "“kbps” and “kbpsPerUser” are kilobits a second; 0 is no bound.");
        }
    }
}
