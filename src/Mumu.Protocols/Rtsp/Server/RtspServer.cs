// The server's side of an RTSP connection: reads requests, keeps the session, asks the driver for what only it knows.
using System.Globalization;
using Mumu.Protocols.Sdp;

namespace Mumu.Protocols.Rtsp.Server;

/// <summary>
/// An RTSP 1.0 server (RFC 2326) for one connection and its one session at a time, to play and to record. Sans-IO. After every <see cref="Receive"/>, <see cref="Tick"/> or answer the driver reads events until
/// there are none, then transmits. A request that the driver must answer stops the reading of further ones (<see cref="IsWaiting"/>), so pipelined requests are answered in order.
/// </summary>
/// <param name="options">Names and limits.</param>
/// <param name="now">When the client connected.</param>
public sealed class RtspServer(RtspServerOptions options, TimeSpan now)
{
    private const string Methods =
        "Public: OPTIONS, DESCRIBE, ANNOUNCE, SETUP, PLAY, PAUSE, RECORD, GET_PARAMETER, SET_PARAMETER, TEARDOWN\r\n";

    private readonly RtspParser _parser = new(2 * 1024);
    private readonly RtspReplies _replies = new(options.ServerName);
    private RtspServerSession _session = new();
    private RtspMessage? _request; // waits for the driver's answer
    private (int Track, RtspTransportAsk Ask) _setup;
    private TimeSpan _now = now;
    private TimeSpan _idleSince = now;
    private TimeSpan _bareSince = now; // without a session since
    private string? _end;
    private bool _hasToldEnd;

    /// <summary>True while a request waits for the driver's answer.</summary>
    public bool IsWaiting => _request is not null;

    /// <summary>True while media flows to the client.</summary>
    public bool IsPlaying => _session.State == RtspServerState.Playing;

    /// <summary>When <see cref="Tick"/> has something to do; null once the end was told.</summary>
    public TimeSpan? NextDeadline => _hasToldEnd ? null : Deadline;

    private TimeSpan Deadline
    {
        get
        {
            if (_session.State != RtspServerState.None)
            {
                return _idleSince + options.SessionTimeout;
            }
            var (idle, bare) = (_idleSince + options.RequestTimeout, _bareSince + options.SetupTimeout);
            return idle < bare ? idle : bare;
        }
    }

    /// <summary>Takes bytes from the connection, of any length; not while <see cref="IsWaiting"/>.</summary>
    public void Receive(ReadOnlySpan<byte> bytes, TimeSpan now)
    {
        _now = now;
        _parser.Append(bytes);
    }

    /// <summary>Notes a sign of life from outside the connection: a report or packet over UDP, or media that the client's end has taken.</summary>
    public void NoteAlive(TimeSpan now) => _idleSince = now;

    /// <summary>Does what is due.</summary>
    public void Tick(TimeSpan now)
    {
        _now = now;
        if (_end is null && !IsWaiting && now >= Deadline)
        {
            End(408, "The client was silent for too long.");
        }
    }

    /// <summary>Copies out what is to be sent.</summary>
    public bool TryTransmit(Span<byte> buffer, out int length) => _replies.Output.TryTake(buffer, out length);

    /// <summary>Answers DESCRIBE.</summary>
    /// <param name="description">The tracks in order; each gets its address here.</param>
    public void AcceptDescribe(SessionDescription description)
    {
        for (var i = 0; i < description.Media.Count; i++)
        {
            description.Media[i].Attributes.Add("control", RtspTarget.ControlOf(i));
        }
        var request = Take(RtspServerEventKind.Describe);
        _replies.Write(
            request,
            200,
            $"Content-Base: {RtspTarget.BaseOf(request.Uri)}/\r\nContent-Type: application/sdp\r\n",
            description.ToString()
        );
    }

    /// <summary>Answers SETUP.</summary>
    /// <param name="ports">Our ports over UDP.</param>
    /// <param name="ssrc">Our source, where we send.</param>
    public void AcceptSetup((int Rtp, int Rtcp) ports, uint? ssrc)
    {
        var request = Take(RtspServerEventKind.Setup);
        _session.Add(_setup.Track, _setup.Ask);
        _session.State = _session.Description is null ? RtspServerState.ReadyToPlay : RtspServerState.ReadyToRecord;
        _replies.Write(request, 200, $"Transport: {_setup.Ask.Agree(ports, ssrc)}\r\n{SessionHeader}");
    }

    /// <summary>Answers PLAY.</summary>
    /// <param name="beginnings">Where each track begins: track, number of its first packet, and the RTP time of the same moment for all. Empty if it is not known.</param>
    public void AcceptPlay(IReadOnlyList<(int Track, ushort Sequence, uint Time)> beginnings)
    {
        var request = Take(RtspServerEventKind.Play);
        _session.State = RtspServerState.Playing;
        var info = string.Join(
            ',',
            beginnings.Select(b =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"url={RtspTarget.BaseOf(request.Uri)}/{RtspTarget.ControlOf(b.Track)};seq={b.Sequence};rtptime={b.Time}"
                )
            )
        );
        _replies.Write(request, 200, $"Range: npt=0.000-\r\n{(info.Length > 0 ? $"RTP-Info: {info}\r\n" : "")}{SessionHeader}");
    }

    /// <summary>Answers ANNOUNCE or RECORD.</summary>
    public void Accept()
    {
        var request = _request ?? throw new InvalidOperationException("No request waits for an answer.");
        _request = null;
        if (request.Method == "RECORD")
        {
            _session.State = RtspServerState.Recording;
        }
        _replies.Write(request, 200, SessionHeader);
    }

    /// <summary>Refuses the request that waits.</summary>
    /// <param name="status">The status; 401 asks for a key as the password of any user.</param>
    public void Refuse(int status)
    {
        var request = _request ?? throw new InvalidOperationException("No request waits for an answer.");
        _request = null;
        if (request.Method == "ANNOUNCE")
        {
            _session = new RtspServerSession();
        }
        _replies.Write(request, status, status == 401 ? "WWW-Authenticate: Basic realm=\"MuMu Camera\"\r\n" : "");
    }

    /// <summary>Ends the connection from our side.</summary>
    /// <param name="reason">A sentence for the log.</param>
    public void Close(string reason)
    {
        _request = null;
        _end ??= reason;
    }

    /// <summary>Reads the next event.</summary>
    public bool TryRead(out RtspServerEvent e)
    {
        e = default;
        while (!IsWaiting && _end is null)
        {
            var token = _parser.Read();
            if (token == RtspToken.Error || _parser.Junk > 0)
            {
                End(400, "What the client sends is not RTSP.");
                break;
            }
            if (token == RtspToken.None)
            {
                return false;
            }
            _idleSince = _now;
            if (token == RtspToken.Interleaved)
            {
                e = new RtspServerEvent
                {
                    Kind = RtspServerEventKind.Interleaved,
                    Channel = _parser.Channel,
                    Payload = _parser.Payload,
                };
                return true;
            }
            if (OnMessage(_parser.Message, out e))
            {
                return true;
            }
        }
        if (_end is null || _hasToldEnd)
        {
            return false;
        }
        _hasToldEnd = true;
        e = new RtspServerEvent { Kind = RtspServerEventKind.Ended, Reason = _end };
        return true;
    }

    private string SessionHeader =>
        string.Create(CultureInfo.InvariantCulture, $"Session: {options.SessionId};timeout={(int)options.SessionTimeout.TotalSeconds}\r\n");

    private bool OnMessage(RtspMessage request, out RtspServerEvent e)
    {
        e = default;
        if (request.Status != 0)
        {
            return false; // An answer to a question we never asked.
        }
        var status = RtspRequestRules.Check(request, _session.State, options.SessionId);
        if (status == 0)
        {
            status = Begin(request, out e);
        }
        if (status == 0)
        {
            return true;
        }
        _replies.Write(
            request,
            status,
            status == 200 && request.Method == "OPTIONS" ? Methods
                : status == 200 && _session.State != RtspServerState.None ? SessionHeader
                : RtspReplies.HeadersOf(request, status)
        );
        return e.Kind is RtspServerEventKind.Paused or RtspServerEventKind.TornDown && status == 200;
    }

    /// <summary>Carries a request out, or hands it to the driver: then 0.</summary>
    private int Begin(RtspMessage request, out RtspServerEvent e)
    {
        e = default;
        RtspTarget target = default;
        if (request.Method is "DESCRIBE" or "ANNOUNCE" or "SETUP" && !RtspTarget.TryParse(request.Uri, out target))
        {
            return 400;
        }
        switch (request.Method)
        {
            case "DESCRIBE":
                return Hand(RtspServerEventKind.Describe, request, target.Path, out e);
            case "ANNOUNCE":
                if (!SessionDescription.TryParse(request.Body, out var description, out _) || description.Media.Count == 0)
                {
                    return 400;
                }
                _session = new RtspServerSession(target.Path, request.Uri, description);
                return Hand(RtspServerEventKind.Announce, request, target.Path, out e);
            case "SETUP":
                var status = _session.Judge(request, target, options, out _setup.Track, out _setup.Ask);
                return status == 0 ? Hand(RtspServerEventKind.Setup, request, _session.Path, out e) : status;
            case "PLAY" when _session.State == RtspServerState.ReadyToPlay:
                return Hand(RtspServerEventKind.Play, request, _session.Path, out e);
            case "RECORD":
                return Hand(RtspServerEventKind.Record, request, _session.Path, out e);
            case "PAUSE" when _session.State == RtspServerState.Playing:
                _session.State = RtspServerState.ReadyToPlay;
                e = new RtspServerEvent { Kind = RtspServerEventKind.Paused };
                return 200;
            case "TEARDOWN":
                _session = new RtspServerSession();
                _bareSince = _now;
                e = new RtspServerEvent { Kind = RtspServerEventKind.TornDown };
                return 200;
            default:
                return 200; // OPTIONS, GET_PARAMETER, SET_PARAMETER; PLAY and PAUSE that change nothing
        }
    }

    private int Hand(RtspServerEventKind kind, RtspMessage request, string path, out RtspServerEvent e)
    {
        _request = request;
        e = new RtspServerEvent
        {
            Kind = kind,
            Path = path,
            Authorization = request.Get("Authorization"),
            Track = _setup.Track,
            Transport = _setup.Ask,
            Description = kind == RtspServerEventKind.Announce ? _session.Description : null,
        };
        return 0;
    }

    private RtspMessage Take(RtspServerEventKind kind)
    {
        var request = _request;
        if (request is null || !request.Method.Equals(kind.ToString(), StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException($"No {kind} request waits for an answer.");
        }
        _request = null;
        return request;
    }

    private void End(int status, string reason)
    {
        _replies.Write(null, status, "Connection: close\r\n");
        _end = reason;
    }
}
