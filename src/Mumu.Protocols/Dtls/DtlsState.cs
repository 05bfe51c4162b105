// How far a DTLS association has come.
namespace Mumu.Protocols.Dtls;

/// <summary>The life of a <see cref="DtlsTransport" />; it only moves forward.</summary>
public enum DtlsState
{
    /// <summary>Not yet connected.</summary>
    Handshaking,

    /// <summary>The peer holds the key of the expected certificate; keys can be exported and data sent.</summary>
    Connected,

    /// <summary>Ended by <see cref="DtlsTransport.Close" /> or by the peer's close_notify.</summary>
    Closed,

    /// <summary>Ended by an error; <see cref="DtlsTransport.Failure" /> says which.</summary>
    Failed,
}
