// One SCTP association as a machine without sockets or clock.
using Mumu.Protocols.Sctp.Receiving;
using Mumu.Protocols.Sctp.Sending;
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Sctp;

/// <summary>
/// An SCTP association for data channels (RFC 9260 as far as RFC 8831 needs it, RFC 3758, RFC 6525). Packets and <c>now</c> come in; packets, events and the next deadline go out:
/// after each call drain <see cref="TryTransmit"/> and <see cref="TryRead"/>. Messages not read close the window. For one thread, and for packets that DTLS vouches for.
/// </summary>
internal sealed class SctpAssociation
{
    private readonly SctpOptions _options;
    private readonly Inbox _inbox = new();
    private readonly ControlQueue _control = new();
    private readonly AssociationLife _life;
    private readonly StreamResets _resets;
    private DataReceiver? _receiver; // once the association stands
    private bool _isEndTold;

    internal SctpAssociation(SctpOptions options, Random random)
    {
        _options = options;
        _life = new AssociationLife(options, random, _control);
        Sender = new DataSender(options, _life.Local.First);
        _resets = new StreamResets(Sender, _control, _inbox);
    }

    internal SctpState State => _life.State;

    /// <summary>Why it ended, as a sentence without a stop; null while it lives, or when both sides wanted the end.</summary>
    internal string? Failure => _life.Failure;

    internal DataSender Sender { get; }

    /// <summary>Streams the peer takes, once connected.</summary>
    internal int OutboundStreams { get; private set; }

    /// <summary>Packets dropped as malformed or not ours.</summary>
    internal long Dropped { get; private set; }

    /// <summary>When <see cref="Tick"/> must be called; null while nothing waits.</summary>
    internal TimeSpan? NextDeadline =>
        State is SctpState.Closed or SctpState.Ended
            ? null
            : Earlier(Earlier(_life.Deadline, Sender.Deadline), Earlier(_receiver?.Deadline, _resets.Deadline));

    private Tsn Cumulative => _receiver?.Cumulative ?? default;

    /// <summary>Sends INIT; a peer that does the same at the same time is fine.</summary>
    internal void Connect(TimeSpan now) => _life.Connect(now);

    /// <summary>Queues a message.</summary>
    /// <returns>False if the queue is full or the association is ending.</returns>
    internal bool TrySend(ushort stream, uint protocol, ReadOnlySpan<byte> data, in Delivery delivery, TimeSpan now)
    {
        if (State > SctpState.Established || data.IsEmpty || Sender.Queue.Bytes + data.Length > _options.MaxQueuedBytes)
        {
            return false;
        }
        Sender.Queue.Add(stream, protocol, data, delivery, now);
        return true;
    }

    /// <summary>Ends our direction of a stream behind what is queued; <see cref="SctpEventKind.OutgoingReset"/> tells when.</summary>
    internal void ResetStream(ushort stream) => Sender.Queue.Close(stream);

    /// <summary>The peer uses a stream anew, see <see cref="StreamResets.Settle"/>.</summary>
    internal void SettleStream(ushort stream) => _resets.Settle(stream);

    /// <summary>Ends the association when everything queued has arrived (RFC 9260 §9.2).</summary>
    internal void Shutdown(TimeSpan now)
    {
        _life.Shutdown();
        Settle(now);
    }

    /// <summary>Ends the association at once and tells the peer; drain <see cref="TryTransmit"/> once more.</summary>
    internal void Abort(string reason, TimeSpan now)
    {
        if (_life.HasEnded)
        {
            return;
        }
        _life.End(reason);
        if (_life.Remote is not null)
        {
            _control.Add(SimpleChunk.Abort(ErrorCause.UserInitiatedAbort));
        }
        Settle(now);
    }

    /// <summary>Takes a packet; junk is dropped and counted.</summary>
    internal void Receive(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        if (_life.HasEnded)
        {
            return;
        }
        if (
            !SctpPacket.TryParse(bytes, out var packet)
            || packet.SourcePort != _options.RemotePort
            || packet.DestinationPort != _options.LocalPort
        )
        {
            Dropped++;
            return;
        }
        var chunks = new ChunkReader(packet.Chunks);
        var hadData = false;
        var isFirst = true;
        while (!_life.HasEnded && chunks.TryRead(out var chunk))
        {
            if (!_life.IsTagRight(packet.Tag, chunk, isFirst && chunks.IsAtEnd))
            {
                Dropped++;
                break;
            }
            isFirst = false;
            if (!Take(chunk, packet.Tag, now, ref hadData))
            {
                break;
            }
        }
        if (hadData && !_life.HasEnded)
        {
            _receiver!.EndPacket(now);
        }
        if (!isFirst)
        {
            _life.Hear(now);
        }
        Settle(now);
    }

    /// <summary>Lets time pass.</summary>
    internal void Tick(TimeSpan now)
    {
        if (State is SctpState.Closed or SctpState.Ended)
        {
            return;
        }
        Sender.Tick(now);
        _receiver?.Tick(now);
        _resets.Tick(now);
        _life.Tick(now, Cumulative);
        if (Math.Max(_life.Timeouts, Sender.Timeouts) > _options.MaxTimeouts)
        {
            _life.End("the other side does not answer");
        }
        Settle(now);
    }

    /// <summary>Writes the next packet; <paramref name="buffer"/> holds at least <see cref="SctpOptions.MaxPacket"/> bytes.</summary>
    internal bool TryTransmit(Span<byte> buffer, TimeSpan now, out int length)
    {
        length = 0;
        buffer = buffer[..Math.Min(buffer.Length, _options.MaxPacket)];
        if (_control.TryPeek(out var entry) && entry.Tag is { } tag)
        {
            _control.Remove();
            var alone = new PacketWriter(buffer, _options.LocalPort, _options.RemotePort, tag);
            alone.Add(entry.Chunk);
            length = alone.Finish(withChecksum: true);
            return true;
        }
        if (_life.Remote is not { } remote)
        {
            return false;
        }
        var packet = new PacketWriter(buffer, _options.LocalPort, _options.RemotePort, remote.Tag);
        var withChecksum = (remote.Extensions & SctpExtensions.ZeroChecksum) == 0;
        while (_control.TryPeek(out entry) && entry.Tag is null && entry.Chunk.Length - Chunk.HeaderLength <= packet.Room)
        {
            withChecksum |= entry.Chunk[0] == (byte)ChunkType.CookieEcho; // RFC 9653 §5.2
            packet.Add(entry.Chunk);
            _control.Remove();
        }
        if (_receiver is not null && _life.Stands)
        {
            WriteData(ref packet, _receiver, now);
        }
        if (packet.IsEmpty)
        {
            return false;
        }
        length = packet.Finish(withChecksum);
        return true;
    }

    /// <summary>Takes the next event; a message's bytes are valid until the next call.</summary>
    internal bool TryRead(out SctpEvent e)
    {
        while (_resets.TryResetUntold())
        {
            // Each adds an event.
        }
        var taken = _inbox.TryTake(out e);
        if (taken && e.Kind == SctpEventKind.Message)
        {
            _receiver?.Freed();
        }
        return taken;
    }

    /// <summary>Gives all memory back.</summary>
    internal void Clear()
    {
        Sender.Clear();
        _receiver?.Clear();
        _inbox.Clear();
        _control.Clear();
    }

    private void WriteData(ref PacketWriter packet, DataReceiver receiver, TimeSpan now)
    {
        var hasData = _life.SendsData && Sender.HasSomething(now);
        if (receiver.IsSackDue || (hasData && receiver.HasNews))
        {
            receiver.WriteSack(ref packet);
        }
        if (_resets.IsDue && packet.Room >= StreamResets.Room)
        {
            _resets.Write(ref packet, now);
        }
        if (hasData)
        {
            Sender.Write(ref packet, now);
        }
    }

    /// <summary>Takes a chunk; false if the rest of the packet is to be left.</summary>
    private bool Take(in Chunk chunk, uint tag, TimeSpan now, ref bool hadData)
    {
        switch (chunk.Type)
        {
            case ChunkType.Data when _life.TakesData && DataChunk.TryParse(chunk, out var data):
                hadData = true;
                if (!_receiver!.Receive(data))
                {
                    Abort($"the other side sent a message longer than {_options.MaxMessageBytes} bytes", now);
                }
                return true;
            case ChunkType.Sack when _life.Stands && SackChunk.TryParse(chunk.Value, out var sack):
                Sender.Receive(sack, now);
                return true;
            case ChunkType.ForwardTsn when _life.TakesData && ForwardTsnChunk.TryParse(chunk.Value, out var forward):
                hadData = true;
                _receiver!.Forward(forward);
                return true;
            case ChunkType.Reconfig when _life.Stands:
                _resets.Receive(chunk.Value, _receiver!);
                return true;
            case ChunkType.Data or ChunkType.Sack:
                return true; // too early, too late, or malformed
            case > ChunkType.CookieAck and not ChunkType.ShutdownComplete:
                return ((byte)chunk.Type & 0x80) != 0; // unknown: its first bit says whether the rest of the packet matters
            default:
                _life.Take(chunk, tag, now);
                Establish();
                return true;
        }
    }

    private void Establish()
    {
        if (_receiver is not null || !_life.Stands)
        {
            return;
        }
        var remote = _life.Remote!.Value;
        _receiver = new DataReceiver(_options, remote.First, _inbox);
        Sender.Begin(remote.Window, (remote.Extensions & SctpExtensions.ForwardTsn) != 0);
        _resets.Begin(_life.Local.First, remote.First, (remote.Extensions & SctpExtensions.Reconfig) != 0);
        OutboundStreams = Math.Min(_options.Streams, remote.InboundStreams);
        _inbox.Add(new SctpEvent(SctpEventKind.Connected));
    }

    private void Settle(TimeSpan now)
    {
        _life.Advance(Sender.IsIdle, Cumulative, now);
        if (_life.HasEnded && !_isEndTold)
        {
            _isEndTold = true;
            Sender.Clear();
            _receiver?.Clear();
            _inbox.Add(new SctpEvent(SctpEventKind.Ended));
        }
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;
}
