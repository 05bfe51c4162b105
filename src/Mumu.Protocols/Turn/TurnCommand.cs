// What the TURN server asks of its driver: sockets.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>What is to be done with a socket.</summary>
public enum TurnCommandKind
{
    /// <summary>Bind a relay's, then call <see cref="TurnServer.RelayOpened"/> or <see cref="TurnServer.RelayFailed"/>. One of TCP listens, too.</summary>
    OpenRelay,

    /// <summary>Close it, or don't open it any more; nothing is to be reported.</summary>
    CloseRelay,

    /// <summary>Connect from a relay's address to a peer over TCP, then call <see cref="TurnStreams.Connected"/> or <see cref="TurnStreams.Failed"/>.</summary>
    ConnectPeer,

    /// <summary>Pass the bytes of a peer's connection and of a client's on to each other, both ways, behind what was to be transmitted before.</summary>
    JoinPeer,

    /// <summary>Close the connection to a peer, or don't connect any more, and the client's that is joined with it; nothing is to be reported.</summary>
    ClosePeer,
}

/// <summary>A wish of the core; the driver carries them out in order.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Relay">The relay's number, never used twice.</param>
/// <param name="IsIPv6">The family to bind.</param>
/// <param name="IsEven">The port must be even.</param>
/// <param name="IsTcp">The relay is one of TCP (RFC 6062).</param>
/// <param name="Connection">The number of a connection with a peer, never used twice; 0 where there is none.</param>
/// <param name="Peer">To whom to connect.</param>
/// <param name="Client">The flow to join.</param>
public readonly record struct TurnCommand(
    TurnCommandKind Kind,
    int Relay,
    bool IsIPv6 = false,
    bool IsEven = false,
    bool IsTcp = false,
    int Connection = 0,
    TransportAddress Peer = default,
    FlowId Client = default
);
