// A TURN server whose addresses are known.
using System.Net;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc.Relays;

/// <summary>Where a relay can be asked for, and with which credential.</summary>
/// <param name="Url">The server.</param>
/// <param name="Addresses">Where it is: at least one.</param>
/// <param name="Server">The credential.</param>
/// <param name="Bind">Where our sockets are bound; a wildcard leaves it to the system.</param>
internal sealed record RelayTarget(RelayUrl Url, IReadOnlyList<TransportAddress> Addresses, RelayServer Server, IPAddress Bind)
{
    /// <summary>Times that another server or another port was tried in its place.</summary>
    public int Detours { get; init; }

    /// <summary>Without the credential.</summary>
    public override string ToString() => Url.ToString();
}
