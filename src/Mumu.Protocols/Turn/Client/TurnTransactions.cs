// The requests under way: written, signed, sent again until answered.
using System.Buffers.Binary;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Turn.Client;

/// <summary>Requests and their retransmission (RFC 8489 §6.2).</summary>
internal sealed class TurnTransactions(TurnClientOptions options, TurnLogin login)
{
    private const uint Udp = 17;
    private const uint FamilyIPv6 = 2;
    private readonly List<TurnTransaction> _open = [];
    private readonly Queue<byte[]> _outgoing = new();
    private readonly List<TurnTransaction> _dead = [];

    public TimeSpan? NextDeadline
    {
        get
        {
            TimeSpan? next = null;
            foreach (var transaction in _open)
            {
                next = next is null || transaction.NextAt < next ? transaction.NextAt : next;
            }
            return next;
        }
    }

    public void Clear()
    {
        _open.Clear();
        _outgoing.Clear();
    }

    /// <summary>Sends a request, or makes it anew after a challenge.</summary>
    public void Begin(TurnTransaction transaction, TimeSpan now)
    {
        Write(transaction);
        transaction.Transmissions = 1;
        transaction.Wait = options.IsReliable ? options.ReliableTimeout : options.RetransmitAfter;
        transaction.NextAt = now + transaction.Wait;
        _open.Add(transaction);
        _outgoing.Enqueue(transaction.Message);
    }

    /// <summary>Finds the request an answer belongs to; it stays open.</summary>
    public TurnTransaction? Find(in StunMessage answer)
    {
        foreach (var transaction in _open)
        {
            if (transaction.Id == answer.TransactionId && transaction.Method == answer.Method)
            {
                return transaction;
            }
        }
        return null;
    }

    public void Close(TurnTransaction transaction) => _open.Remove(transaction);

    /// <summary>Sends again what is due; returns the requests that were never answered, valid until the next call.</summary>
    public List<TurnTransaction> Tick(TimeSpan now)
    {
        _dead.Clear();
        foreach (var transaction in _open)
        {
            if (now < transaction.NextAt)
            {
                continue;
            }
            if (options.IsReliable || transaction.Transmissions >= options.MaxTransmissions)
            {
                _dead.Add(transaction);
                continue;
            }
            var doubled = transaction.Wait * 2;
            transaction.Wait = doubled < options.RetransmitAtMost ? doubled : options.RetransmitAtMost;
            transaction.NextAt = now + transaction.Wait;
            transaction.Transmissions++;
            _outgoing.Enqueue(transaction.Message);
        }
        foreach (var transaction in _dead)
        {
            _open.Remove(transaction);
        }
        return _dead;
    }

    public bool TryTransmit(Span<byte> buffer, out int length)
    {
        var has = _outgoing.TryDequeue(out var message);
        message.CopyTo(buffer);
        length = message?.Length ?? 0;
        return has;
    }

    private void Write(TurnTransaction transaction)
    {
        Span<byte> buffer = stackalloc byte[StunMessage.MaxLength];
        transaction.Id = StunTransactionId.Create(options.Random);
        var writer = new StunWriter(buffer, StunClass.Request, transaction.Method, transaction.Id);
        switch (transaction.Method)
        {
            case StunMethod.Allocate:
                writer.WriteUInt32(StunAttribute.RequestedTransport, Udp << 24);
                if (options.IPv6)
                {
                    writer.WriteUInt32(StunAttribute.RequestedAddressFamily, FamilyIPv6 << 24);
                }
                writer.WriteUInt32(StunAttribute.Lifetime, (uint)transaction.Lifetime.TotalSeconds);
                break;
            case StunMethod.Refresh:
                writer.WriteUInt32(StunAttribute.Lifetime, (uint)transaction.Lifetime.TotalSeconds);
                break;
            case StunMethod.ChannelBind:
                Span<byte> number = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(number, (uint)transaction.Channel << 16);
                writer.Write(StunAttribute.ChannelNumber, number);
                writer.WriteXorAddress(StunAttribute.XorPeerAddress, transaction.Peer);
                break;
            default:
                writer.WriteXorAddress(StunAttribute.XorPeerAddress, transaction.Peer);
                break;
        }
        transaction.IsSigned = login.Sign(ref writer);
        writer.WriteFingerprint();
        transaction.Message = buffer[..writer.Length].ToArray();
    }
}
