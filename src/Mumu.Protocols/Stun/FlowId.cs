// The way a datagram travels: which of our sockets, to or from which remote address.
namespace Mumu.Protocols.Stun;

/// <summary>
/// A flow: one local base (the driver's number for a socket or relay, with its address) and one remote transport address.
/// A core answers on the flow a datagram came by and never needs to know what a socket is.
/// </summary>
/// <param name="Base">The driver's number of the local base; 0 is the loop's own UDP socket.</param>
/// <param name="Remote">The other end.</param>
public readonly record struct FlowId(int Base, TransportAddress Remote);
