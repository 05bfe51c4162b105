// How a TURN server is spoken to.
namespace Mumu.Media.WebRtc.Relays;

/// <summary>The transport between us and the server, in the order of preference.</summary>
internal enum RelayTransport
{
    /// <summary>Datagrams.</summary>
    Udp,

    /// <summary>A TCP connection.</summary>
    Tcp,

    /// <summary>TLS over TCP, the server's certificate being verified against its name.</summary>
    Tls,
}
