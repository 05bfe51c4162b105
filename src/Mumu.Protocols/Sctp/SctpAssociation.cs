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
    private readonly SctpSetup _setup;
    private readonly Inbox _inbox = new();
    private readonly ControlQueue _control = new();
    private readonly StreamResets _resets;
    private readonly AssociationTimer _timer;
    private DataReceiver? _receiver;

    internal SctpAssociation(SctpOptions options, Random random)
    {
        _options = options;
        _setup = new SctpSetup(options, random);
        Sender = new DataSender(options, _setup.Local.First);
        _resets = new StreamResets(Sender, _control, _inbox);
        _timer = new AssociationTimer(options);
    }

    internal SctpState State { get; private set; }

    /// <summary>Why it ended, as a sentence without a stop; null while it lives, or when both sides wanted the end.</summary>
    internal string? Failure { get; private set; }

    internal DataSender Sender { get; }

    /// <summary>Streams the peer takes, once connected.</summary>
    internal int OutboundStreams { get; private set; }

    /// <summary>Packets dropped as malformed or not ours.</summary>
    internal long Dropped { get; private set; }

    /// <summary>When <see cref="Tick"/> must be called; null while nothing waits.</summary>
    internal TimeSpan? NextDeadline =>
        State is SctpState.Closed or SctpState.Ended
            ? null
            : Earlier(Earlier(_timer.Deadline, Sender.Deadline), Earlier(_receiver?.Deadline, _resets.Deadline));

    private bool Stands => State >= SctpState.Established && State != SctpState.Ended;

    private bool TakesData => State is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownSent;

    /// <summary>Sends INIT; a peer that does the same at the same time is fine.</summary>
    internal void Connect(TimeSpan now)
    {
        if (State == SctpState.Closed)
        {
            State = SctpState.CookieWait;
            _setup.Begin();
            _control.Add(_setup.Question, tag: 0);
            _timer.Ask(now);
        }
    }

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
        if (State == SctpState.Established)
        {
            State = SctpState.ShutdownPending;
            AdvanceShutdown(now);
        }
        else if (!Stands)
        {
            End(null);
        }
    }

    /// <summary>Ends the association at once and tells the peer; drain <see cref="TryTransmit"/> once more.</summary>
    internal void Abort(string reason)
    {
        if (State == SctpState.Ended)
        {
            return;
        }
        var tellsPeer = _setup.Remote is not null;
        End(reason);
        if (tellsPeer)
        {
            _control.Add(SimpleChunk.Abort(ErrorCause.UserInitiatedAbort));
        }
    }

    /// <summary>Takes a packet; junk is dropped and counted.</summary>
    internal void Receive(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        if (State == SctpState.Ended)
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
        while (State != SctpState.Ended && chunks.TryRead(out var chunk))
        {
            if (!IsTagRight(packet.Tag, chunk, isFirst && chunks.IsAtEnd))
            {
                Dropped++;
                return;
            }
            if (!Take(chunk, packet.Tag, now, ref hadData))
            {
                break;
            }
            isFirst = false;
        }
        if (State == SctpState.Ended)
        {
            return;
        }
        if (hadData)
        {
            _receiver!.EndPacket(now);
        }
        if (State == SctpState.Established)
        {
            _timer.Rest(now); // the peer lives
        }
        else
        {
            AdvanceShutdown(now);
        }
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
        if (_timer.TryExpire(now))
        {
            Repeat(now);
        }
        AdvanceShutdown(now);
        if (Math.Max(_timer.Timeouts, Sender.Timeouts) > _options.MaxTimeouts)
        {
            End("the other side does not answer");
        }
    }

    /// <summary>Writes the next packet; <paramref name="buffer"/> holds at least <see cref="SctpOptions.MaxPacket"/> bytes.</summary>
    internal bool TryTransmit(Span<byte> buffer, TimeSpan now, out int length)
    {
        length = 0;
        buffer = buffer[..Math.Min(buffer.Length, _options.MaxPacket)];
        var hasEnded = State == SctpState.Ended;
        if (_control.TryPeek(out var entry) && entry.Tag is { } tag)
        {
            _control.Remove();
            var alone = new PacketWriter(buffer, _options.LocalPort, _options.RemotePort, tag);
            alone.Add(entry.Chunk);
            length = alone.Finish(withChecksum: true);
            return true;
        }
        if (_setup.Remote is not { } remote)
        {
            return false;
        }
        var packet = new PacketWriter(buffer, _options.LocalPort, _options.RemotePort, remote.Tag);
        var withChecksum = (_setup.Shared & SctpExtensions.ZeroChecksum) == 0;
        while (_control.TryPeek(out entry) && entry.Tag is null && entry.Chunk.Length - Chunk.HeaderLength <= packet.Room)
        {
            withChecksum |= entry.Chunk[0] == (byte)ChunkType.CookieEcho; // RFC 9653 §5.2
            packet.Add(entry.Chunk);
            _control.Remove();
        }
        if (Stands && !hasEnded)
        {
            WriteStanding(ref packet, now);
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

    private void WriteStanding(ref PacketWriter packet, TimeSpan now)
    {
        var hasData = State is not (SctpState.ShutdownSent or SctpState.ShutdownAckSent) && Sender.HasSomething(now);
        if (_receiver is { IsSackDue: true } || (hasData && _receiver is { HasNews: true }))
        {
            _receiver.WriteSack(ref packet);
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

    /// <summary>INIT comes alone and with tag 0; ABORT and SHUTDOWN COMPLETE may carry the peer's own tag; a cookie brings its tag along (RFC 9260 §8.5).</summary>
    private bool IsTagRight(uint tag, in Chunk chunk, bool isAlone) =>
        chunk.Type switch
        {
            ChunkType.Init => tag == 0 && isAlone,
            ChunkType.Abort or ChunkType.ShutdownComplete when (chunk.Flags & 1) != 0 => tag == _setup.Remote?.Tag,
            ChunkType.CookieEcho => true,
            _ => tag == _setup.Local.Tag,
        };

    /// <summary>Takes a chunk; false if the rest of the packet is to be left.</summary>
    private bool Take(in Chunk chunk, uint tag, TimeSpan now, ref bool hadData)
    {
        switch (chunk.Type)
        {
            case ChunkType.Data when TakesData && DataChunk.TryParse(chunk, out var data):
                hadData = true;
                if (!_receiver!.Receive(data))
                {
                    Abort($"the other side sent a message longer than {_options.MaxMessageBytes} bytes");
                }
                return true;
            case ChunkType.Sack when Stands && SackChunk.TryParse(chunk.Value, out var sack):
                Sender.Receive(sack, now);
                return true;
            case ChunkType.ForwardTsn when TakesData && ForwardTsnChunk.TryParse(chunk.Value, out var forward):
                hadData = true;
                _receiver!.Forward(forward);
                return true;
            case ChunkType.Reconfig when Stands:
                _resets.Receive(chunk.Value, _receiver!);
                return true;
            case ChunkType.Heartbeat when _setup.Remote is not null && chunk.Value.Length < _options.MaxPacket / 2:
                _control.Add(SimpleChunk.Make(ChunkType.HeartbeatAck, chunk.Value));
                return true;
            case ChunkType.Abort:
                End("the other side aborted the association");
                return false;
            case ChunkType.Data or ChunkType.Sack or ChunkType.Heartbeat or ChunkType.HeartbeatAck or ChunkType.Error:
                return TakeError(chunk, now); // the others have come too early, or tell nothing but that they came
            case > ChunkType.ShutdownComplete:
                return ((byte)chunk.Type & 0x80) != 0; // unknown: its first bit says whether the rest of the packet matters
            default:
                TakeSetup(chunk, tag, now);
                return true;
        }
    }

    private bool TakeError(in Chunk chunk, TimeSpan now)
    {
        if (chunk.Type == ChunkType.Error && State == SctpState.CookieEchoed)
        {
            // The cookie got too old on its way: from the beginning.
            State = SctpState.Closed;
            Connect(now);
        }
        return true;
    }

    private void TakeSetup(in Chunk chunk, uint tag, TimeSpan now)
    {
        switch (chunk.Type)
        {
            case ChunkType.Init when State != SctpState.ShutdownAckSent && InitChunk.TryParse(chunk.Value, out var remote, out _):
                _control.Add(_setup.MakeInitAck(remote, Stands, now), remote.Tag);
                break;
            case ChunkType.InitAck when State == SctpState.CookieWait && _setup.TryAccept(chunk.Value):
                State = SctpState.CookieEchoed;
                _control.Add(_setup.Question);
                _timer.Ask(now);
                break;
            case ChunkType.CookieEcho:
                TakeCookie(chunk.Value, tag, now);
                break;
            case ChunkType.CookieAck when State == SctpState.CookieEchoed:
                Establish(now);
                break;
            case ChunkType.Shutdown when Stands:
                // Where both shut down at once, each has sent all it had.
                State = State == SctpState.ShutdownAckSent ? State : SctpState.ShutdownReceived;
                AdvanceShutdown(now);
                break;
            case ChunkType.ShutdownAck when State is SctpState.ShutdownSent or SctpState.ShutdownAckSent:
                End(null);
                _control.Add(SimpleChunk.Make(ChunkType.ShutdownComplete));
                break;
            case ChunkType.ShutdownComplete when State == SctpState.ShutdownAckSent:
                End(null);
                break;
        }
    }

    private void TakeCookie(ReadOnlySpan<byte> cookie, uint tag, TimeSpan now)
    {
        switch (_setup.Judge(cookie, tag, Stands, now))
        {
            case CookieVerdict.Accept:
                Establish(now);
                _control.Add(SimpleChunk.Make(ChunkType.CookieAck));
                break;
            case CookieVerdict.Repeated:
                _control.Add(SimpleChunk.Make(ChunkType.CookieAck));
                break;
            case CookieVerdict.Stale:
                _control.Add(SimpleChunk.StaleCookie());
                break;
            case CookieVerdict.Restart:
                End("the other side has begun anew");
                break;
        }
    }

    private void Establish(TimeSpan now)
    {
        var remote = _setup.Remote!.Value;
        _setup.Finish();
        State = SctpState.Established;
        _receiver = new DataReceiver(_options, remote.First, _inbox);
        Sender.Begin(remote.Window, (remote.Extensions & SctpExtensions.ForwardTsn) != 0);
        _resets.Begin(_setup.Local.First, remote.First, (remote.Extensions & SctpExtensions.Reconfig) != 0);
        OutboundStreams = Math.Min(_options.Streams, remote.InboundStreams);
        _timer.Rest(now);
        _inbox.Add(new SctpEvent(SctpEventKind.Connected));
    }

    private void AdvanceShutdown(TimeSpan now)
    {
        if (!Sender.IsIdle)
        {
            return;
        }
        var next = State switch
        {
            SctpState.ShutdownPending => SctpState.ShutdownSent,
            SctpState.ShutdownReceived => SctpState.ShutdownAckSent,
            _ => State,
        };
        if (next != State)
        {
            State = next;
            _timer.Ask(now);
            Repeat(now);
        }
    }

    /// <summary>Sends what the state wants answered.</summary>
    private void Repeat(TimeSpan now)
    {
        switch (State)
        {
            case SctpState.CookieWait:
                _control.Add(_setup.Question, tag: 0);
                break;
            case SctpState.CookieEchoed:
                _control.Add(_setup.Question);
                break;
            case SctpState.ShutdownSent:
                _control.Add(SimpleChunk.Shutdown(_receiver!.Cumulative));
                break;
            case SctpState.ShutdownAckSent:
                _control.Add(SimpleChunk.Make(ChunkType.ShutdownAck));
                break;
            default:
                _control.Add(SimpleChunk.Heartbeat(now));
                break;
        }
    }

    private void End(string? failure)
    {
        State = SctpState.Ended;
        Failure = failure;
        Sender.Clear();
        _receiver?.Clear();
        _control.Clear();
        _timer.Stop();
        _inbox.Add(new SctpEvent(SctpEventKind.Ended));
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;
}
