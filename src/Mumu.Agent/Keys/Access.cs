// The one policy of who may do what: every protocol asks it.
using System.Net;

namespace Mumu.Agent.Keys;

/// <summary>
/// Decides by API key, action and path. No address is trusted, loopback neither. A wrong key is answered late and counted against its address; a right one passes even from an address that is locked:
/// 256 random bits are not found by trying, and else one could lock out all who share an address.
/// </summary>
public sealed class Access(KeyStore keys, TimeProvider time)
{
    /// <summary>How long the answer to a wrong key waits.</summary>
    public static readonly TimeSpan WrongKeyDelay = TimeSpan.FromSeconds(1);

    private readonly WrongKeys _wrong = new(time);

    /// <summary>Decides.</summary>
    /// <param name="key">The key as presented; null if there was none.</param>
    /// <param name="from">Where the request comes from.</param>
    /// <param name="action">What is wanted.</param>
    /// <param name="path">On which path; null for actions that concern none.</param>
    public AccessDecision Decide(string? key, IPAddress? from, AccessAction action, string? path = null)
    {
        if (string.IsNullOrEmpty(key))
        {
            return new AccessDecision(AccessOutcome.NoKey, null, TimeSpan.Zero);
        }
        if (keys.Verify(key) is not { } known)
        {
            return _wrong.Count(from)
                ? new AccessDecision(AccessOutcome.Locked, null, TimeSpan.Zero)
                : new AccessDecision(AccessOutcome.WrongKey, null, WrongKeyDelay);
        }
        var outcome = known.May(action, path) ? AccessOutcome.Granted : AccessOutcome.NotAllowed;
        return new AccessDecision(outcome, known, TimeSpan.Zero);
    }
}
