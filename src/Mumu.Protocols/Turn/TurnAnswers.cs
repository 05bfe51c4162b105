// Writes the server's answers to requests.
using System.Text;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn;

/// <summary>
/// Answers, signed where the request was authentic. Those to the unproven are counted against their source and hold no more than the RFC asks for.
/// </summary>
internal sealed class TurnAnswers(TurnServerOptions options, TurnOutbox outbox, TurnNonces nonces, TurnCounters counters)
{
    private const int MaxLength = 320;
    private readonly byte[] _realm = Encoding.UTF8.GetBytes(options.Realm);
    private readonly TurnAnswerLimit _limit = new(options.UnprovenAnswersPerSecond);

    /// <summary>Tells a client its own address.</summary>
    public void Binding(in StunMessage request, in FlowId client, TimeSpan now)
    {
        if (!TryReserve(client, now, out var buffer))
        {
            return;
        }
        var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Binding, request.TransactionId);
        writer.WriteXorAddress(StunAttribute.XorMappedAddress, client.Remote);
        Send(writer, default, request.HasFingerprint, client);
    }

    /// <summary>Refuses a request that is not authentic; 401 and 438 say how to do better.</summary>
    public void RefuseUnproven(
        in StunMessage request,
        in FlowId client,
        int code,
        TimeSpan now,
        scoped ReadOnlySpan<ushort> unknown = default
    )
    {
        if (!TryReserve(client, now, out var buffer))
        {
            return;
        }
        var writer = new StunWriter(buffer, StunClass.Error, request.Method, request.TransactionId);
        writer.WriteError(code, TurnErrorCode.Reason(code));
        if (code is StunError.Unauthenticated or TurnErrorCode.StaleNonce)
        {
            Span<byte> nonce = stackalloc byte[TurnNonces.Length];
            nonces.Write(nonce, client, now);
            writer.Write(StunAttribute.Realm, _realm);
            writer.Write(StunAttribute.Nonce, nonce);
        }
        if (!unknown.IsEmpty)
        {
            writer.WriteUnknownAttributes(unknown);
        }
        Send(writer, default, request.HasFingerprint, client);
    }

    /// <summary>Refuses an authentic request.</summary>
    public void Refuse(in TurnRequest request, int code, scoped ReadOnlySpan<ushort> unknown = default)
    {
        var buffer = outbox.Reserve(MaxLength);
        if (buffer.IsEmpty)
        {
            return;
        }
        var writer = new StunWriter(buffer, StunClass.Error, request.Method, request.Transaction);
        writer.WriteError(code, TurnErrorCode.Reason(code));
        if (!unknown.IsEmpty)
        {
            writer.WriteUnknownAttributes(unknown);
        }
        Send(writer, request.Key, request.WithFingerprint, request.Client);
    }

    /// <summary>Says that an authentic request was carried out; a lifetime is told where there is one.</summary>
    public void Succeed(in TurnRequest request, TimeSpan? lifetime = null)
    {
        var buffer = outbox.Reserve(MaxLength);
        if (buffer.IsEmpty)
        {
            return;
        }
        var writer = new StunWriter(buffer, StunClass.Success, request.Method, request.Transaction);
        if (lifetime is { } time)
        {
            writer.WriteUInt32(StunAttribute.Lifetime, (uint)time.TotalSeconds);
        }
        Send(writer, request.Key, request.WithFingerprint, request.Client);
    }

    /// <summary>Tells a client its relayed address, again after each repeated request.</summary>
    public void Allocated(TurnAllocation allocation, TimeSpan now)
    {
        var buffer = outbox.Reserve(MaxLength);
        if (buffer.IsEmpty)
        {
            return;
        }
        var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Allocate, allocation.Transaction);
        if (allocation.Relayed is { } relayed)
        {
            writer.WriteXorAddress(StunAttribute.XorRelayedAddress, relayed);
        }
        if (allocation.SecondRelayed is { } second)
        {
            writer.WriteXorAddress(StunAttribute.XorRelayedAddress, second);
        }
        if (allocation.MissingFamily is { } missing)
        {
            // Family, class and number; no reason phrase (RFC 8656 §18.12).
            uint code = missing.Code;
            writer.WriteUInt32(StunAttribute.AddressErrorCode, ((missing.IsIPv6 ? 2u : 1u) << 24) | (code / 100 << 8) | (code % 100));
        }
        writer.WriteUInt32(StunAttribute.Lifetime, (uint)Math.Max(0, (allocation.Expires - now).TotalSeconds));
        writer.WriteXorAddress(StunAttribute.XorMappedAddress, allocation.Client.Remote);
        Send(writer, allocation.Key, allocation.WithFingerprint, allocation.Client);
    }

    /// <summary>Tells a client that there was no socket for it.</summary>
    public void NotAllocated(TurnAllocation allocation)
    {
        var buffer = outbox.Reserve(MaxLength);
        if (buffer.IsEmpty)
        {
            return;
        }
        var writer = new StunWriter(buffer, StunClass.Error, StunMethod.Allocate, allocation.Transaction);
        writer.WriteError(TurnErrorCode.InsufficientCapacity, TurnErrorCode.Reason(TurnErrorCode.InsufficientCapacity));
        Send(writer, allocation.Key, allocation.WithFingerprint, allocation.Client);
    }

    /// <summary>Answers a Connect: the connection stands.</summary>
    public void Connected(TurnStream stream)
    {
        var buffer = outbox.Reserve(MaxLength);
        if (buffer.IsEmpty)
        {
            return;
        }
        var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Connect, stream.Transaction);
        writer.WriteUInt32(StunAttribute.ConnectionId, (uint)stream.Id);
        Send(writer, stream.Allocation.Key, stream.WithFingerprint, stream.Allocation.Client);
    }

    /// <summary>Answers a Connect: the peer was not reached.</summary>
    public void NotConnected(TurnStream stream)
    {
        var buffer = outbox.Reserve(MaxLength);
        if (buffer.IsEmpty)
        {
            return;
        }
        const int code = TurnErrorCode.ConnectionTimeoutOrFailure;
        var writer = new StunWriter(buffer, StunClass.Error, StunMethod.Connect, stream.Transaction);
        writer.WriteError(code, TurnErrorCode.Reason(code));
        Send(writer, stream.Allocation.Key, stream.WithFingerprint, stream.Allocation.Client);
    }

    /// <summary>Tells a client of a connection that a peer has made.</summary>
    public void Attempted(TurnStream stream)
    {
        var buffer = outbox.Reserve(MaxLength);
        if (buffer.IsEmpty)
        {
            return;
        }
        var id = new StunTransactionId((uint)stream.Relay, (uint)stream.Id);
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.ConnectionAttempt, id);
        writer.WriteUInt32(StunAttribute.ConnectionId, (uint)stream.Id);
        writer.WriteXorAddress(StunAttribute.XorPeerAddress, stream.Peer);
        Send(writer, default, stream.Allocation.WithFingerprint, stream.Allocation.Client);
    }

    private bool TryReserve(in FlowId client, TimeSpan now, out Span<byte> buffer)
    {
        // A connection's address is no forgery: nobody else is told anything.
        var may = client.Base != TurnServer.DatagramBase || _limit.TryTake(client.Remote, now);
        counters.Unanswered += may ? 0 : 1;
        buffer = may ? outbox.Reserve(MaxLength) : default;
        return !buffer.IsEmpty;
    }

    private void Send(StunWriter writer, scoped ReadOnlySpan<byte> key, bool withFingerprint, in FlowId client)
    {
        if (!key.IsEmpty)
        {
            writer.WriteIntegrity(key);
        }
        if (withFingerprint)
        {
            writer.WriteFingerprint();
        }
        outbox.Commit(writer.Length, new TurnRoute(IsRelay: false, client.Base, client.Remote));
    }
}
