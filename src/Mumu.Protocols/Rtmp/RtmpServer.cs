// The server's side of an RTMP connection: reads commands, keeps the stream's state, asks the driver for what only it knows.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Rtmp;

/// <summary>
/// An RTMP server for one connection and its one stream at a time, published or played. Sans-IO. After every <see cref="Receive"/>, <see cref="Tick"/> or answer the driver reads events until there are none,
/// then transmits. Media for a client that plays is written by the driver, in chunks of <see cref="RtmpChunks.Size"/> on stream <see cref="StreamId"/>, between whole transmissions.
/// </summary>
public sealed class RtmpServer
{
    /// <summary>The number of the one stream.</summary>
    public const uint StreamId = 1;

    private enum State
    {
        New,
        Connected,
        Asked,
        Publishing,
        Playing,
    }

    private readonly RtmpServerOptions _options;
    private readonly RtmpLink _link;
    private readonly RtmpReplies _replies;
    private State _state;
    private bool _asksToPublish;
    private string _tcUrl = "";
    private string _app = "";
    private int _commands;
    private bool _hasClosed;
    private TimeSpan _now;
    private TimeSpan _idleSince;
    private TimeSpan _bareSince;
    private string? _end;
    private bool _hasToldEnd;

    /// <summary>Makes the server's side of a connection.</summary>
    /// <param name="options">Limits.</param>
    /// <param name="random">Fills the handshake; nothing secret depends on it.</param>
    /// <param name="now">When the client connected.</param>
    public RtmpServer(RtmpServerOptions options, Random random, TimeSpan now)
    {
        _options = options;
        _link = new RtmpLink(isServer: true, random);
        _replies = new RtmpReplies(_link);
        (_now, _idleSince, _bareSince) = (now, now, now);
    }

    /// <summary>Formats beyond the old ones that the client says it takes (<c>fourCcList</c> of enhanced RTMP); empty for clients that know none.</summary>
    public IReadOnlyList<Codec> Formats { get; private set; } = [];

    /// <summary>True while a request waits for the driver's answer.</summary>
    public bool IsWaiting => _state == State.Asked;

    /// <summary>When <see cref="Tick"/> has something to do; null where nothing is due.</summary>
    public TimeSpan? NextDeadline => _hasToldEnd || IsWaiting || _state == State.Playing ? null : Deadline;

    private TimeSpan Deadline
    {
        get
        {
            if (_state == State.Publishing)
            {
                return _idleSince + _options.SessionTimeout;
            }
            var (idle, bare) = (_idleSince + _options.RequestTimeout, _bareSince + _options.SetupTimeout);
            return idle < bare ? idle : bare;
        }
    }

    /// <summary>Takes bytes from the connection, of any length; not while <see cref="IsWaiting"/>.</summary>
    public void Receive(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        // Only what is whole is a sign of life before there is a stream, or one byte now and then would hold the connection.
        _idleSince = _state >= State.Publishing ? now : _idleSince;
        _now = now;
        _link.Receive(bytes);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(TimeSpan now)
    {
        _now = now;
        if (_end is null && NextDeadline is { } due && now >= due)
        {
            _end = "The client was silent for too long.";
        }
    }

    /// <summary>Copies out what is to be sent.</summary>
    public bool TryTransmit(Span<byte> buffer, out int length) => _link.TryTransmit(buffer, out length);

    /// <summary>Lets the client publish or play. Media may be sent after what this leaves to transmit.</summary>
    public void Accept()
    {
        MustWait();
        _idleSince = _now;
        if (_asksToPublish)
        {
            _state = State.Publishing;
            _link.AllowsMedia = true;
            _replies.Publishing();
            return;
        }
        _state = State.Playing;
        _replies.Playing();
    }

    /// <summary>Refuses the request, and ends the connection.</summary>
    /// <param name="isMissing">There is no such path.</param>
    /// <param name="reason">A sentence for the client.</param>
    public void Refuse(bool isMissing, string reason)
    {
        MustWait();
        var code =
            _asksToPublish ? "NetStream.Publish.BadName"
            : isMissing ? "NetStream.Play.StreamNotFound"
            : "NetStream.Play.Failed";
        _replies.Status("error", code, reason);
        Close(reason);
    }

    /// <summary>Ends the connection from our side.</summary>
    /// <param name="reason">A sentence for the log.</param>
    public void Close(string reason)
    {
        _state = _state == State.Asked ? State.Connected : _state;
        _end ??= reason;
    }

    /// <summary>Tells a publisher that what it sends can't be taken, and ends the connection.</summary>
    /// <param name="reason">A sentence for the client.</param>
    public void Reject(string reason)
    {
        _replies.Status("error", "NetStream.Publish.Failed", reason);
        Close(reason);
    }

    /// <summary>Reads the next event.</summary>
    public bool TryRead(out RtmpServerEvent e)
    {
        e = default;
        while (!IsWaiting && _end is null && _link.TryRead(out var message))
        {
            _idleSince = _now;
            if (Take(message, out e))
            {
                return true;
            }
        }
        _end ??= _link.Fault;
        if (_end is null || _hasToldEnd)
        {
            return false;
        }
        _hasToldEnd = true;
        e = new RtmpServerEvent { Kind = RtmpServerEventKind.Ended, Reason = _end };
        return true;
    }

    private bool Take(RtmpMessage message, out RtmpServerEvent e)
    {
        e = default;
        var payload = message.Payload;
        switch (message.Type)
        {
            case RtmpMessageType.CommandAmf3 when payload.Length > 0 && payload[0] == 0:
                return Command(payload[1..], out e); // a byte in front, then AMF0
            case RtmpMessageType.CommandAmf0 or RtmpMessageType.CommandAmf3:
                return Command(payload, out e);
            case RtmpMessageType.Video or RtmpMessageType.Audio when _state == State.Publishing && payload.Length > 0:
                e = new RtmpServerEvent
                {
                    Kind = message.Type == RtmpMessageType.Video ? RtmpServerEventKind.Video : RtmpServerEventKind.Audio,
                    Timestamp = message.Timestamp,
                    Payload = payload,
                };
                return true;
            case RtmpMessageType.DataAmf0 or RtmpMessageType.DataAmf3 when _state == State.Publishing:
                return RtmpMetadata.TryFind(payload, out var metadata)
                    && Give(new RtmpServerEvent { Kind = RtmpServerEventKind.Metadata, Metadata = metadata }, out e);
            default:
                return false;
        }
    }

    private static bool Give(RtmpServerEvent made, out RtmpServerEvent e)
    {
        e = made;
        return true;
    }

    private bool Command(ReadOnlySpan<byte> payload, out RtmpServerEvent e)
    {
        e = default;
        if (!AmfReader.TryReadAll(payload, out var values) || values.Count < 1 || values[0].Kind != AmfKind.Text)
        {
            _end ??= "The client sent a command that can't be read.";
            return false;
        }
        if (_state <= State.Connected && ++_commands > RtmpLimits.Commands)
        {
            _end ??= "The client sent too many commands.";
            return false;
        }
        var transaction = values.Count > 1 ? values[1] : AmfValue.Of(0);
        var name = values[0].Text;
        var argument = values.Count > 3 ? values[3] : AmfValue.Null;
        switch (name)
        {
            case "connect":
                Connect(transaction, values.Count > 2 ? values[2] : AmfValue.Null);
                return false;
            case "createStream" when _state != State.New:
                _replies.Result(transaction, AmfValue.Of(StreamId));
                return false;
            case "publish" or "play" when _state == State.Connected:
                _asksToPublish = name == "publish";
                return Ask(argument, out e);
            case "publish" or "play":
                _end ??= "The client asked for a second stream, or before it had connected.";
                return false;
            case "deleteStream" or "closeStream" or "FCUnpublish":
                return CloseStream(name, out e);
            default:
                _replies.Other(name, transaction, argument);
                return false;
        }
    }

    private void Connect(AmfValue transaction, AmfValue properties)
    {
        (_tcUrl, _app) = (properties["tcUrl"].Text, properties["app"].Text);
        if (_state != State.New || _tcUrl.Length > RtmpLimits.Name || _app.Length > RtmpLimits.Name)
        {
            _end ??= "The client connected twice, or with a name that is too long.";
            return;
        }
        _state = State.Connected;
        Formats = FourCc.Of(properties["fourCcList"]);
        _replies.Connected(transaction);
    }

    private bool Ask(AmfValue name, out RtmpServerEvent e)
    {
        e = default;
        if (name.Text.Length > RtmpLimits.Name)
        {
            _end ??= "The client asked for a name that is too long.";
            return false;
        }
        _state = State.Asked;
        e = new RtmpServerEvent
        {
            Kind = _asksToPublish ? RtmpServerEventKind.Publish : RtmpServerEventKind.Play,
            Target = RtmpTarget.Join(_tcUrl, _app, name.Text),
        };
        return true;
    }

    private bool CloseStream(string command, out RtmpServerEvent e)
    {
        e = default;
        if (command == "FCUnpublish" || _state < State.Publishing)
        {
            return false; // An announcement; the stream's end follows. Or there is none.
        }
        var code = _state == State.Publishing ? "NetStream.Unpublish.Success" : "NetStream.Play.Stop";
        _replies.Status("status", code, "Stopped.");
        _state = State.Connected;
        _link.AllowsMedia = false;
        (_bareSince, _idleSince) = (_now, _now);
        _commands = 0;
        // A client that begins streams without end on one connection is not one.
        if (_hasClosed)
        {
            _end ??= "The client ended its second stream.";
        }
        _hasClosed = true;
        e = new RtmpServerEvent { Kind = RtmpServerEventKind.Closed };
        return true;
    }

    private void MustWait()
    {
        if (!IsWaiting)
        {
            throw new InvalidOperationException("No request waits for an answer.");
        }
    }
}
