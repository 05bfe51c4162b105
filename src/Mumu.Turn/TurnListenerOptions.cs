// Where the TURN server listens and which sockets it may open.
using System.Net;
using Mumu.Protocols.Turn;

namespace Mumu.Turn;

/// <summary>Settings of a <see cref="TurnListener"/>.</summary>
public sealed record TurnListenerOptions
{
    /// <summary>Where clients come; port 0 lets the system choose.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The address that relays are bound to, and that peers are told unless <see cref="RelayAddress"/> says otherwise.</summary>
    public required IPAddress RelayBind { get; init; }

    /// <summary>The address that peers are told, for a server behind a NAT that forwards the relays' ports; null: where they are bound.</summary>
    public IPAddress? RelayAddress { get; init; }

    /// <summary>First port of relays.</summary>
    public int FirstRelayPort { get; init; } = 49152;

    /// <summary>Last port of relays.</summary>
    public int LastRelayPort { get; init; } = 65535;

    /// <summary>Settings of the core.</summary>
    public required TurnServerOptions Server { get; init; }
}
