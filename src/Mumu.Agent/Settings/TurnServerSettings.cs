// The TURN server of this program in mumu.json.
using System.Net;

namespace Mumu.Agent.Settings;

/// <summary>The embedded STUN and TURN server. All is read at start.</summary>
/// <param name="Enabled">Whether <c>up</c> and <c>hub</c> run it; they never do where <c>hub.turn</c> names another server.</param>
/// <param name="Bind">The address to listen on; null is every address.</param>
/// <param name="Port">The UDP and TCP port, 1–65535.</param>
/// <param name="TlsPort">The port for TLS, 1–65535; used where there is a certificate.</param>
/// <param name="Certificate">A PEM file with the certificate for TLS and those between it and the root; null is no TLS.</param>
/// <param name="Key">A PEM file with the certificate's key, not encrypted.</param>
/// <param name="Host">The host name or address that clients are told; null: the one by which each reached the hub.</param>
/// <param name="ExternalAddress">The address that peers see, where a NAT forwards the relays' ports to this machine.</param>
/// <param name="FirstRelayPort">First port of relays.</param>
/// <param name="LastRelayPort">Last port of relays.</param>
/// <param name="Realm">The realm of the credentials, 1–127 bytes.</param>
/// <param name="Secret">What hub and server share; null: made on first start and kept in the data folder. Secret.</param>
/// <param name="AllowedPeers">Networks of peers that are relayed to although they are not of the open Internet, as <c>192.168.1.0/24</c>.</param>
/// <param name="MaxAllocations">Allocations of all users, 1–10000.</param>
/// <param name="MaxAllocationsPerUser">Allocations of one user, 1–10000.</param>
/// <param name="KbpsPerUser">Kilobits a second that one user may have relayed, both ways together; 0 is no bound.</param>
/// <param name="Kbps">The same of all users together; 0 is no bound.</param>
public sealed record TurnServerSettings(
    bool Enabled = true,
    string? Bind = null,
    int Port = 3478,
    int TlsPort = 5349,
    string? Certificate = null,
    string? Key = null,
    string? Host = null,
    string? ExternalAddress = null,
    int FirstRelayPort = 49152,
    int LastRelayPort = 65535,
    string? Realm = null,
    string? Secret = null,
    IReadOnlyList<string>? AllowedPeers = null,
    int MaxAllocations = 4000,
    int MaxAllocationsPerUser = 256,
    int KbpsPerUser = 100_000,
    int Kbps = 0
)
{
    /// <summary>The realm of the credentials.</summary>
    public string Realm { get; init; } = Realm ?? "mumu";

    /// <summary>Networks of peers that are relayed to although they are not of the open Internet.</summary>
    public IReadOnlyList<string> AllowedPeers { get; init; } = AllowedPeers ?? [];

    /// <summary>The port, never the secret.</summary>
    public override string ToString() => $"TURN on port {Port}";

    /// <summary>Reads a network as <c>192.168.1.0/24</c>, or one address.</summary>
    public static bool TryParseNetwork(string? text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }
        return IPNetwork.TryParse(text, out network);
    }
}
