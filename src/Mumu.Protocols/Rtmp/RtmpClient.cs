// The client's side of an RTMP connection: publishes to a server, or plays from it.
namespace Mumu.Protocols.Rtmp;

/// <summary>
/// An RTMP client with one stream. Sans-IO; the driver opens the connection, calls <see cref="Start"/>, and after every call reads events until there are none, then transmits. A publisher's media is written by
/// the driver in chunks of <see cref="RtmpChunks.Size"/> on stream <see cref="StreamId"/>, between whole transmissions.
/// </summary>
/// <param name="address">Where to, and what.</param>
/// <param name="publishes">True to publish, false to play.</param>
/// <param name="timeout">How long each answer may take.</param>
/// <param name="random">Fills the handshake.</param>
public sealed class RtmpClient(RtmpAddress address, bool publishes, TimeSpan timeout, Random random)
{
    private const int ConnectCall = 1;
    private const int CreateCall = 4;
    private const int MaxSentence = 200;

    private readonly RtmpLink _link = new(isServer: false, random);
    private bool _hasConnected;
    private bool _hasStarted;
    private RtmpEnd? _end;
    private bool _hasToldEnd;
    private TimeSpan? _due;
    private TimeSpan _now;

    /// <summary>The number of our stream, as the server gave it.</summary>
    public uint StreamId { get; private set; } = 1;

    /// <summary>When <see cref="Tick"/> has something to do; null where nothing is due.</summary>
    public TimeSpan? NextDeadline => _end is null ? _due : null;

    /// <summary>Begins, on an open connection.</summary>
    public void Start(TimeSpan now)
    {
        (_now, _due) = (now, now + timeout);
        _link.Start();
    }

    /// <summary>Takes bytes from the connection, of any length.</summary>
    public void Receive(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        _now = now;
        _link.Receive(bytes);
        if (_link.IsOpen && !_hasConnected)
        {
            _hasConnected = true;
            Connect();
        }
    }

    /// <summary>Does what is due.</summary>
    public void Tick(TimeSpan now)
    {
        _now = now;
        if (NextDeadline is { } due && now >= due)
        {
            _end = new RtmpEnd(RtmpEndReason.Timeout, $"The server {address} did not answer in time.");
        }
    }

    /// <summary>Copies out what is to be sent.</summary>
    public bool TryTransmit(Span<byte> buffer, out int length) => _link.TryTransmit(buffer, out length);

    /// <summary>Tells the server that the stream is over.</summary>
    public void Stop()
    {
        if (!_hasStarted || _end is not null)
        {
            return;
        }
        if (publishes)
        {
            _link.SendCommand(0, AmfValue.Of("FCUnpublish"), AmfValue.Of(6), AmfValue.Null, AmfValue.Of(address.Stream));
        }
        _link.SendCommand(0, AmfValue.Of("deleteStream"), AmfValue.Of(7), AmfValue.Null, AmfValue.Of(StreamId));
    }

    /// <summary>Reads the next event.</summary>
    public bool TryRead(out RtmpClientEvent e)
    {
        e = default;
        while (_end is null && _link.TryRead(out var message))
        {
            if (Take(message, out e))
            {
                return true;
            }
        }
        if (_end is null && _link.Fault is { } fault)
        {
            _end = new RtmpEnd(RtmpEndReason.Protocol, fault);
        }
        if (_end is null || _hasToldEnd)
        {
            return false;
        }
        _hasToldEnd = true;
        e = new RtmpClientEvent { Kind = RtmpClientEventKind.Ended, End = _end };
        return true;
    }

    private void Connect()
    {
        _due = _now + timeout;
        _link.SendLimits();
        var formats = AmfValue.OfList(FourCc.All.Select(code => AmfValue.Of(FourCc.NameOf(code))));
        _link.SendCommand(
            0,
            AmfValue.Of("connect"),
            AmfValue.Of(ConnectCall),
            AmfValue.Of(
                ("app", AmfValue.Of(address.App)),
                ("type", AmfValue.Of("nonprivate")),
                ("flashVer", AmfValue.Of("FMLE/3.0 (compatible; MuMu Camera)")),
                ("tcUrl", AmfValue.Of(address.TcUrl)),
                ("fpad", AmfValue.Of(false)),
                ("capabilities", AmfValue.Of(15)),
                ("audioCodecs", AmfValue.Of(4071)),
                ("videoCodecs", AmfValue.Of(252)),
                ("videoFunction", AmfValue.Of(1)),
                ("objectEncoding", AmfValue.Of(0)),
                ("fourCcList", formats)
            )
        );
    }

    private bool Take(RtmpMessage message, out RtmpClientEvent e)
    {
        e = default;
        var payload = message.Payload;
        switch (message.Type)
        {
            case RtmpMessageType.CommandAmf3 when payload.Length > 0 && payload[0] == 0:
                return Command(payload[1..], out e);
            case RtmpMessageType.CommandAmf0 or RtmpMessageType.CommandAmf3:
                return Command(payload, out e);
            case RtmpMessageType.Video or RtmpMessageType.Audio when !publishes && payload.Length > 0:
                e = new RtmpClientEvent
                {
                    Kind = message.Type == RtmpMessageType.Video ? RtmpClientEventKind.Video : RtmpClientEventKind.Audio,
                    Timestamp = message.Timestamp,
                    Payload = payload,
                };
                return true;
            case RtmpMessageType.DataAmf0 or RtmpMessageType.DataAmf3 when !publishes && RtmpMetadata.TryFind(payload, out var metadata):
                e = new RtmpClientEvent { Kind = RtmpClientEventKind.Metadata, Metadata = metadata };
                return true;
            default:
                return false;
        }
    }

    private bool Command(ReadOnlySpan<byte> payload, out RtmpClientEvent e)
    {
        e = default;
        if (!AmfReader.TryReadAll(payload, out var values) || values.Count < 1 || values[0].Kind != AmfKind.Text)
        {
            _end = new RtmpEnd(RtmpEndReason.Protocol, $"The server {address} sent a command that can't be read.");
            return false;
        }
        var call = values.Count > 1 ? (int)Math.Clamp(values[1].Number, 0, 1000) : 0; // ffmpeg leaves the number out where nothing was asked
        switch (values[0].Text)
        {
            case "_result" when call == ConnectCall:
                CreateStream();
                return false;
            case "_result" when call == CreateCall:
                StreamId = values.Count > 3 ? (uint)Math.Clamp(values[3].Number, 0, uint.MaxValue) : 1;
                Ask();
                return false;
            case "_error" when call is ConnectCall or CreateCall:
                Refused(values);
                return false;
            case "onStatus":
                return Status(values, out e);
            case "close":
                _end = new RtmpEnd(RtmpEndReason.Stopped, $"The server {address} closed the connection.");
                return false;
            default:
                return false;
        }
    }

    private void CreateStream()
    {
        _due = _now + timeout;
        if (publishes)
        {
            _link.SendCommand(0, AmfValue.Of("releaseStream"), AmfValue.Of(2), AmfValue.Null, AmfValue.Of(address.Stream));
            _link.SendCommand(0, AmfValue.Of("FCPublish"), AmfValue.Of(3), AmfValue.Null, AmfValue.Of(address.Stream));
        }
        _link.SendCommand(0, AmfValue.Of("createStream"), AmfValue.Of(CreateCall), AmfValue.Null);
    }

    private void Ask()
    {
        _due = _now + timeout;
        _link.AllowsMedia = !publishes;
        if (publishes)
        {
            _link.SendCommand(
                StreamId,
                AmfValue.Of("publish"),
                AmfValue.Of(5),
                AmfValue.Null,
                AmfValue.Of(address.Stream),
                AmfValue.Of("live")
            );
            return;
        }
        // -2: live, else recorded. The buffer tells the server that we want it as it comes.
        _link.SendCommand(StreamId, AmfValue.Of("play"), AmfValue.Of(5), AmfValue.Null, AmfValue.Of(address.Stream), AmfValue.Of(-2000));
    }

    private bool Status(IReadOnlyList<AmfValue> values, out RtmpClientEvent e)
    {
        e = default;
        var status = values.Count > 3 ? values[3] : AmfValue.Null;
        if (status["level"].Text == "error")
        {
            Refused(values);
            return false;
        }
        switch (status["code"].Text)
        {
            case "NetStream.Publish.Start" or "NetStream.Play.Start" when !_hasStarted:
                _hasStarted = true;
                _due = null;
                e = new RtmpClientEvent { Kind = RtmpClientEventKind.Started };
                return true;
            case "NetStream.Play.Stop" or "NetStream.Play.UnpublishNotify" or "NetStream.Play.Complete" or "NetStream.Unpublish.Success":
                _end = new RtmpEnd(RtmpEndReason.Stopped, $"The server {address} has ended the stream.");
                return false;
            default:
                return false;
        }
    }

    private void Refused(IReadOnlyList<AmfValue> values)
    {
        var status = values.Count > 3 ? values[3] : AmfValue.Null;
        var (code, said) = (status["code"].Text, status["description"].Text);
        var isKey =
            code.Contains("nauthorized", StringComparison.Ordinal)
            || said.Contains("auth", StringComparison.OrdinalIgnoreCase)
            || said.Contains("key", StringComparison.OrdinalIgnoreCase);
        var reason =
            code is "NetStream.Play.StreamNotFound" ? RtmpEndReason.NotFound
            : isKey ? RtmpEndReason.Unauthorized
            : RtmpEndReason.Refused;
        _end = new RtmpEnd(reason, $"The server {address} refused: {Clean(said.Length > 0 ? said : code)}");
    }

    // The server's words, without what it may repeat of ours.
    private string Clean(string said)
    {
        var query = address.Stream.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0 && address.Stream.Length > query + 1)
        {
            said = said.Replace(address.Stream[(query + 1)..], "…", StringComparison.Ordinal);
        }
        if (RtmpTarget.Join(address.TcUrl, address.App, address.Stream).Key is { } key)
        {
            said = said.Replace(key, "…", StringComparison.Ordinal);
        }
        return new string([.. said.Where(c => !char.IsControl(c)).Take(MaxSentence)]);
    }
}
