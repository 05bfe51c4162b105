// An ERROR-CODE read from a message, and the numbers this project answers with.
namespace Mumu.Protocols.Stun;

/// <summary>An ERROR-CODE attribute (RFC 8489 §14.8).</summary>
/// <param name="code">300–699.</param>
/// <param name="reason">Text in UTF-8, for a log.</param>
public readonly ref struct StunError(int code, ReadOnlySpan<byte> reason)
{
    /// <summary>The request was malformed.</summary>
    public const int BadRequest = 400;

    /// <summary>The credentials are missing or wrong.</summary>
    public const int Unauthenticated = 401;

    /// <summary>The request holds a required attribute that is not known.</summary>
    public const int UnknownAttribute = 420;

    /// <summary>ICE: both sides claim one role (RFC 8445 §7.3.1.1).</summary>
    public const int RoleConflict = 487;

    /// <summary>300–699.</summary>
    public int Code { get; } = code;

    /// <summary>Text in UTF-8, for a log.</summary>
    public ReadOnlySpan<byte> Reason { get; } = reason;
}
