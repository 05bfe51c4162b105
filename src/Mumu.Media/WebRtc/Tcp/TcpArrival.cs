// A connection that a viewer made, with its first message.
using System.Net.Sockets;
using Mumu.Protocols.Stun;

namespace Mumu.Media.WebRtc.Tcp;

/// <summary>A connection that has sent a check, not yet proved to be authentic.</summary>
/// <param name="Stream">The connection.</param>
/// <param name="Remote">Where it comes from.</param>
/// <param name="First">The check.</param>
internal sealed record TcpArrival(NetworkStream Stream, TransportAddress Remote, byte[] First);
