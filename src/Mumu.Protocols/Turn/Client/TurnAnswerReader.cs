// Judges a server's answers: are they authentic, and what follows from them.
using System.Globalization;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn.Client;

/// <summary>What an answer means for the request.</summary>
internal enum TurnVerdict
{
    /// <summary>Carried out.</summary>
    Done,

    /// <summary>To be sent again, under the nonce just learnt.</summary>
    Again,

    /// <summary>The peer is out of reach for good.</summary>
    NotThisPeer,

    /// <summary>The peer can't be had now.</summary>
    NotNow,

    /// <summary>The whole allocation is refused, or gone.</summary>
    Over,
}

/// <summary>Reads answers to requests (RFC 8489 §9.2.5, RFC 8656 §7.4).</summary>
internal sealed class TurnAnswerReader(TurnLogin login)
{
    private const int TryAlternate = 300;
    private const int MaxChallenges = 2; // of one request: a nonce that is stale at once again and again leads nowhere

    /// <summary>
    /// False for an answer that must be ignored. To a signed request only refusals that ask for other credentials, or complain of a malformed request, may come unsigned.
    /// </summary>
    public bool IsAuthentic(in StunMessage answer, TurnTransaction asked)
    {
        if (!asked.IsSigned)
        {
            return true;
        }
        if (answer.ClaimsIntegrity)
        {
            return answer.HasIntegrity(login.Key);
        }
        return answer.TryGetError(out var error)
            && error.Code is StunError.BadRequest or StunError.Unauthenticated or TurnErrorCode.StaleNonce or TryAlternate;
    }

    /// <summary>What an authentic answer means; takes the nonce out of a challenge.</summary>
    public TurnVerdict Read(in StunMessage answer, TurnTransaction asked)
    {
        if (answer.Class == StunClass.Success)
        {
            return TurnVerdict.Done;
        }
        var code = answer.TryGetError(out var error) ? error.Code : 0;
        var isChallenge = code == TurnErrorCode.StaleNonce || (code == StunError.Unauthenticated && !asked.IsSigned);
        if (isChallenge && asked.Challenges < MaxChallenges && login.TryTake(answer))
        {
            asked.Challenges++;
            return TurnVerdict.Again;
        }
        if (asked.Method is not (StunMethod.CreatePermission or StunMethod.ChannelBind))
        {
            return TurnVerdict.Over;
        }
        return code switch
        {
            TurnErrorCode.AllocationMismatch or StunError.Unauthenticated or TurnErrorCode.WrongCredentials => TurnVerdict.Over,
            TurnErrorCode.Forbidden or TurnErrorCode.PeerAddressFamilyMismatch or StunError.BadRequest => TurnVerdict.NotThisPeer,
            _ => TurnVerdict.NotNow,
        };
    }

    /// <summary>The server named in an answer 300.</summary>
    public static bool TryGetAlternate(in StunMessage answer, out TransportAddress alternate)
    {
        alternate = default;
        return IsRedirection(answer)
            && answer.TryGet(StunAttribute.AlternateServer, out var value)
            && StunAddress.TryRead(value, default, out alternate);
    }

    /// <summary>Why it is over, for programs and for people. The server's own words are left out: they come from anywhere.</summary>
    public static (TurnClientEnd End, string Sentence) Explain(in StunMessage answer, TurnTransaction asked)
    {
        var code = answer.TryGetError(out var error) ? error.Code : 0;
        return code switch
        {
            TryAlternate => (TurnClientEnd.Redirected, "The TURN server names another one to ask."),
            StunError.Unauthenticated or TurnErrorCode.WrongCredentials => (
                TurnClientEnd.CredentialsRefused,
                "The TURN server refuses the user name or password, or they have expired."
            ),
            TurnErrorCode.StaleNonce => (TurnClientEnd.Refused, "The TURN server asks for a new nonce again and again."),
            TurnErrorCode.AllocationMismatch when asked.Method == StunMethod.Allocate => (
                TurnClientEnd.Mismatch,
                "The TURN server still holds a relay for this port (437)."
            ),
            TurnErrorCode.AllocationMismatch => (TurnClientEnd.Lost, "The TURN server does not know the relay any more (437)."),
            TurnErrorCode.AllocationQuotaReached => (
                TurnClientEnd.QuotaReached,
                "The TURN server gives this user no further relay (486); raise its quota."
            ),
            TurnErrorCode.InsufficientCapacity => (TurnClientEnd.CapacityReached, "The TURN server has no relay left (508)."),
            _ => (
                TurnClientEnd.Refused,
                string.Create(CultureInfo.InvariantCulture, $"The TURN server refused the request ({(code == 0 ? "no code" : code)}).")
            ),
        };
    }

    private static bool IsRedirection(in StunMessage answer) => answer.TryGetError(out var error) && error.Code == TryAlternate;
}
