// The client's side of an RTSP session that publishes: from OPTIONS to RECORD.
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.Rtsp;

/// <summary>
/// An RTSP 1.0 client (RFC 2326) that announces tracks and records them on a server, interleaved on its one connection. Sans-IO, as <see cref="RtspClient"/>; media is written by the driver, between whole
/// transmissions, on the channels that <see cref="Channels"/> tells.
/// </summary>
public sealed class RtspAnnouncer
{
    private enum Step
    {
        Options,
        Announce,
        Setup,
        Record,
        Recording,
        Teardown,
        Ended,
    }

    private readonly RtspParser _parser = new();
    private readonly RtspSessionClock _clock = new();
    private readonly RtspEvents _events = new();
    private readonly List<int> _channels = [];
    private readonly RtspClientOptions _options;
    private readonly RtspAuthenticator _authenticator;
    private readonly RtspExchange _exchange;
    private readonly SessionDescription _description;
    private readonly string _address;
    private bool _knowsGetParameter;
    private TimeSpan _now;
    private Step _step;

    /// <summary>Makes the session of one connection.</summary>
    /// <param name="options">Where to.</param>
    /// <param name="authenticator">Answers challenges.</param>
    /// <param name="description">The tracks; each gets its address here.</param>
    public RtspAnnouncer(RtspClientOptions options, RtspAuthenticator authenticator, SessionDescription description)
    {
        (_options, _authenticator, _description) = (options, authenticator, description);
        _exchange = new RtspExchange(authenticator, options);
        _address = RtspAddress.ForRequests(options.Uri);
        for (var i = 0; i < description.Media.Count; i++)
        {
            description.Media[i].Attributes.Add("control", ControlOf(i));
        }
    }

    /// <summary>The channel of each track; RTCP has the next.</summary>
    public IReadOnlyList<int> Channels => _channels;

    /// <summary>When <see cref="Tick"/> has something to do.</summary>
    public TimeSpan? NextDeadline => _exchange.Deadline is { } deadline && !(_clock.Due < deadline) ? deadline : _clock.Due;

    /// <summary>Starts the session.</summary>
    public void Start(TimeSpan now) => _exchange.Send("OPTIONS", _address, "", now);

    /// <summary>Takes bytes from the connection, of any length. Read all events before the next call.</summary>
    public void Receive(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        _now = now;
        _parser.Append(bytes);
    }

    /// <summary>Ends the session.</summary>
    public void Teardown(TimeSpan now)
    {
        if (_exchange.Session is not null && _step < Step.Teardown)
        {
            _step = Step.Teardown;
            _clock.Stop();
            _exchange.Send("TEARDOWN", _address, "", now);
        }
    }

    /// <summary>Does what is due.</summary>
    public void Tick(TimeSpan now)
    {
        _now = now;
        if (now >= _exchange.Deadline)
        {
            var method = _exchange.Method;
            _exchange.Abandon();
            if (_step != Step.Recording) // While media flows a keep-alive may go unanswered.
            {
                Finish(RtspEnd.TimedOut(method, _options.RequestTimeout));
            }
        }
        if (now >= _clock.Due)
        {
            _exchange.Send(_knowsGetParameter ? "GET_PARAMETER" : "OPTIONS", _address, "", now);
            _clock.Restart(now);
        }
    }

    /// <summary>Copies out what is to be sent.</summary>
    public bool TryTransmit(Span<byte> buffer, out int length) => _exchange.Output.TryTake(buffer, out length);

    /// <summary>Reads the next event: <see cref="RtspEventKind.Recording"/>, interleaved reports, the end.</summary>
    public bool TryRead(out RtspEvent e)
    {
        while (_events.IsEmpty && _step != Step.Ended)
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
                    Finish(new RtspEnd(RtspEndReason.Protocol, "What the server sends is not RTSP."));
                    break;
                case RtspToken.Message:
                    OnMessage(_parser.Message);
                    break;
            }
        }
        return _events.TryTake(out e);
    }

    private static string ControlOf(int track) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"trackID={track}");

    private void OnMessage(RtspMessage message)
    {
        if (message.Status == 0)
        {
            _exchange.Respond(message);
            return;
        }
        var method = _exchange.Method;
        switch (_exchange.Take(message, _now))
        {
            case RtspReply.Unauthorized:
                Finish(RtspEnd.Unauthorized(_authenticator.HasCredentials));
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
            case Step.Options: // Who does not know OPTIONS may know the rest.
                _knowsGetParameter = answer.GetAll("Public").Any(list => list.Contains("GET_PARAMETER", StringComparison.OrdinalIgnoreCase));
                _step = Step.Announce;
                _exchange.Send("ANNOUNCE", _address, "Content-Type: application/sdp\r\n", _now, _description.ToString());
                break;
            case Step.Announce when isGood:
                _step = Step.Setup;
                _exchange.Session = _clock.Take(answer.Get("Session")) ?? _exchange.Session;
                SendSetup();
                break;
            case Step.Setup when isGood:
                _exchange.Session = _clock.Take(answer.Get("Session")) ?? _exchange.Session;
                var isTold = RtspTransport.TryParse(answer.Get("Transport"), out var transport);
                _channels.Add(isTold && transport.Channel is { } channel ? channel : 2 * _channels.Count);
                if (_channels.Count < _description.Media.Count)
                {
                    SendSetup();
                    break;
                }
                _step = Step.Record;
                _exchange.Send("RECORD", _address, "Range: npt=0.000-\r\n", _now);
                break;
            case Step.Record when isGood:
                _step = Step.Recording;
                _clock.Restart(_now);
                _events.Add(RtspEventKind.Recording);
                break;
            case Step.Recording when answer.Status == 454:
                Finish(new RtspEnd(RtspEndReason.Closed, "The server no longer knows the session."));
                break;
            case Step.Teardown:
                Finish(RtspEnd.TornDown);
                break;
            case Step.Announce or Step.Setup or Step.Record:
                Finish(RtspEnd.Refused(method, answer.Status, answer.Reason));
                break;
        }
    }

    private void SendSetup()
    {
        var channel = 2 * _channels.Count;
        var address = $"{_address.TrimEnd('/')}/{ControlOf(_channels.Count)}";
        var ask = RtspTransport.Ask(null, channel).Replace("\r\n", ";mode=record\r\n", StringComparison.Ordinal);
        _exchange.Send("SETUP", address, ask, _now);
    }

    // The sentences of the client speak of cameras.
    private void Finish(RtspEnd end)
    {
        if (_step != Step.Ended)
        {
            _step = Step.Ended;
            _clock.Stop();
            _exchange.Abandon();
            _events.AddEnd(end with { Message = end.Message.Replace("The camera", "The server", StringComparison.Ordinal) });
        }
    }
}
