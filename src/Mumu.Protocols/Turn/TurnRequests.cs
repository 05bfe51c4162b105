// Carries out the authentic requests of TURN.
using System.Buffers.Binary;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>Allocate, Refresh, CreatePermission and ChannelBind (RFC 8656 §7–§12), after authentication.</summary>
internal sealed class TurnRequests(
    TurnServerOptions options,
    TurnAllocations allocations,
    TurnPeerGate gate,
    TurnAnswers answers,
    TurnCounters counters
)
{
    private const int MaxPeersOfRequest = 16;
    private const byte Udp = 17;
    private const int ReserveNext = 0x80;
    private const int FirstChannel = 0x4000;

    // RFC 8656 ends at 0x4FFF, but clients of RFC 5766 (coturn's among them) use up to 0x7FFF; on a socket of our own nothing else begins so.
    private const int LastChannel = 0x7FFF;

    public void CarryOut(in TurnRequest request, TimeSpan now)
    {
        var found = allocations.TryGet(request.Client, out var allocation);
        if (request.Method == StunMethod.Allocate)
        {
            Allocate(request, allocation, now);
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
        else
        {
            ChannelBind(request, allocation, now);
        }
    }

    private void Allocate(in TurnRequest request, TurnAllocation? existing, TimeSpan now)
    {
        if (existing is not null)
        {
            AllocateAgain(request, existing, now);
            return;
        }
        var refusal = CheckAllocate(request, out var isIPv6, out var isDual);
        if (refusal != 0)
        {
            answers.Refuse(request, refusal);
            return;
        }
        var name = TurnAccount.NameOf(request.Identifier);
        var account = allocations.Account(name) ?? new TurnAccount(name, new TurnBudget(options.BytesPerSecondPerUser, now));
        if (account.Allocations >= options.MaxAllocationsPerUser)
        {
            counters.OverQuota++;
            answers.Refuse(request, TurnErrorCode.AllocationQuotaReached);
            return;
        }
        if (allocations.Count >= options.MaxAllocations)
        {
            counters.OverCapacity++;
            answers.Refuse(request, TurnErrorCode.InsufficientCapacity);
            return;
        }
        allocations.Add(
            new TurnAllocation
            {
                Id = allocations.NextRelay(),
                SecondId = isDual && options.RelaysIPv6 ? allocations.NextRelay() : 0,
                LacksIPv6 = isDual && !options.RelaysIPv6,
                Client = request.Client,
                UserName = request.UserName.ToArray(),
                Key = request.Key.ToArray(),
                IsIPv6 = isIPv6,
                IsEven = request.Message.TryGet(StunAttribute.EvenPort, out _),
                Transaction = request.Transaction,
                WithFingerprint = request.WithFingerprint,
                Expires = EndOf(request, now),
                Account = account,
            }
        );
    }

    /// <summary>The answer may have been lost, or the socket is not there yet; anything else is a second allocation on one flow.</summary>
    private void AllocateAgain(in TurnRequest request, TurnAllocation existing, TimeSpan now)
    {
        if (existing.Transaction != request.Transaction || !request.UserName.SequenceEqual(existing.UserName))
        {
            answers.Refuse(request, TurnErrorCode.AllocationMismatch);
        }
        else if (existing.IsReady)
        {
            answers.Allocated(existing, now);
        }
    }

    private int CheckAllocate(in TurnRequest request, out bool isIPv6, out bool isDual)
    {
        isIPv6 = isDual = false;
        if (!request.Message.TryGet(StunAttribute.RequestedTransport, out var transport) || transport.Length != 4)
        {
            return StunError.BadRequest;
        }
        if (transport[0] != Udp)
        {
            return TurnErrorCode.UnsupportedTransport;
        }
        if (request.Message.TryGet(StunAttribute.RequestedAddressFamily, out var family))
        {
            if (family.Length != 4)
            {
                return StunError.BadRequest;
            }
            isIPv6 = family[0] == 2;
            if (family[0] is not (1 or 2))
            {
                return TurnErrorCode.AddressFamilyNotSupported;
            }
        }
        if (request.Message.TryGet(StunAttribute.AdditionalAddressFamily, out var additional))
        {
            // Only IPv6, beside the IPv4 that is meant without a word (RFC 8656 §7.2).
            if (additional.Length != 4 || additional[0] != 2 || request.Message.Has(StunAttribute.RequestedAddressFamily))
            {
                return StunError.BadRequest;
            }
            isDual = options.RelaysIPv4;
            isIPv6 = !isDual;
        }
        if (request.Message.TryGet(StunAttribute.EvenPort, out var even) && (even.Length != 1 || (even[0] & ReserveNext) != 0))
        {
            // No pairs of ports: RTP and RTCP share one since RFC 5761.
            return even.Length != 1 ? StunError.BadRequest : TurnErrorCode.InsufficientCapacity;
        }
        return (isIPv6 ? options.RelaysIPv6 : options.RelaysIPv4) ? 0 : TurnErrorCode.AddressFamilyNotSupported;
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
        allocation.Expires = EndOf(request, now);
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

    /// <summary>When an allocation ends: as asked, within bounds, never after the credential.</summary>
    private TimeSpan EndOf(in TurnRequest request, TimeSpan now)
    {
        var asked = request.Message.TryGetUInt32(StunAttribute.Lifetime, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        var lifetime = asked > options.MaxLifetime ? options.MaxLifetime : asked;
        lifetime = lifetime < options.DefaultLifetime ? options.DefaultLifetime : lifetime;
        var end = now + lifetime;
        return end < request.CredentialEnd ? end : request.CredentialEnd;
    }
}
