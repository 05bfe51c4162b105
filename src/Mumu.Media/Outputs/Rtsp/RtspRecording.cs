// A connection that publishes to a path.
using Mumu.Media.Outputs.Connections;
using Mumu.Media.Publishing;
using Mumu.Media.Sources.Rtsp;
using Mumu.Media.Units;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;
using Mumu.Protocols.Rtsp.Server;
using Mumu.Protocols.Sdp;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>From ANNOUNCE to the end: chosen tracks, their lanes, and from RECORD on the publication.</summary>
internal sealed class RtspRecording : IRtspPart
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_keyFrameInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new(); // packets come on the connection's task and on the ports' threads
    private readonly Dictionary<int, RtspLane> _lanes = [];
    private readonly RtspServerConnection _connection;
    private readonly RtspServerHost _host;
    private readonly Admission _admission;
    private readonly IReadOnlyList<RtspTrack> _chosen;
    private readonly Ssrc _reporter = new((uint)Random.Shared.NextInt64(1, uint.MaxValue));
    private Publication? _publication;
    private RecordedMedia? _media;
    private TimeSpan _nextReport;
    private TimeSpan _nextKeyFrameRequest;
    private TimeSpan _began;

    private RtspRecording(RtspServerConnection connection, RtspServerHost host, Admission admission, IReadOnlyList<RtspTrack> chosen) =>
        (_connection, _host, _admission, _chosen) = (connection, host, admission, chosen);

    internal static async Task<RtspRecording> BeginAsync(
        RtspAsk ask,
        RtspServerConnection connection,
        RtspServerHost host,
        CancellationToken cancellation
    )
    {
        var caller = new RtspCaller(ask.Path, ask.Authorization, connection.Remote, Publishes: true);
        var admission = await host.AdmitAsync(caller, cancellation).ConfigureAwait(false);
        return new RtspRecording(connection, host, admission, Choose(ask.Description!));
    }

    public (int Rtp, int Rtcp) SetUp(int track, RtspTransportAsk transport)
    {
        if (transport.IsTcp)
        {
            _lanes[track] = new RtspLane(transport.First, transport.Second);
            return default;
        }
        var rtp = TransportAddress.From(_connection.Remote.Address, transport.First);
        var rtcp = rtp.WithPort(transport.Second);
        if (!_host.Routes.TryAdd(rtp, rtcp, (packet, isRtcp) => Receive(track, packet, isRtcp, _host.Now)))
        {
            throw new RefusedException(461, "Another client has these ports.");
        }
        _lanes[track] = new RtspLane(0, 0, rtp, rtcp);
        return _host.UdpPorts;
    }

    /// <summary>Begins to publish.</summary>
    /// <exception cref="RefusedException">The path can't be had.</exception>
    internal async Task StartAsync(CancellationToken cancellation)
    {
        RtspTrack[] used = [.. _chosen.Where(t => _lanes.ContainsKey(t.Media))];
        if (used.Length == 0)
        {
            throw new RefusedException(455, "None of the tracks that can be passed on was set up.");
        }
        var publisher = new Publisher(_connection.IsTls ? "rtsps" : "rtsp", _connection.Remote.ToString(), _admission.Key)
        {
            RequestKeyFrame = RequestKeyFrame,
            Transport = _lanes.Values.Any(lane => lane.Rtp is not null) ? "UDP" : "TCP",
            Connection = _connection.Id,
        };
        var publication = await _admission.PublishAsync!(publisher, cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            _began = _host.Now;
            _nextReport = _began + s_reportInterval;
            _publication = publication;
            _media = new RecordedMedia([.. used.Select(t => new RecordedTrack(t, _lanes[t.Media]))], publication);
        }
        _ = FollowAsync(publication);
    }

    public void Receive(int channel, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        foreach (var (track, lane) in _lanes)
        {
            if (lane.Rtp is null && (lane.Channel == channel || lane.ControlChannel == channel))
            {
                Receive(track, packet, lane.ControlChannel == channel, now);
                return;
            }
        }
    }

    public string? Stalled(TimeSpan now)
    {
        lock (_gate)
        {
            if (_media is not { } media)
            {
                return null;
            }
            if (now - (media.LastPacket ?? _began) > _host.Settings.StallTimeout)
            {
                return "The publisher has sent nothing for too long.";
            }
            _connection.NoteAlive();
            if (now >= _nextReport)
            {
                _nextReport = now + s_reportInterval;
                foreach (var track in media.Tracks)
                {
                    Report(track, asksForKeyFrame: false, now);
                }
            }
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes.Values)
        {
            if (lane is { Rtp: { } rtp, Rtcp: { } rtcp })
            {
                _host.Routes.Remove(rtp, rtcp);
            }
        }
        lock (_gate)
        {
            _media = null;
        }
        _publication?.End("The publisher has left.");
        return ValueTask.CompletedTask;
    }

    private static IReadOnlyList<RtspTrack> Choose(SessionDescription description)
    {
        try
        {
            return RtspTrackChoice.Choose(description);
        }
        catch (SourceException refused)
        {
            throw new RefusedException(415, refused.Message);
        }
    }

    private void Receive(int mediaIndex, ReadOnlySpan<byte> packet, bool isRtcp, TimeSpan now)
    {
        lock (_gate)
        {
            if (_media is not { } media)
            {
                return; // Before RECORD, or after the end.
            }
            for (var i = 0; i < media.Tracks.Count; i++)
            {
                if (media.Tracks[i].Track.Media != mediaIndex)
                {
                    continue;
                }
                if (!isRtcp && !RtpHeader.IsRtcp(packet))
                {
                    media.ReceiveRtp(i, packet, now);
                }
                else if (media.ReceiveRtcp(i, packet, now) && media.Tracks[i] == media.Main)
                {
                    _connection.Abort("The publisher has said goodbye.");
                }
            }
        }
    }

    private async Task FollowAsync(Publication publication) => _connection.Abort(await publication.Ended.ConfigureAwait(false)); // no harm where the connection is what ended it

    private void RequestKeyFrame()
    {
        lock (_gate)
        {
            var now = _host.Now;
            if (_media is { Main.Track.AnswersKeyFrameRequests: true } media && now >= _nextKeyFrameRequest)
            {
                _nextKeyFrameRequest = now + s_keyFrameInterval;
                Report(media.Main, asksForKeyFrame: true, now);
            }
        }
    }

    private void Report(RecordedTrack track, bool asksForKeyFrame, TimeSpan now)
    {
        var bytes = new byte[RtspFrame.Prefix + 128];
        var report = bytes.AsSpan(RtspFrame.Prefix);
        var length = track.Receiver.WriteReport(report, _reporter, "mumu"u8, now);
        if (length == 0)
        {
            return;
        }
        if (asksForKeyFrame)
        {
            length += new PictureLoss(_reporter, track.Receiver.Source!.Value).Write(report[length..]);
        }
        if (track.Lane.Rtcp is { } address)
        {
            _host.SendReport(report[..length].ToArray(), address);
            return;
        }
        bytes[0] = (byte)'$';
        bytes[1] = (byte)track.Lane.ControlChannel;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)length);
        _connection.Outbox.Post(bytes.AsMemory(0, RtspFrame.Prefix + length));
    }
}
