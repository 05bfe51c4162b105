// A connection that reads a path.
using Mumu.Media.Outputs.Connections;
using Mumu.Protocols.Rtp.Rtcp;
using Mumu.Protocols.Rtsp.Server;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>From the first SETUP to the end: its tracks, and between PLAY and PAUSE its reader on the loop.</summary>
internal sealed class RtspPlaying : IRtspPart
{
    private static readonly TimeSpan s_joinLimit = TimeSpan.FromSeconds(5);
    private readonly Dictionary<int, RtspLane> _lanes = [];
    private readonly RtspServerConnection _connection;
    private readonly RtspServerHost _host;
    private readonly Admission _admission;
    private readonly RtspTracks _tracks;
    private readonly CancellationTokenRegistration _retired;
    private RtspReader? _reader;
    private IDisposable? _joined;
    private long _bytesBefore;

    private RtspPlaying(RtspServerConnection connection, RtspServerHost host, Admission admission, RtspTracks tracks)
    {
        (_connection, _host, _admission, _tracks) = (connection, host, admission, tracks);
        _retired = admission.Retired.Register(() => connection.Abort("The path was removed or its settings changed."));
    }

    /// <summary>Asks whether the client may read, and waits for the stream to play.</summary>
    /// <exception cref="RefusedException">No, or it does not play.</exception>
    internal static async Task<(Admission Admission, RtspTracks Tracks)> AdmitAsync(
        RtspAsk ask,
        RtspServerConnection connection,
        RtspServerHost host,
        CancellationToken cancellation
    )
    {
        var caller = new RtspCaller(ask.Path, ask.Authorization, connection.Remote, Publishes: false);
        var admission = await host.AdmitAsync(caller, cancellation).ConfigureAwait(false);
        await admission.WaitReadyAsync(host.Settings.StreamTimeout, host.Time, cancellation).ConfigureAwait(false);
        var tracks = new RtspTracks(admission.Stream!.Tracks);
        return tracks.All.Count > 0 ? (admission, tracks) : throw new RefusedException(415, "RTSP carries none of the stream's formats.");
    }

    internal static async Task<RtspPlaying> BeginAsync(
        RtspAsk ask,
        RtspServerConnection connection,
        RtspServerHost host,
        CancellationToken cancellation
    )
    {
        var (admission, tracks) = await AdmitAsync(ask, connection, host, cancellation).ConfigureAwait(false);
        return new RtspPlaying(connection, host, admission, tracks);
    }

    public (int Rtp, int Rtcp) SetUp(int track, RtspTransportAsk transport)
    {
        if (track >= _tracks.All.Count)
        {
            throw new RefusedException(404, "There is no such track.");
        }
        if (transport.IsTcp)
        {
            _lanes[track] = new RtspLane(transport.First, transport.Second);
            return default;
        }
        // To the client's own address only: whoever asks can have nobody else flooded.
        var rtp = TransportAddress.From(_connection.Remote.Address, transport.First);
        var rtcp = rtp.WithPort(transport.Second);
        if (!_host.Routes.TryAdd(rtp, rtcp, (packet, isRtcp) => OnReport(packet, isRtcp)))
        {
            throw new RefusedException(461, "Another client has these ports.");
        }
        _lanes[track] = new RtspLane(0, 0, rtp, rtcp);
        return _host.UdpPorts;
    }

    /// <summary>Joins the stream, held: where each track begins, empty if that is not known.</summary>
    internal async Task<IReadOnlyList<(int Track, ushort Sequence, uint Time)>> JoinAsync(CancellationToken cancellation)
    {
        var feed = _host.Acquire(_admission.Stream!, _tracks);
        _reader = new RtspReader(feed, _lanes, _connection.Outbox, _connection.Abort) { SendReport = _host.SendReport };
        _host.Post(new RtspCommand(RtspCommandKind.Join, _reader));
        _joined ??= _admission.Join?.Invoke(
            new ReaderInfo(
                _connection.IsTls ? "rtsps" : "rtsp",
                _connection.Remote.ToString(),
                () => Volatile.Read(ref _bytesBefore) + (_reader?.Bytes ?? (IsUdp ? 0 : _connection.Outbox.Written)),
                () => _connection.Abort("The reader was ended by an administrator.")
            )
            {
                IsUdp = IsUdp,
                Connection = _connection.Id,
            }
        );
        try
        {
            return await _reader.Joined.Task.WaitAsync(s_joinLimit, _host.Time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new RefusedException(503, "The server is too busy to begin now.");
        }
    }

    /// <summary>Lets what is held go.</summary>
    internal void Start()
    {
        _host.NotePlaying(_admission, _connection, this);
        _host.Post(new RtspCommand(RtspCommandKind.Start, _reader!));
    }

    /// <summary>True over UDP, for logs.</summary>
    internal bool IsUdp => _reader?.IsUdp == true;

    internal void Pause()
    {
        if (_reader is { } reader)
        {
            _bytesBefore += reader.IsUdp ? reader.Bytes : 0;
            _reader = null;
            _host.Retire(reader);
        }
    }

    // Whatever the client says on the connection is a sign of life, which the core has noted.
    public void Receive(int channel, ReadOnlySpan<byte> packet, TimeSpan now) { }

    public string? Stalled(TimeSpan now)
    {
        // Over TCP the other end lives as long as it takes what we write, which the connection watches.
        if (_reader is { IsUdp: false })
        {
            _connection.NoteAlive();
        }
        return null;
    }

    public ValueTask DisposeAsync()
    {
        _retired.Dispose();
        Pause();
        _joined?.Dispose();
        foreach (var lane in _lanes.Values)
        {
            if (lane is { Rtp: { } rtp, Rtcp: { } rtcp })
            {
                _host.Routes.Remove(rtp, rtcp);
            }
        }
        return ValueTask.CompletedTask;
    }

    private void OnReport(ReadOnlySpan<byte> packet, bool isRtcp)
    {
        if (!isRtcp)
        {
            return; // A first datagram opens the client's firewall; that is all it says.
        }
        foreach (var report in new RtcpReader(packet))
        {
            if (report.Type == RtcpType.Bye)
            {
                return;
            }
        }
        _connection.NoteAlive();
    }
}
