// The class of a STUN message: two bits woven into its type.
namespace Mumu.Protocols.Stun;

/// <summary>The class of a STUN message (RFC 8489 §5).</summary>
public enum StunClass
{
    /// <summary>Asks for an answer.</summary>
    Request = 0,

    /// <summary>Needs no answer.</summary>
    Indication = 1,

    /// <summary>Answers a request that was carried out.</summary>
    Success = 2,

    /// <summary>Answers a request that was refused, with an ERROR-CODE.</summary>
    Error = 3,
}
