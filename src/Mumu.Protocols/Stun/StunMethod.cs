// The method of a STUN message: what it is about.
namespace Mumu.Protocols.Stun;

/// <summary>The method of a STUN message (RFC 8489 §18.1, RFC 8656 §17): 0–0xFF, as more would not be told from other protocols (RFC 7983).</summary>
public enum StunMethod
{
    /// <summary>Asks for one's reflexive address; ICE's checks are Bindings too.</summary>
    Binding = 0x001,

    /// <summary>TURN: asks for a relayed address.</summary>
    Allocate = 0x003,

    /// <summary>TURN: prolongs or ends an allocation.</summary>
    Refresh = 0x004,

    /// <summary>TURN: data from client to peer.</summary>
    Send = 0x006,

    /// <summary>TURN: data from peer to client.</summary>
    Data = 0x007,

    /// <summary>TURN: lets a peer's address send.</summary>
    CreatePermission = 0x008,

    /// <summary>TURN: binds a channel number to a peer.</summary>
    ChannelBind = 0x009,

    /// <summary>Asks for a connection to a peer (RFC 6062).</summary>
    Connect = 0x00A,

    /// <summary>Makes a connection of the client's the other half of one with a peer (RFC 6062).</summary>
    ConnectionBind = 0x00B,

    /// <summary>Tells of a connection that a peer has made (RFC 6062).</summary>
    ConnectionAttempt = 0x00C,
}
