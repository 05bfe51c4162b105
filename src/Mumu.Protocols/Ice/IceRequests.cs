// Answers the peer's checks and draws the conclusions: role, new pairs, triggered checks, nominations.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>The server side of connectivity checks (RFC 8445 §7.3).</summary>
internal sealed class IceRequests(IceSession session, IceCheckList list, IceChecks checks, IceSelection selection)
{
    private static readonly StunAttribute[] Known =
    [
        StunAttribute.Username,
        StunAttribute.MessageIntegrity,
        StunAttribute.MessageIntegritySha256,
        StunAttribute.Priority,
        StunAttribute.UseCandidate,
        StunAttribute.Realm,
        StunAttribute.Nonce,
        StunAttribute.XorMappedAddress,
        StunAttribute.MappedAddress,
    ];

    /// <summary>Takes a Binding request; false if it is not authentic. Such a one gets no answer: it may come from anyone.</summary>
    public bool Receive(in StunMessage request, in FlowId flow, TimeSpan now)
    {
        if (!request.TryGet(StunAttribute.Username, out var username))
        {
            return false;
        }
        if (!session.Keys.IsFor(username) || !request.HasIntegrity(session.Keys.LocalKey))
        {
            return ReceiveFromBeforeRestart(request, username, flow);
        }
        Span<ushort> unknown = stackalloc ushort[1];
        if (request.FindUnknownRequired(Known, unknown) > 0)
        {
            Refuse(request, flow, StunError.UnknownAttribute, unknown[0]);
            return true;
        }
        var isControlling = request.TryGetUInt64(StunAttribute.IceControlling, out var theirs);
        if (
            (!isControlling && !request.TryGetUInt64(StunAttribute.IceControlled, out theirs))
            || !request.TryGetUInt32(StunAttribute.Priority, out var priority)
        )
        {
            Refuse(request, flow, StunError.BadRequest);
            return true;
        }
        if (!SettleRoles(isControlling, theirs))
        {
            Refuse(request, flow, StunError.RoleConflict);
            return true;
        }
        if (list.Find(flow) is not { } pair)
        {
            var added = list.AddPeerReflexive(flow, priority);
            if (added is null)
            {
                return true; // No room: unanswered, so that the peer does not believe in the pair either.
            }
            pair = added;
            selection.OnNewPath(now);
        }
        pair.IsHeard = true;
        session.Outbox.Add(new IceOutgoing(IceOutgoingKind.Success, flow, request.TransactionId) { Keys = session.Keys });
        if (session.Role == IceRole.Controlled && request.Has(StunAttribute.UseCandidate))
        {
            selection.OnUseCandidate(pair, now);
        }
        checks.OnRequest(pair, now);
        return true;
    }

    private bool ReceiveFromBeforeRestart(in StunMessage request, ReadOnlySpan<byte> username, in FlowId flow)
    {
        if (session.PreviousKeys is not { } keys || !keys.IsFor(username) || !request.HasIntegrity(keys.LocalKey))
        {
            return false;
        }
        session.Outbox.Add(new IceOutgoing(IceOutgoingKind.Success, flow, request.TransactionId) { Keys = keys });
        return true;
    }

    /// <summary>RFC 8445 §7.3.1.1; false if the peer has to turn, and is told so.</summary>
    private bool SettleRoles(bool peerIsControlling, ulong theirs)
    {
        var ours = session.Options.TieBreaker;
        if (peerIsControlling == (session.Role == IceRole.Controlled))
        {
            return true;
        }
        // The greater number controls: who is told or finds that it should be the other one turns.
        var weControl = ours >= theirs;
        if (weControl == (session.Role == IceRole.Controlling))
        {
            return false;
        }
        session.Turn(weControl ? IceRole.Controlling : IceRole.Controlled);
        list.Rank();
        selection.OnRoleTurned();
        return true;
    }

    private void Refuse(in StunMessage request, in FlowId flow, int error, ushort unknown = 0) =>
        session.Outbox.Add(
            new IceOutgoing(IceOutgoingKind.Error, flow, request.TransactionId)
            {
                Keys = session.Keys,
                Error = error,
                UnknownAttribute = unknown,
            }
        );
}
