// All data channels of one peer, on one association.
using Mumu.Protocols.Sctp.Sending;

namespace Mumu.Protocols.Sctp.DataChannels;

/// <summary>
/// Data channels (RFC 8831, RFC 8832) over the packets of one DTLS association. After each call drain <see cref="TryTransmit"/> and <see cref="TryRead"/>; what is not read holds the other
/// side back. Not thread-safe; one loop owns it.
/// </summary>
public sealed class PeerDataChannels
{
    private readonly DataChannelLimits _limits;
    private readonly Random _random;
    private readonly ChannelTable _channels;
    private readonly Queue<DataChannelEvent> _ready = new(1);
    private readonly ushort _remotePort;
    private SctpAssociation? _association;

    /// <summary>Makes the channels of a peer; nothing is sent before <see cref="Start"/>.</summary>
    /// <param name="limits">What they may use.</param>
    /// <param name="isDtlsClient">Our role in DTLS: a client's channels have even numbers.</param>
    /// <param name="remotePort">The other side's <c>a=sctp-port</c>.</param>
    /// <param name="remoteMaxMessage">Its <c>a=max-message-size</c>; 0 for any.</param>
    /// <param name="random">Randomness for tags and numbers.</param>
    internal PeerDataChannels(DataChannelLimits limits, bool isDtlsClient, ushort remotePort, long remoteMaxMessage, Random random)
    {
        _limits = limits;
        _random = random;
        _channels = new ChannelTable(isDtlsClient ? 0 : 1);
        _remotePort = remotePort;
        MaxMessageBytes = (int)Math.Min(remoteMaxMessage == 0 ? int.MaxValue : remoteMaxMessage, limits.MaxQueuedBytes);
    }

    /// <summary>The channels that are not closed.</summary>
    public IReadOnlyCollection<DataChannel> Channels => _channels.All;

    /// <summary>True while messages can flow.</summary>
    public bool IsConnected => _association?.State == SctpState.Established;

    /// <summary>Why the channels ended before the peer did, as a sentence without a stop; null if they did not.</summary>
    public string? Failure => _association?.Failure;

    /// <summary>The longest message the other side takes, bytes.</summary>
    public int MaxMessageBytes { get; }

    /// <summary>Bytes of messages that wait to be sent and acknowledged.</summary>
    public long QueuedBytes => _association?.Sender.Queue.Bytes ?? 0;

    /// <summary>Messages for channels that do not exist, and announcements that were refused.</summary>
    public long Strays { get; private set; }

    /// <summary>Chunks sent more than once.</summary>
    public long Retransmissions => _association?.Sender.Retransmissions ?? 0;

    /// <summary>When <see cref="Tick"/> must be called; null while nothing waits.</summary>
    internal TimeSpan? NextDeadline => _association?.NextDeadline;

    /// <summary>Bytes of a channel's messages that were not sent for the first time yet.</summary>
    public int BufferedAmount(DataChannel channel) => _association?.Sender.Queue.UnsentOf(channel.Id) ?? 0;

    /// <summary>Opens a channel; <see cref="DataChannelEventKind.Opened"/> tells when the other side has it. Messages may be sent before that, but not before the peer is connected.</summary>
    /// <returns>Null if there are too many channels, the names are too long, or the agreed number is in use.</returns>
    public DataChannel? Open(DataChannelSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var open = DcepOpen.Make(setup);
        if (_channels.Count >= _limits.MaxChannels || open.Length > _limits.MaxNameBytes || _association?.State > SctpState.Established)
        {
            return null;
        }
        var streams = Math.Min(_limits.Streams, IsConnected ? _association!.OutboundStreams : int.MaxValue);
        var channel = _channels.FreeId(setup.AgreedId, streams) is { } id ? new DataChannel(id, setup, DataChannelState.Connecting) : null;
        if (channel is null || !TryAnnounce(channel))
        {
            return null;
        }
        _channels.Add(channel);
        return channel;
    }

    /// <summary>Sends a message; it is copied.</summary>
    public DataSendResult Send(DataChannel channel, ReadOnlySpan<byte> data, bool isText, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(channel);
        if (channel.State > DataChannelState.Open || _association is null || _channels.Find(channel.Id) != channel)
        {
            return DataSendResult.NotOpen;
        }
        if (data.Length > MaxMessageBytes)
        {
            return DataSendResult.TooLong;
        }
        var protocol = PayloadProtocol.Of(isText, data.IsEmpty);
        var delivery = new Delivery(!channel.Setup.IsOrdered && channel.IsConfirmed, channel.Setup.MaxRetransmits, channel.Setup.MaxLife);
        return _association.TrySend(channel.Id, protocol, data.IsEmpty ? [0] : data, delivery, now)
            ? DataSendResult.Queued
            : DataSendResult.QueueFull;
    }

    /// <summary>Closes a channel behind what was sent on it; <see cref="DataChannelEventKind.Closed"/> tells when the other side has done so too.</summary>
    public void Close(DataChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        if (channel.State < DataChannelState.Closing)
        {
            channel.State = DataChannelState.Closing;
            _association?.ResetStream(channel.Id);
        }
    }

    /// <summary>Takes the next event.</summary>
    public bool TryRead(out DataChannelEvent e)
    {
        // What is ready may lie in the association's buffer, which the next read from there frees.
        while (!_ready.TryDequeue(out e))
        {
            if (_association is null || !_association.TryRead(out var inner))
            {
                return false;
            }
            Handle(inner);
        }
        return true;
    }

    /// <summary>DTLS is up: sets up the association.</summary>
    /// <param name="maxPacket">The largest packet that DTLS takes, bytes.</param>
    /// <param name="now">The time.</param>
    internal void Start(int maxPacket, TimeSpan now)
    {
        if (_association is not null)
        {
            return;
        }
        _association = new SctpAssociation(_limits.ToOptions(_remotePort, maxPacket), _random);
        _association.Connect(now);
        foreach (var channel in _channels.All)
        {
            TryAnnounce(channel);
        }
    }

    internal void Receive(ReadOnlySpan<byte> packet, TimeSpan now) => _association?.Receive(packet, now);

    internal void Tick(TimeSpan now) => _association?.Tick(now);

    internal bool TryTransmit(Span<byte> buffer, TimeSpan now, out int length)
    {
        length = 0;
        return _association?.TryTransmit(buffer, now, out length) == true;
    }

    /// <summary>The peer is over, and the channels with it; memory goes back.</summary>
    internal void End()
    {
        CloseAll();
        _association?.Clear();
    }

    private bool TryAnnounce(DataChannel channel)
    {
        if (channel.Setup.AgreedId is not null)
        {
            if (IsConnected)
            {
                Confirm(channel);
            }
            return true;
        }
        return _association is null || TrySendControl(channel.Id, DcepOpen.Make(channel.Setup)); // Start does it later
    }

    private bool TrySendControl(ushort stream, ReadOnlySpan<byte> message) =>
        _association!.TrySend(stream, PayloadProtocol.Control, message, default, TimeSpan.Zero); // without a limit the time does not matter

    private void Handle(in SctpEvent e)
    {
        switch (e.Kind)
        {
            case SctpEventKind.Connected:
                Connect();
                break;
            case SctpEventKind.Message when e.Protocol == PayloadProtocol.Control:
                TakeControl(e);
                break;
            case SctpEventKind.Message:
                TakeMessage(e);
                break;
            case SctpEventKind.IncomingReset when _channels.Find(e.Stream) is { } channel:
                channel.IsResetByPeer = true;
                _association!.Sender.Queue.DropWaiting(e.Stream); // nobody hears it any more
                Close(channel);
                CheckClosed(channel);
                break;
            case SctpEventKind.OutgoingReset when _channels.Find(e.Stream) is { } channel:
                channel.IsResetByUs = true;
                CheckClosed(channel);
                break;
            case SctpEventKind.Ended:
                CloseAll();
                break;
        }
    }

    private void Connect()
    {
        foreach (var channel in _channels.All)
        {
            if (channel.Id >= _association!.OutboundStreams)
            {
                Finish(channel); // the other side has no stream of that number
            }
            else if (channel.Setup.AgreedId is not null)
            {
                Confirm(channel);
            }
        }
    }

    private void TakeControl(in SctpEvent e)
    {
        var known = _channels.Find(e.Stream);
        if (DcepOpen.IsAcknowledgement(e.Data))
        {
            if (known is not null)
            {
                Confirm(known);
            }
            return;
        }
        if (known is { State: DataChannelState.Closing, IsResetByPeer: true })
        {
            _association!.SettleStream(e.Stream);
            Finish(known);
            known = null;
        }
        if (known is not null || !DcepOpen.TryParse(e.Data, _limits.MaxNameBytes, out var setup) || _channels.Count >= _limits.MaxChannels)
        {
            Strays++;
            if (known is null)
            {
                _association!.ResetStream(e.Stream); // refused
            }
            return;
        }
        var channel = new DataChannel(e.Stream, setup, DataChannelState.Connecting);
        _channels.Add(channel);
        TrySendControl(e.Stream, DcepOpen.Acknowledgement);
        Confirm(channel);
    }

    private void TakeMessage(in SctpEvent e)
    {
        if (
            !PayloadProtocol.TryRead(e.Protocol, out var isText, out var isEmpty)
            || _channels.Find(e.Stream) is not { State: < DataChannelState.Closing } channel
        )
        {
            Strays++;
            return;
        }
        Confirm(channel); // who sends on it knows it
        var length = isEmpty ? 0 : e.Length;
        _ready.Enqueue(new DataChannelEvent(DataChannelEventKind.Message, channel, e.Buffer.AsMemory(0, length), isText));
    }

    private void Confirm(DataChannel channel)
    {
        channel.IsConfirmed = true;
        if (channel.State == DataChannelState.Connecting)
        {
            channel.State = DataChannelState.Open;
            _ready.Enqueue(new DataChannelEvent(DataChannelEventKind.Opened, channel));
        }
    }

    private void CheckClosed(DataChannel channel)
    {
        if (channel is { IsResetByUs: true, IsResetByPeer: true })
        {
            Finish(channel);
        }
    }

    private void Finish(DataChannel channel)
    {
        channel.State = DataChannelState.Closed;
        _channels.Remove(channel);
        _ready.Enqueue(new DataChannelEvent(DataChannelEventKind.Closed, channel));
    }

    private void CloseAll()
    {
        foreach (var channel in _channels.All)
        {
            Finish(channel);
        }
    }
}
