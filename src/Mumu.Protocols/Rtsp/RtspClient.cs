// The client's side of an RTSP session: from OPTIONS to TEARDOWN.
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.Rtsp;

/// <summary>
/// An RTSP 1.0 client (RFC 2326) for one connection: asks what there is, lets the driver choose, sets up, plays, keeps the session alive. Sans-IO: bytes and time in, bytes and events out.
/// After every <see cref="Receive"/> or <see cref="Tick"/> the driver reads events until there are none, then transmits.
/// </summary>
/// <param name="options">What to play.</param>
/// <param name="authenticator">Answers challenges; may be handed on to the client of the next connection.</param>
public sealed class RtspClient(RtspClientOptions options, RtspAuthenticator authenticator)
{
    private readonly RtspParser _parser = new();
    private readonly RtspExchange _exchange = new(authenticator, options);
    private readonly RtspSessionClock _clock = new();
    private readonly RtspEvents _events = new();
    private readonly RtspPresentation _presentation = new(RtspAddress.ForRequests(options.Uri));
    private readonly List<RtspTransport> _transports = [];
    private IReadOnlyList<RtspSetup> _setups = [];
    private bool _knowsGetParameter;
    private bool _asksForRange = true;
    private TimeSpan _now;
    private RtspStep _step;

    /// <summary>The description, once <see cref="RtspEventKind.Described"/> was told.</summary>
    public SessionDescription? Description => _presentation.Description;

    /// <summary>Transports of the tracks set up, in the order asked for.</summary>
    public IReadOnlyList<RtspTransport> Transports => _transports;

    /// <summary>Where each track begins, as the answer to PLAY told; often empty.</summary>
    public IReadOnlyList<RtspRtpInfo> RtpInfo { get; private set; } = [];

    /// <summary>Bytes of the server that belonged to no message.</summary>
    public long Junk => _parser.Junk;

    /// <summary>When <see cref="Tick"/> has something to do.</summary>
    public TimeSpan? NextDeadline => _exchange.Deadline is { } deadline && !(_clock.Due < deadline) ? deadline : _clock.Due;

    /// <summary>Starts the session.</summary>
    public void Start(TimeSpan now)
    {
        _step = RtspStep.Options;
        _exchange.Send("OPTIONS", _presentation.Requested, "", now);
    }

    /// <summary>Takes bytes from the connection, of any length. Read all events before the next call.</summary>
    public void Receive(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        _now = now;
        _parser.Append(bytes);
    }

    /// <summary>Tells that the server closed the connection.</summary>
    public void ConnectionClosed() => Finish(RtspEndReason.Closed, "The camera closed the connection.");

    /// <summary>Sets up tracks over one kind of transport; call on <see cref="RtspEventKind.Described"/> or <see cref="RtspEventKind.TransportRefused"/>. PLAY follows by itself.</summary>
    /// <exception cref="InvalidOperationException">Nothing was described yet, or the session plays already.</exception>
    public void Setup(IReadOnlyList<RtspSetup> setups, TimeSpan now)
    {
        if (_step != RtspStep.Choosing || setups.Count == 0)
        {
            throw new InvalidOperationException("Tracks are set up once the presentation is described, and there is at least one.");
        }
        _setups = setups;
        _transports.Clear();
        _step = RtspStep.Setup;
        SendSetup(now);
    }

    /// <summary>The address of a track.</summary>
    public string ControlOf(int media) => _presentation.ControlOf(media);

    /// <summary>Sends a packet on a channel of the connection; false when too much waits already or nothing is set up.</summary>
    public bool SendInterleaved(int channel, ReadOnlySpan<byte> packet) =>
        _step is RtspStep.Play or RtspStep.Playing && _exchange.Output.TryAddInterleaved(channel, packet);

    /// <summary>Ends the session; <see cref="RtspEventKind.Ended"/> follows when the server agrees or its time is up.</summary>
    public void Teardown(TimeSpan now)
    {
        if (_exchange.Session is null || _step is RtspStep.Teardown or RtspStep.Ended)
        {
            Finish(RtspEnd.TornDown);
            return;
        }
        _step = RtspStep.Teardown;
        _clock.Stop();
        _exchange.Send("TEARDOWN", _presentation.Aggregate, "", now);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(TimeSpan now)
    {
        _now = now;
        if (now >= _exchange.Deadline)
        {
            OnTimeout();
        }
        if (now >= _clock.Due)
        {
            _exchange.Send(_knowsGetParameter ? "GET_PARAMETER" : "OPTIONS", _presentation.Aggregate, "", now);
            _clock.Restart(now);
        }
    }

    /// <summary>Copies out what is to be sent.</summary>
    public bool TryTransmit(Span<byte> buffer, out int length) => _exchange.Output.TryTake(buffer, out length);

    /// <summary>Reads the next event.</summary>
    public bool TryRead(out RtspEvent e)
    {
        while (_events.IsEmpty && _step != RtspStep.Ended)
        {
            switch (_parser.Read())
            {
                case RtspToken.None:
                    e = default;
                    return false;
                case RtspToken.Interleaved:
                    e = new RtspEvent
                    {
                        Kind = RtspEventKind.Interleaved,
                        Channel = _parser.Channel,
                        Payload = _parser.Payload,
                    };
                    return true;
                case RtspToken.Error:
                    Finish(RtspEndReason.Protocol, "What the camera sends is not RTSP.");
                    break;
                case RtspToken.Message:
                    OnMessage(_parser.Message);
                    break;
            }
        }
        return _events.TryTake(out e);
    }

    private void OnMessage(RtspMessage message)
    {
        if (message.Status == 0)
        {
            _exchange.Respond(message);
            if (message.Method == "REDIRECT")
            {
                Redirect(message);
            }
            return;
        }
        var method = _exchange.Method;
        switch (_exchange.Take(message, _now))
        {
            case RtspReply.Unauthorized:
                Finish(RtspEnd.Unauthorized(authenticator.HasCredentials));
                break;
            case RtspReply.Final when message.Status is 301 or 302 or 303 or 305 or 307 or 308:
                Redirect(message);
                break;
            case RtspReply.Final:
                OnAnswer(method!, message);
                break;
        }
    }

    private void OnAnswer(string method, RtspMessage answer)
    {
        var isGood = answer.Status is >= 200 and < 300;
        switch (_step)
        {
            case RtspStep.Options: // A camera that does not know OPTIONS may know the rest.
                _knowsGetParameter = answer.GetAll("Public").Any(list => list.Contains("GET_PARAMETER", StringComparison.OrdinalIgnoreCase));
                _step = RtspStep.Describe;
                _exchange.Send("DESCRIBE", _presentation.Requested, "Accept: application/sdp\r\n", _now);
                break;
            case RtspStep.Describe when isGood:
                OnDescribed(answer);
                break;
            case RtspStep.Setup when isGood:
                OnSetUp(answer);
                break;
            case RtspStep.Setup when answer.Status == 461:
                _step = RtspStep.Choosing;
                _events.Add(RtspEventKind.TransportRefused);
                break;
            case RtspStep.Play when answer.Status == 457 && _asksForRange:
                _asksForRange = false;
                SendPlay();
                break;
            case RtspStep.Play when isGood:
                RtpInfo = RtspRtpInfo.Parse(answer.Get("RTP-Info"));
                _step = RtspStep.Playing;
                _clock.Restart(_now);
                _events.Add(RtspEventKind.Playing);
                break;
            case RtspStep.Playing when answer.Status == 454:
                Finish(RtspEndReason.Closed, "The camera no longer knows the session.");
                break;
            case RtspStep.Playing when !isGood: // Alive enough to complain; next time the way every server knows.
                _knowsGetParameter = false;
                break;
            case RtspStep.Teardown:
                Finish(RtspEnd.TornDown);
                break;
            case RtspStep.Describe or RtspStep.Setup or RtspStep.Play:
                Finish(RtspEnd.Refused(method, answer.Status, answer.Reason));
                break;
        }
    }

    private void OnDescribed(RtspMessage answer)
    {
        if (!_presentation.TryTake(answer, out var error))
        {
            Finish(RtspEndReason.Protocol, "The camera's description of its stream can't be read. " + error);
            return;
        }
        _step = RtspStep.Choosing;
        _events.Add(RtspEventKind.Described);
    }

    private void SendSetup(TimeSpan now)
    {
        var setup = _setups[_transports.Count];
        _exchange.Send("SETUP", ControlOf(setup.Media), RtspTransport.Ask(setup.ClientPort, 2 * _transports.Count), now);
    }

    private void OnSetUp(RtspMessage answer)
    {
        _exchange.Session = _clock.Take(answer.Get("Session")) ?? _exchange.Session;
        var index = _transports.Count;
        var isUdp = _setups[index].ClientPort is not null;
        if (!RtspTransport.TryParse(answer.Get("Transport"), out var transport) && isUdp)
        {
            Finish(RtspEndReason.Protocol, "The camera did not say how it will send its stream.");
            return;
        }
        _transports.Add(isUdp || transport.Channel is not null ? transport : transport with { Channel = 2 * index }); // told nothing: what we asked for
        if (_transports.Count < _setups.Count)
        {
            SendSetup(_now);
            return;
        }
        _step = RtspStep.Play;
        SendPlay();
    }

    private void SendPlay() => _exchange.Send("PLAY", _presentation.Aggregate, _asksForRange ? "Range: npt=0.000-\r\n" : "", _now);

    private void Redirect(RtspMessage message)
    {
        if (RtspAddress.TryGetRedirect(message, options.Uri, out var location))
        {
            End();
            _events.AddRedirect(location);
            return;
        }
        Finish(RtspEndReason.Protocol, "The camera points to another address that can't be used.");
    }

    private void OnTimeout()
    {
        var method = _exchange.Method;
        _exchange.Abandon();
        if (_step == RtspStep.Teardown)
        {
            Finish(RtspEnd.TornDown);
        }
        else if (_step != RtspStep.Playing) // While media flows a keep-alive may go unanswered.
        {
            Finish(RtspEnd.TimedOut(method, options.RequestTimeout));
        }
    }

    private void Finish(RtspEndReason reason, string message) => Finish(new RtspEnd(reason, message));

    private void Finish(RtspEnd end)
    {
        if (_step != RtspStep.Ended)
        {
            End();
            _events.AddEnd(end);
        }
    }

    private void End()
    {
        _step = RtspStep.Ended;
        _clock.Stop();
        _exchange.Abandon();
    }
}
