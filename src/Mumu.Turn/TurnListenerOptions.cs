// Where the TURN server listens, which sockets it may open, and whom it relays to.
using System.Net;
using Mumu.Protocols.Turn;

namespace Mumu.Turn;

/// <summary>Settings of a <see cref="TurnListener"/>.</summary>
public sealed record TurnListenerOptions
{
    /// <summary>Where clients come; port 0 lets the system choose. The wildcard of IPv6 serves IPv4, too.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>True if clients may come to the same port over TCP, too.</summary>
    public bool ListensOnTcp { get; init; } = true;

    /// <summary>Where clients come over TLS, if there is a <see cref="Certificate"/>.</summary>
    public IPEndPoint? TlsListen { get; init; }

    /// <summary>The certificate for TLS.</summary>
    public TurnCertificate? Certificate { get; init; }

    /// <summary>Connections over TCP and TLS; beyond, those without an allocation make room.</summary>
    public int MaxConnections { get; init; } = 4000;

    /// <summary>Connections of one address, of IPv6 of one /64. A household behind one address opens several for each camera on its screens.</summary>
    public int MaxConnectionsPerNetwork { get; init; } = 256;

    /// <summary>The address that relays are bound to; null: <see cref="Listen"/>'s, or for a wildcard the one by which this machine reaches the Internet.</summary>
    public IPAddress? RelayBind { get; init; }

    /// <summary>The address that relays of IPv6 are bound to; null: as <see cref="RelayBind"/> says, or the one by which this machine reaches the Internet over IPv6.</summary>
    public IPAddress? RelayBindIPv6 { get; init; }

    /// <summary>The address that peers are told, for a server behind a NAT that forwards the relays' ports; null: where they are bound.</summary>
    public IPAddress? ExternalAddress { get; init; }

    /// <summary>First port of relays.</summary>
    public int FirstRelayPort { get; init; } = 49152;

    /// <summary>Last port of relays.</summary>
    public int LastRelayPort { get; init; } = 65535;

    /// <summary>Networks whose peers are reached although the rules refuse them. A network never opens an address of this machine; that address alone does.</summary>
    public IReadOnlyList<IPNetwork> AllowedPeers { get; init; } = [];

    /// <summary>UDP ports of this program that peers may be at, in spite of standing at an own address; a wildcard stands for every address of this machine.</summary>
    public IReadOnlyList<IPEndPoint> OwnPorts { get; init; } = [];

    /// <summary>Settings of the core; its rules about peers are made here.</summary>
    public required TurnServerOptions Server { get; init; }
}
