// What a TURN client tells its owner.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn.Client;

/// <summary>What a <see cref="TurnClientEvent"/> tells.</summary>
public enum TurnClientEventKind
{
    /// <summary>There is a relayed address.</summary>
    Allocated,

    /// <summary>It is over: the last event.</summary>
    Ended,
}

/// <summary>Why a TURN client ended.</summary>
public enum TurnClientEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>Released by its owner.</summary>
    Released,

    /// <summary>The server did not answer.</summary>
    NoAnswer,

    /// <summary>401 or 441: the user name or password is wrong, or the credential has expired.</summary>
    CredentialsRefused,

    /// <summary>486: this user has as many allocations as it may.</summary>
    QuotaReached,

    /// <summary>508: the server has nothing left.</summary>
    CapacityReached,

    /// <summary>437 on Allocate: the server still has an allocation of this address; another local port would do.</summary>
    Mismatch,

    /// <summary>300: another server is to be asked.</summary>
    Redirected,

    /// <summary>Any other refusal.</summary>
    Refused,

    /// <summary>The allocation is gone, or could not be prolonged.</summary>
    Lost,
}

/// <summary>An event of a <see cref="TurnClient"/>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Address">Allocated: the relayed address. Ended by <see cref="TurnClientEnd.Redirected"/>: the server to ask.</param>
/// <param name="Mapped">Allocated: our own address as the server saw it.</param>
/// <param name="End">Ended: why.</param>
/// <param name="Sentence">Ended: why, for people; names no secret.</param>
public readonly record struct TurnClientEvent(
    TurnClientEventKind Kind,
    TransportAddress Address = default,
    TransportAddress Mapped = default,
    TurnClientEnd End = TurnClientEnd.None,
    string? Sentence = null
);
