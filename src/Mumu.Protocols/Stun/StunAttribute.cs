// The attributes of STUN that this project reads or writes, by their numbers on the wire.
namespace Mumu.Protocols.Stun;

/// <summary>Attribute types (RFC 8489 §18.3, RFC 8445 §16.1, RFC 8656 §18). Below 0x8000 a receiver must understand them.</summary>
public enum StunAttribute
{
    /// <summary>The address a server saw, plain (old servers).</summary>
    MappedAddress = 0x0001,

    /// <summary>Who asks.</summary>
    Username = 0x0006,

    /// <summary>HMAC-SHA1 over all before it.</summary>
    MessageIntegrity = 0x0008,

    /// <summary>Class, number and reason of an error.</summary>
    ErrorCode = 0x0009,

    /// <summary>The attributes that made a server answer 420.</summary>
    UnknownAttributes = 0x000A,

    /// <summary>TURN: the channel's number.</summary>
    ChannelNumber = 0x000C,

    /// <summary>TURN: seconds an allocation lives.</summary>
    Lifetime = 0x000D,

    /// <summary>TURN: the other end, XORed.</summary>
    XorPeerAddress = 0x0012,

    /// <summary>TURN: the carried datagram.</summary>
    Data = 0x0013,

    /// <summary>Realm of a long-term credential.</summary>
    Realm = 0x0014,

    /// <summary>Nonce of a long-term credential.</summary>
    Nonce = 0x0015,

    /// <summary>TURN: the relayed address, XORed.</summary>
    XorRelayedAddress = 0x0016,

    /// <summary>TURN: address family wished for.</summary>
    RequestedAddressFamily = 0x0017,

    /// <summary>TURN: even port wished for.</summary>
    EvenPort = 0x0018,

    /// <summary>TURN: transport wished for.</summary>
    RequestedTransport = 0x0019,

    /// <summary>TURN: do not fragment.</summary>
    DontFragment = 0x001A,

    /// <summary>HMAC-SHA256 over all before it.</summary>
    MessageIntegritySha256 = 0x001C,

    /// <summary>The algorithm a client chose for its password.</summary>
    PasswordAlgorithm = 0x001D,

    /// <summary>SHA-256 of user name and realm, in place of the user name.</summary>
    Userhash = 0x001E,

    /// <summary>The address a server saw, XORed with cookie and transaction.</summary>
    XorMappedAddress = 0x0020,

    /// <summary>TURN: a reserved port's token.</summary>
    ReservationToken = 0x0022,

    /// <summary>ICE: priority the candidate would have as peer-reflexive.</summary>
    Priority = 0x0024,

    /// <summary>ICE: the controlling side nominates this pair.</summary>
    UseCandidate = 0x0025,

    /// <summary>CONNECTION-ID (RFC 6062).</summary>
    ConnectionId = 0x002A,

    /// <summary>TURN: an address of this family, too.</summary>
    AdditionalAddressFamily = 0x8000,

    /// <summary>TURN: why an address of one of two families could not be had.</summary>
    AddressErrorCode = 0x8001,

    /// <summary>The algorithms a server offers.</summary>
    PasswordAlgorithms = 0x8002,

    /// <summary>Who made the program.</summary>
    Software = 0x8022,

    /// <summary>Another server to ask.</summary>
    AlternateServer = 0x8023,

    /// <summary>CRC-32 over all before it.</summary>
    Fingerprint = 0x8028,

    /// <summary>ICE: the sender is controlled; carries its tie-breaker.</summary>
    IceControlled = 0x8029,

    /// <summary>ICE: the sender is controlling; carries its tie-breaker.</summary>
    IceControlling = 0x802A,

    /// <summary>ADDITIONAL-ADDRESS-FAMILY by the number it had in drafts of RFC 8656; coturn 4.6 and its client know it by no other.</summary>
    DraftAdditionalAddressFamily = 0x8032,
}
