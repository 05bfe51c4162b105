// REST bodies about the relay.
namespace Mumu.Signaling.Rest;

/// <summary><c>GET /api/turn-credentials</c>.</summary>
/// <param name="IceServers">As in <c>watch_ready</c>.</param>
/// <param name="ExpiresIn">Seconds that credentials for TURN hold.</param>
public sealed record TurnCredentialsResponse(IReadOnlyList<IceServer> IceServers, int ExpiresIn);

/// <summary><c>GET /api/turn/status</c>: the embedded TURN server since its start.</summary>
/// <param name="Allocations">Allocations that live.</param>
/// <param name="Allocated">Allocations made.</param>
/// <param name="Connections">Connections of clients over TCP and TLS that stand.</param>
/// <param name="RelayedDatagrams">Datagrams relayed, both ways.</param>
/// <param name="RelayedBytes">Bytes of payload relayed, both ways.</param>
/// <param name="Refused">What was refused or dropped, by cause.</param>
public sealed record TurnStatus(
    int Allocations,
    long Allocated,
    int Connections,
    long RelayedDatagrams,
    long RelayedBytes,
    TurnRefusals Refused
);

/// <summary>Requests refused and datagrams dropped by the embedded TURN server.</summary>
/// <param name="Malformed">Badly formed messages.</param>
/// <param name="Unauthenticated">Requests without or with wrong credentials (401).</param>
/// <param name="Unanswered">Requests left without an answer because their source has had enough.</param>
/// <param name="ForbiddenPeer">Peers refused by the rules (403).</param>
/// <param name="OverQuota">Allocations of users who have enough of them (486).</param>
/// <param name="OverCapacity">Requests for which there was no room (508).</param>
/// <param name="NotPermitted">Datagrams without allocation, permission or channel.</param>
/// <param name="OverBandwidth">Datagrams beyond the cap on bandwidth.</param>
/// <param name="Dropped">Datagrams too long, or for which the way out was full.</param>
/// <param name="Connections">Connections refused or ended: too many, or too slow to say anything.</param>
public sealed record TurnRefusals(
    long Malformed,
    long Unauthenticated,
    long Unanswered,
    long ForbiddenPeer,
    long OverQuota,
    long OverCapacity,
    long NotPermitted,
    long OverBandwidth,
    long Dropped,
    long Connections
);
