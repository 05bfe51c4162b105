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
    private enum Step
    {
        Idle,
        Options,
        Describe,
        Choosing,
        Setup,
        Play,
        Playing,
        Teardown,
        Ended,
    }

    private readonly RtspParser _parser = new();
    private readonly RtspExchange _exchange = new(authenticator, options);
    private readonly RtspSessionClock _clock = new();
    private readonly Queue<RtspEventKind> _events = new();
    private readonly RtspPresentation _presentation = new(RtspAddress.ForRequests(options.Uri));
    private readonly List<RtspTransport> _transports = [];
    private IReadOnlyList<RtspSetup> _setups = [];
    private bool _knowsGetParameter;
    private bool _asksForRange = true;
    private TimeSpan _now;
    private Step _step;
    private Uri? _location;
    private RtspEnd? _end;

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
        _step = Step.Options;
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
        if (_step != Step.Choosing || setups.Count == 0)
        {
            throw new InvalidOperationException("Tracks are set up once the presentation is described, and there is at least one.");
        }
        _setups = setups;
        _transports.Clear();
        _step = Step.Setup;
        SendSetup(now);
    }

    /// <summary>The address of a track.</summary>
    public string ControlOf(int media) => _presentation.ControlOf(media);

    /// <summary>Sends a packet on a channel of the connection; false when too much waits already or nothing is set up.</summary>
    public bool SendInterleaved(int channel, ReadOnlySpan<byte> packet) =>
        _step is Step.Play or Step.Playing && _exchange.Output.TryAddInterleaved(channel, packet);

    /// <summary>Ends the session; <see cref="RtspEventKind.Ended"/> follows when the server agrees or its time is up.</summary>
    public void Teardown(TimeSpan now)
    {
        if (_exchange.Session is null || _step is Step.Teardown or Step.Ended)
        {
            Finish(RtspEnd.TornDown);
            return;
        }
        _step = Step.Teardown;
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
        while (_events.Count == 0 && _step != Step.Ended)
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
        if (_events.Count == 0)
        {
            e = default;
            return false;
        }
        var next = _events.Dequeue();
        e = new RtspEvent
        {
            Kind = next,
            Location = next == RtspEventKind.Redirected ? _location : null,
            End = next == RtspEventKind.Ended ? _end : null,
        };
        return true;
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
            case Step.Options: // A camera that does not know OPTIONS may know the rest.
                _knowsGetParameter = answer.GetAll("Public").Any(list => list.Contains("GET_PARAMETER", StringComparison.OrdinalIgnoreCase));
                _step = Step.Describe;
                _exchange.Send("DESCRIBE", _presentation.Requested, "Accept: application/sdp\r\n", _now);
                break;
            case Step.Describe when isGood:
                OnDescribed(answer);
                break;
            case Step.Setup when isGood:
                OnSetUp(answer);
                break;
            case Step.Setup when answer.Status == 461:
                _step = Step.Choosing;
                _events.Enqueue(RtspEventKind.TransportRefused);
                break;
            case Step.Play when answer.Status == 457 && _asksForRange:
                _asksForRange = false;
                SendPlay();
                break;
            case Step.Play when isGood:
                RtpInfo = RtspRtpInfo.Parse(answer.Get("RTP-Info"));
                _step = Step.Playing;
                _clock.Restart(_now);
                _events.Enqueue(RtspEventKind.Playing);
                break;
            case Step.Playing when answer.Status == 454:
                Finish(RtspEndReason.Closed, "The camera no longer knows the session.");
                break;
            case Step.Playing when !isGood: // Alive enough to complain; next time the way every server knows.
                _knowsGetParameter = false;
                break;
            case Step.Teardown:
                Finish(RtspEnd.TornDown);
                break;
            case Step.Describe or Step.Setup or Step.Play:
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
        _step = Step.Choosing;
        _events.Enqueue(RtspEventKind.Described);
    }

    private void SendSetup(TimeSpan now)
    {
        var index = _transports.Count;
        var setup = _setups[index];
        _exchange.Send("SETUP", ControlOf(setup.Media), RtspTransport.Ask(setup.ClientPort, 2 * index), now);
    }

    private void OnSetUp(RtspMessage answer)
    {
        _exchange.Session = _clock.Take(answer.Get("Session")) ?? _exchange.Session;
        var index = _transports.Count;
        var isParsed = RtspTransport.TryParse(answer.Get("Transport"), out var transport);
        if (_setups[index].ClientPort is null)
        {
            transport = transport with { Channel = transport.Channel ?? 2 * index }; // told nothing: what we asked for
        }
        else if (!isParsed)
        {
            Finish(RtspEndReason.Protocol, "The camera did not say how it will send its stream.");
            return;
        }
        _transports.Add(transport);
        if (_transports.Count < _setups.Count)
        {
            SendSetup(_now);
            return;
        }
        _step = Step.Play;
        SendPlay();
    }

    private void SendPlay() => _exchange.Send("PLAY", _presentation.Aggregate, _asksForRange ? "Range: npt=0.000-\r\n" : "", _now);

    private void Redirect(RtspMessage message)
    {
        var isGood = Uri.TryCreate(message.Get("Location"), UriKind.Absolute, out var location);
        if (!isGood || location!.Scheme != options.Uri.Scheme)
        {
            Finish(RtspEndReason.Protocol, "The camera points to another address that can't be used.");
            return;
        }
        (_location, _step) = (location, Step.Ended);
        _clock.Stop();
        _exchange.Abandon();
        _events.Enqueue(RtspEventKind.Redirected);
    }

    private void OnTimeout()
    {
        var method = _exchange.Method;
        _exchange.Abandon();
        if (_step == Step.Teardown)
        {
            Finish(RtspEnd.TornDown);
        }
        else if (_step != Step.Playing) // While media flows a keep-alive may go unanswered.
        {
            Finish(RtspEnd.TimedOut(method, options.RequestTimeout));
        }
    }

    private void Finish(RtspEndReason reason, string message) => Finish(new RtspEnd(reason, message));

    private void Finish(RtspEnd end)
    {
        if (_step == Step.Ended)
        {
            return;
        }
        _step = Step.Ended;
        _clock.Stop();
        _exchange.Abandon();
        _end = end;
        _events.Enqueue(RtspEventKind.Ended);
    }
}
