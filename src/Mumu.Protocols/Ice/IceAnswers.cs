// Takes the answers to our checks.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>The client side of connectivity checks (RFC 8445 §7.2.5): an answer counts only from where the check went to.</summary>
internal sealed class IceAnswers(IceSession session, IceCheckList list, IceConsent consent, IceSelection selection)
{
    /// <summary>Takes an answer; false if it is not authentic or answers nothing.</summary>
    public bool Receive(in StunMessage answer, in FlowId flow, TimeSpan now)
    {
        if (session.Keys.Remote is null || list.Find(flow) is not { } pair)
        {
            return false;
        }
        var index = pair.Find(answer.TransactionId);
        if (index < 0 || !answer.HasIntegrity(session.Keys.RemoteKey))
        {
            return false;
        }
        if (answer.Class == StunClass.Error)
        {
            return answer.TryGetError(out var error) && OnError(pair, pair.Close(index), error.Code);
        }
        if (!answer.TryGetXorAddress(StunAttribute.XorMappedAddress, out _))
        {
            return false;
        }
        var wasValid = pair.IsValid;
        pair.Consent(pair.Close(index), now);
        consent.Plan(pair, pair == selection.Selected, now);
        if (!wasValid)
        {
            selection.OnValid(pair, now);
        }
        return true;
    }

    private bool OnError(IcePair pair, in IceCheckSlot slot, int code)
    {
        if (code == StunError.RoleConflict)
        {
            if (slot.Role == session.Role)
            {
                session.Turn(slot.Role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling);
                list.Rank();
                selection.OnRoleTurned();
            }
            if (!pair.IsValid)
            {
                list.Trigger(pair);
            }
        }
        else if (!pair.IsValid)
        {
            pair.Fail();
        }
        return true;
    }
}
