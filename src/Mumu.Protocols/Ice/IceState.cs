// Where an agent stands, in the words of RTCIceConnectionState.
namespace Mumu.Protocols.Ice;

/// <summary>State of an agent.</summary>
public enum IceState
{
    /// <summary>The remote credentials are not known yet.</summary>
    New,

    /// <summary>Looking for a pair that works.</summary>
    Checking,

    /// <summary>A pair works and consent to send on it is fresh.</summary>
    Connected,

    /// <summary>The pair in use has not answered for some seconds and no other does; may come back.</summary>
    Disconnected,

    /// <summary>No pair works, or consent has expired (RFC 7675 §5.1). Only a restart leads out.</summary>
    Failed,

    /// <summary>Closed by its owner.</summary>
    Closed,
}
