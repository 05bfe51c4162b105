// Which side of the handshake an endpoint plays.
namespace Mumu.Protocols.Dtls;

/// <summary>The side of the handshake (SDP <c>a=setup</c>, RFC 5763 §5): the active side is the client.</summary>
public enum DtlsRole
{
    /// <summary>Sends the ClientHello (<c>a=setup:active</c>).</summary>
    Client,

    /// <summary>Waits for it and chooses the SRTP profile (<c>a=setup:passive</c>).</summary>
    Server,
}
