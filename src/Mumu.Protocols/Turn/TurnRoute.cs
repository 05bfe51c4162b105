// Where a datagram of the TURN server goes.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>The way of one outgoing datagram.</summary>
/// <param name="IsRelay">True: <paramref name="Socket"/> is a relay's number. False: it is the base of the client's flow.</param>
/// <param name="Socket">The socket to send from.</param>
/// <param name="Remote">Where to.</param>
public readonly record struct TurnRoute(bool IsRelay, int Socket, TransportAddress Remote);
