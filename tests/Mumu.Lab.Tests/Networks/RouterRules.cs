// The nftables rules that make a Linux router one kind of NAT. Inside are interfaces "lan…", outside is "wan".
namespace Mumu.Lab.Tests.Networks;

internal static class RouterRules
{
    /// <summary>A port-restricted NAT that maps to other ports than the host's own: what a router may do after it has forgotten its mappings.</summary>
    public static string PortRestrictedAt(string ports) => Rules($"meta l4proto udp masquerade to :{ports}", "iifname \"lan*\" accept");

    /// <summary>The whole rule set, for a router with one host inside.</summary>
    public static string For(Nat nat, string host) =>
        nat switch
        {
            Nat.Open => "flush ruleset\n",
            Nat.FullCone => Rules(
                Masquerade,
                "iifname \"lan*\" accept",
                // Linux keeps the port when it masquerades for one host, so the way in is the same port.
                incoming: $"iifname \"wan\" udp dport 1024-65535 dnat to {host}",
                welcome: $"iifname \"wan\" ip daddr {host} meta l4proto udp accept"
            ),
            Nat.PortRestricted => Rules(Masquerade, "iifname \"lan*\" accept"),
            Nat.Symmetric => Rules("masquerade fully-random", "iifname \"lan*\" accept"),
            Nat.UdpBlocked => Rules(Masquerade, "iifname \"lan*\" meta l4proto tcp accept"),
            Nat.OnlyTcp443 => Rules(Masquerade, "iifname \"lan*\" tcp dport 443 accept"),
            _ => throw new ArgumentOutOfRangeException(nameof(nat), nat, null),
        };

    private const string Masquerade = "masquerade";

    // Input from outside is dropped: a packet that the router itself took would claim the port, and a later mapping of the host would get another one.
    private static string Rules(string translation, string outgoing, string incoming = "", string welcome = "") =>
        $$"""
            flush ruleset
            table ip nat {
              chain post { type nat hook postrouting priority srcnat; oifname "wan" {{translation}}; oifname "wan" masquerade; }
              chain pre { type nat hook prerouting priority dstnat; {{incoming}}
              }
            }
            table ip gate {
              chain own { type filter hook input priority 0; iifname "wan" drop; }
              chain through { type filter hook forward priority 0; policy drop; ct state established,related accept; {{outgoing}}
                {{welcome}}
              }
            }

            """;
}
