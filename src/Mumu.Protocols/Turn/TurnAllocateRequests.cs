// Carries out the authentic requests for allocations.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>Allocate (RFC 8656 §7; over TCP RFC 6062 §5.1), after authentication.</summary>
internal sealed class TurnAllocateRequests(
    TurnServerOptions options,
    TurnAllocations allocations,
    TurnAnswers answers,
    TurnCounters counters
)
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const int ReserveNext = 0x80;
    private static readonly StunAttribute[] s_notOverTcp =
    [
        StunAttribute.EvenPort,
        StunAttribute.ReservationToken,
        StunAttribute.DontFragment,
        StunAttribute.AdditionalAddressFamily,
        StunAttribute.DraftAdditionalAddressFamily,
    ];

    public void Allocate(in TurnRequest request, TurnAllocation? existing, TimeSpan now)
    {
        if (existing is not null)
        {
            AllocateAgain(request, existing, now);
            return;
        }
        var refusal = CheckAllocate(request, out var isIPv6, out var isDual, out var isTcp);
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
                IsTcp = isTcp,
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

    private int CheckAllocate(in TurnRequest request, out bool isIPv6, out bool isDual, out bool isTcp)
    {
        isIPv6 = isDual = isTcp = false;
        if (!request.Message.TryGet(StunAttribute.RequestedTransport, out var transport) || transport.Length != 4)
        {
            return StunError.BadRequest;
        }
        isTcp = transport[0] == Tcp;
        if (transport[0] is not (Udp or Tcp))
        {
            return TurnErrorCode.UnsupportedTransport;
        }
        if (isTcp && (request.Client.Base == TurnServer.DatagramBase || HasAny(request.Message, s_notOverTcp)))
        {
            return StunError.BadRequest; // RFC 6062 §5.1
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
        if (
            request.Message.TryGet(StunAttribute.AdditionalAddressFamily, out var additional)
            || request.Message.TryGet(StunAttribute.DraftAdditionalAddressFamily, out additional)
        )
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

    private static bool HasAny(in StunMessage message, ReadOnlySpan<StunAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (message.Has(attribute))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>When an allocation ends: as asked, within bounds, never after the credential.</summary>
    public TimeSpan EndOf(in TurnRequest request, TimeSpan now)
    {
        var asked = request.Message.TryGetUInt32(StunAttribute.Lifetime, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
        var lifetime = asked > options.MaxLifetime ? options.MaxLifetime : asked;
        lifetime = lifetime < options.DefaultLifetime ? options.DefaultLifetime : lifetime;
        var end = now + lifetime;
        return end < request.CredentialEnd ? end : request.CredentialEnd;
    }
}
