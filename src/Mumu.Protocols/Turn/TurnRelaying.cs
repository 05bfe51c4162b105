// Data between clients and peers: by indication, by channel, and straight across between two allocations of this server.
using System.Buffers.Binary;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>
/// The path of payload (RFC 8656 §11, §12). A peer that is another allocation of this server is reached in memory, so the server never has to send to
/// its own addresses, which the rules forbid.
/// </summary>
internal sealed class TurnRelaying(
    TurnAllocations allocations,
    TurnPeerGate gate,
    TurnBudget budget,
    TurnOutbox outbox,
    TurnCounters counters
)
{
    public const int ChannelHeaderLength = 4;
    private const int IndicationOverhead = StunMessage.HeaderLength + 4 + 20 + 4 + 3;
    private static readonly StunAttribute[] s_known = [StunAttribute.XorPeerAddress, StunAttribute.Data];
    private ulong _indications;

    /// <summary>Takes a Send indication.</summary>
    public void Send(in StunMessage message, in FlowId client, TimeSpan now)
    {
        Span<ushort> unknown = stackalloc ushort[1];
        if (
            !message.TryGetXorAddress(StunAttribute.XorPeerAddress, out var peer)
            || !message.TryGet(StunAttribute.Data, out var data)
            || message.FindUnknownRequired(s_known, unknown) != 0
        )
        {
            counters.Malformed++;
        }
        else if (
            !allocations.TryGet(client, out var allocation)
            || peer.Port == 0
            || !allocation.TryGetPermission(peer, now, out var permission)
        )
        {
            counters.NotPermitted++;
        }
        else
        {
            ToPeer(allocation, peer, permission.IsOwn, data, now);
        }
    }

    /// <summary>Takes what begins with two bits 01.</summary>
    public void SendOnChannel(ReadOnlySpan<byte> datagram, in FlowId client, TimeSpan now)
    {
        var length = datagram.Length < ChannelHeaderLength ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (length > datagram.Length - ChannelHeaderLength)
        {
            counters.Malformed++;
        }
        else if (
            !allocations.TryGet(client, out var allocation)
            || !allocation.TryGetChannel(BinaryPrimitives.ReadUInt16BigEndian(datagram), now, out var channel)
        )
        {
            counters.NotPermitted++;
        }
        else
        {
            ToPeer(allocation, channel.Peer, channel.IsOwn, datagram.Slice(ChannelHeaderLength, length), now);
        }
    }

    /// <summary>Takes what came to a relay's socket.</summary>
    public void FromPeer(int relay, in TransportAddress peer, ReadOnlySpan<byte> data, TimeSpan now)
    {
        if (!allocations.TryGetRelay(relay, out var allocation))
        {
            counters.NotPermitted++;
            return;
        }
        ToClient(allocation, peer, isInside: false, data, now);
    }

    private void ToPeer(TurnAllocation from, in TransportAddress peer, bool isOwn, ReadOnlySpan<byte> data, TimeSpan now)
    {
        if (from.IsTcp || from.Via(peer.IsIPv6, out var relay) is not { } relayed)
        {
            counters.NotPermitted++;
        }
        else if (!HasBandwidth(from, data.Length, now))
        {
            counters.OverBandwidth++;
        }
        else if (isOwn && allocations.TryGetRelayed(peer, out var other))
        {
            ToClient(other, relayed, isInside: true, data, now);
        }
        else if (isOwn && !gate.IsOpen(peer))
        {
            counters.NotPermitted++; // the machine itself: databases and whatever else listens there
        }
        else if (data.Length > StunMessage.MaxLength)
        {
            counters.Dropped++;
        }
        else if (outbox.Reserve(Math.Max(1, data.Length)) is { IsEmpty: false } buffer)
        {
            data.CopyTo(buffer);
            outbox.Commit(data.Length, new TurnRoute(IsRelay: true, relay, peer));
            Count(data.Length);
        }
    }

    private void ToClient(TurnAllocation to, in TransportAddress peer, bool isInside, ReadOnlySpan<byte> data, TimeSpan now)
    {
        if (!to.TryGetPermission(peer, now, out var permission) || (permission.IsOwn && !isInside && !gate.IsOpen(peer)))
        {
            counters.NotPermitted++;
            return;
        }
        if (!HasBandwidth(to, data.Length, now))
        {
            counters.OverBandwidth++;
            return;
        }
        if (data.Length + IndicationOverhead > StunMessage.MaxLength)
        {
            counters.Dropped++;
            return;
        }
        var buffer = outbox.Reserve(data.Length + IndicationOverhead);
        if (buffer.IsEmpty)
        {
            return;
        }
        int length;
        if (to.TryGetChannel(peer, now, out var channel))
        {
            BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)channel.Number);
            BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)data.Length);
            data.CopyTo(buffer[ChannelHeaderLength..]);
            length = ChannelHeaderLength + data.Length;
        }
        else
        {
            var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Data, new StunTransactionId((uint)to.Id, ++_indications));
            writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
            writer.Write(StunAttribute.Data, data);
            length = writer.Length;
        }
        outbox.Commit(length, new TurnRoute(IsRelay: false, to.Client.Base, to.Client.Remote));
        Count(data.Length);
    }

    private bool HasBandwidth(TurnAllocation allocation, int bytes, TimeSpan now) =>
        allocation.Account.Budget.TryTake(bytes, now) && budget.TryTake(bytes, now);

    private void Count(int bytes)
    {
        counters.RelayedDatagrams++;
        counters.RelayedBytes += bytes;
    }
}
