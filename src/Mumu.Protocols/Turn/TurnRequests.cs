// Carries out the authentic requests of TURN.
using System.Buffers.Binary;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>Allocate, Refresh, CreatePermission and ChannelBind (RFC 8656 §7–§12), Connect and ConnectionBind (RFC 6062), after authentication.</summary>
internal sealed class TurnRequests(
    TurnServerOptions options,
    TurnAllocations allocations,
    TurnStreams streams,
    TurnPeerGate gate,
    TurnAnswers answers,
    TurnCounters counters
)
{
    private const int MaxPeersOfRequest = 16;
    private const int FirstChannel = 0x4000;

    // RFC 8656 ends at 0x4FFF, but clients of RFC 5766 (coturn's among them) use up to 0x7FFF; on a socket of our own nothing else begins so.
    private const int LastChannel = 0x7FFF;

    private readonly TurnAllocateRequests _allocate = new(options, allocations, answers, counters);

    public void CarryOut(in TurnRequest request, TimeSpan now)
    {
        var found = allocations.TryGet(request.Client, out var allocation);
        if (request.Method == StunMethod.Allocate)
        {
            _allocate.Allocate(request, allocation, now);
        }
        else if (request.Method == StunMethod.ConnectionBind)
        {
            streams.Bind(request); // on a flow of its own, without an allocation
        }
        else if (!found)
        {
            answers.Refuse(request, TurnErrorCode.AllocationMismatch);
        }
        else if (!request.UserName.SequenceEqual(allocation!.UserName))
        {
            answers.Refuse(request, TurnErrorCode.WrongCredentials);
        }
        else if (request.Method == StunMethod.Refresh)
        {
            Refresh(request, allocation, now);
        }
        else if (!allocation.IsReady)
        {
            answers.Refuse(request, TurnErrorCode.AllocationMismatch);
        }
        else if (request.Method == StunMethod.CreatePermission)
        {
            CreatePermission(request, allocation, now);
        }
        else if (request.Method == StunMethod.Connect)
        {
            streams.Connect(request, allocation, now);
        }
        else if (allocation.IsTcp)
        {
            answers.Refuse(request, StunError.BadRequest); // no channels over TCP (RFC 6062 §3)
        }
        else
        {
            ChannelBind(request, allocation, now);
        }
    }

    private void Refresh(in TurnRequest request, TurnAllocation allocation, TimeSpan now)
    {
        if (
            request.Message.TryGet(StunAttribute.RequestedAddressFamily, out var family)
            && (family.Length != 4 || family[0] is not (1 or 2) || !allocation.Covers(family[0] == 2))
        )
        {
            answers.Refuse(request, TurnErrorCode.PeerAddressFamilyMismatch);
            return;
        }
        if (request.Message.TryGetUInt32(StunAttribute.Lifetime, out var wanted) && wanted == 0)
        {
            if (!family.IsEmpty && allocation.Covers(family[0] != 2))
            {
                allocations.RemoveFamily(allocation, family[0] == 2); // the other stays
            }
            else
            {
                allocations.Remove(allocation);
            }
            answers.Succeed(request, TimeSpan.Zero);
            return;
        }
        allocation.Expires = _allocate.EndOf(request, now);
        answers.Succeed(request, allocation.Expires - now);
    }

    private void CreatePermission(in TurnRequest request, TurnAllocation allocation, TimeSpan now)
    {
        Span<TransportAddress> peers = stackalloc TransportAddress[MaxPeersOfRequest];
        Span<bool> own = stackalloc bool[MaxPeersOfRequest];
        var (count, at) = (0, 0);
        while (request.Message.TryGetNext(StunAttribute.XorPeerAddress, ref at, out var value))
        {
            var refusal =
                count == MaxPeersOfRequest
                    ? TurnErrorCode.InsufficientCapacity
                    : CheckPeer(request, allocation, value, out peers[count], out own[count]);
            if (refusal != 0)
            {
                answers.Refuse(request, refusal);
                return;
            }
            count++;
        }
        if (count == 0)
        {
            answers.Refuse(request, StunError.BadRequest);
            return;
        }
        if (!allocation.HasRoomFor(peers[..count], options.MaxPermissions, now))
        {
            counters.OverCapacity++;
            answers.Refuse(request, TurnErrorCode.InsufficientCapacity);
            return;
        }
        for (var i = 0; i < count; i++)
        {
            allocation.Permit(peers[i], own[i], now);
        }
        answers.Succeed(request);
    }

    private void ChannelBind(in TurnRequest request, TurnAllocation allocation, TimeSpan now)
    {
        var number =
            request.Message.TryGet(StunAttribute.ChannelNumber, out var text) && text.Length == 4
                ? BinaryPrimitives.ReadUInt16BigEndian(text)
                : 0;
        if (number is < FirstChannel or > LastChannel || !request.Message.TryGet(StunAttribute.XorPeerAddress, out var value))
        {
            answers.Refuse(request, StunError.BadRequest);
            return;
        }
        var refusal = CheckPeer(request, allocation, value, out var peer, out var isOwn);
        if (refusal == 0)
        {
            var isOther =
                (allocation.TryGetChannel(number, now, out var same) && same.Peer != peer)
                || (allocation.TryGetChannel(peer, now, out same) && same.Number != number);
            var hasRoom =
                allocation.HasRoomForChannel(peer, options.MaxPermissions, now)
                && allocation.HasRoomFor([peer], options.MaxPermissions, now);
            counters.OverCapacity += hasRoom ? 0 : 1;
            refusal =
                isOther || peer.Port == 0 ? StunError.BadRequest
                : hasRoom ? 0
                : TurnErrorCode.InsufficientCapacity;
        }
        if (refusal != 0)
        {
            answers.Refuse(request, refusal);
            return;
        }
        allocation.Bind(number, peer, isOwn, now);
        allocation.Permit(peer, isOwn, now);
        answers.Succeed(request);
    }

    /// <summary>0, or why a peer can't be had.</summary>
    private int CheckPeer(
        in TurnRequest request,
        TurnAllocation allocation,
        ReadOnlySpan<byte> value,
        out TransportAddress peer,
        out bool isOwn
    )
    {
        isOwn = false;
        if (!request.Message.TryReadXorAddress(value, out peer))
        {
            return StunError.BadRequest;
        }
        // An IPv4 address in the clothes of IPv6 has become IPv4 by now; nobody honest sends one.
        var isMapped = value.Length == 20 && !peer.IsIPv6;
        if (!isMapped && !allocation.Covers(peer.IsIPv6))
        {
            return TurnErrorCode.PeerAddressFamilyMismatch;
        }
        if (!isMapped && gate.MayPermit(peer, out isOwn))
        {
            return 0;
        }
        counters.Forbidden++;
        return TurnErrorCode.Forbidden;
    }
}
