// The numbers of TURN's refusals and their words.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>Error codes of RFC 8489 §14.8 and RFC 8656 §19.</summary>
internal static class TurnErrorCode
{
    public const int Forbidden = 403;
    public const int AllocationMismatch = 437;
    public const int StaleNonce = 438;
    public const int AddressFamilyNotSupported = 440;
    public const int WrongCredentials = 441;
    public const int UnsupportedTransport = 442;
    public const int PeerAddressFamilyMismatch = 443;
    public const int ConnectionAlreadyExists = 446; // RFC 6062
    public const int ConnectionTimeoutOrFailure = 447; // RFC 6062
    public const int AllocationQuotaReached = 486;
    public const int InsufficientCapacity = 508;

    public static ReadOnlySpan<byte> Reason(int code) =>
        code switch
        {
            StunError.BadRequest => "Bad Request"u8,
            StunError.Unauthenticated => "Unauthenticated"u8,
            StunError.UnknownAttribute => "Unknown Attribute"u8,
            Forbidden => "Forbidden"u8,
            AllocationMismatch => "Allocation Mismatch"u8,
            StaleNonce => "Stale Nonce"u8,
            AddressFamilyNotSupported => "Address Family not Supported"u8,
            WrongCredentials => "Wrong Credentials"u8,
            UnsupportedTransport => "Unsupported Transport Protocol"u8,
            PeerAddressFamilyMismatch => "Peer Address Family Mismatch"u8,
            ConnectionAlreadyExists => "Connection Already Exists"u8,
            ConnectionTimeoutOrFailure => "Connection Timeout or Failure"u8,
            AllocationQuotaReached => "Allocation Quota Reached"u8,
            _ => "Insufficient Capacity"u8,
        };
}
