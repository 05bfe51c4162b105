// Lists of networks in settings.
using System.Net;

namespace Mumu.Agent.Settings;

/// <summary>Networks written as <c>192.168.1.0/24</c>, or one address.</summary>
internal static class Networks
{
    public const string Rule = "A network is written as 192.168.1.0/24; one address stands for itself.";

    /// <summary>True for a network as it is written.</summary>
    public static bool IsValid(string? text) => TurnServerSettings.TryParseNetwork(text, out _);

    /// <summary>True if one of the networks has the address; a list that is null has every one, an unknown address is in none.</summary>
    public static bool Contain(IReadOnlyList<string>? networks, IPAddress? address)
    {
        if (networks is null)
        {
            return true;
        }
        if (address is null)
        {
            return false;
        }
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(text => TurnServerSettings.TryParseNetwork(text, out var network) && network.Contains(plain));
    }
}
