// The messages an agent has to send, in order, and their bytes.
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Ice;

/// <summary>A bounded queue of messages. What does not fit is dropped: to the peer it looks like a lost datagram.</summary>
internal sealed class IceOutbox
{
    private const int Capacity = 64;
    private readonly Queue<IceOutgoing> _queue = new(4);

    public void Add(in IceOutgoing outgoing)
    {
        if (_queue.Count < Capacity)
        {
            _queue.Enqueue(outgoing);
        }
    }

    public void Clear() => _queue.Clear();

    public bool TryTransmit(ulong tieBreaker, Span<byte> buffer, out int length, out FlowId flow)
    {
        if (!_queue.TryDequeue(out var outgoing))
        {
            length = 0;
            flow = default;
            return false;
        }
        flow = outgoing.Flow;
        length = outgoing.Kind switch
        {
            IceOutgoingKind.Check => WriteCheck(outgoing, tieBreaker, buffer),
            IceOutgoingKind.Gather => WriteGather(outgoing, buffer),
            IceOutgoingKind.Success => WriteSuccess(outgoing, buffer),
            _ => WriteError(outgoing, buffer),
        };
        return true;
    }

    private static int WriteCheck(in IceOutgoing check, ulong tieBreaker, Span<byte> buffer)
    {
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, check.Transaction);
        writer.Write(StunAttribute.Username, check.Keys!.OutgoingName);
        writer.WriteUInt64(check.Role == IceRole.Controlling ? StunAttribute.IceControlling : StunAttribute.IceControlled, tieBreaker);
        writer.WriteUInt32(StunAttribute.Priority, check.Priority);
        if (check.UseCandidate)
        {
            writer.Write(StunAttribute.UseCandidate, default);
        }
        return Sign(writer, check.Keys.RemoteKey);
    }

    private static int WriteGather(in IceOutgoing gather, Span<byte> buffer)
    {
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, gather.Transaction);
        writer.WriteFingerprint();
        return writer.Length;
    }

    private static int WriteSuccess(in IceOutgoing answer, Span<byte> buffer)
    {
        var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Binding, answer.Transaction);
        writer.WriteXorAddress(StunAttribute.XorMappedAddress, answer.Flow.Remote);
        return Sign(writer, answer.Keys!.LocalKey);
    }

    private static int WriteError(in IceOutgoing answer, Span<byte> buffer)
    {
        var writer = new StunWriter(buffer, StunClass.Error, StunMethod.Binding, answer.Transaction);
        writer.WriteError(
            answer.Error,
            answer.Error switch
            {
                StunError.RoleConflict => "Role Conflict"u8,
                StunError.UnknownAttribute => "Unknown Attribute"u8,
                _ => "Bad Request"u8,
            }
        );
        if (answer.Error == StunError.UnknownAttribute)
        {
            writer.WriteUnknownAttributes([answer.UnknownAttribute]);
        }
        return Sign(writer, answer.Keys!.LocalKey);
    }

    private static int Sign(StunWriter writer, scoped ReadOnlySpan<byte> key)
    {
        writer.WriteIntegrity(key);
        writer.WriteFingerprint();
        return writer.Length;
    }
}
