// The media of a session: packets from connection or ports to the receivers, units to the sink, reports to the camera.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mumu.Media.Units;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;
using Mumu.Protocols.Rtsp;

namespace Mumu.Media.Sources.Rtsp;

/// <summary>Receives all tracks of a session; called from its loop only.</summary>
internal sealed class RtspMedia : IDisposable
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeyFrameInterval = TimeSpan.FromSeconds(1);

    private readonly RtspTrackReceiver[] _tracks;
    private readonly int _main; // the track that must not stay away: the picture, or the sound where there is none
    private readonly IPAddress? _camera;
    private readonly IUnitSink _sink;
    private readonly TimeSpan _stallTimeout;
    private readonly Ssrc _reporter = new((uint)Random.Shared.NextInt64(1, uint.MaxValue));
    private readonly byte[] _report = new byte[128];
    private RtspClient? _client; // once it plays
    private TimeSpan _lastPacket;
    private TimeSpan _nextReport;
    private TimeSpan _nextKeyFrameRequest;
    private bool _wantsKeyFrame;
    private bool _isAnnounced;
    private bool _hasPackets;

    internal RtspMedia(IReadOnlyList<RtspTrack> tracks, SourceConnection? udp, IUnitSink sink, TimeSpan stallTimeout)
    {
        (_sink, _stallTimeout, _camera) = (sink, stallTimeout, udp?.Remote.Address);
        _tracks = [.. tracks.Select(track => new RtspTrackReceiver(track, udp is null ? null : UdpPortPair.Bind(udp.Local.Address)))];
        _main = Math.Max(0, Array.FindIndex(_tracks, track => track.IsVideo));
    }

    internal bool HasPlayed => _client is not null;

    internal IReadOnlyList<RtspSetup> Setups => [.. _tracks.Select(track => new RtspSetup(track.Track.Media, track.Ports?.Port))];

    internal TimeSpan? NextDeadline
    {
        get
        {
            TimeSpan? next = HasPlayed ? (_lastPacket + _stallTimeout < _nextReport ? _lastPacket + _stallTimeout : _nextReport) : null;
            foreach (var track in _tracks)
            {
                if (track.Receiver.NextDeadline is { } gap && !(next < gap))
                {
                    next = gap;
                }
            }
            return next;
        }
    }

    internal UdpPortPair? PortsOf(int track) => _tracks[track].Ports;

    /// <summary>The camera plays: puts the tracks on one timeline and starts the watch over them.</summary>
    internal void Play(RtspClient client, TimeSpan now)
    {
        _client = client;
        (_lastPacket, _nextReport) = (now, now + ReportInterval);
        var beginnings = _tracks
            .Select((track, i) => RtspRtpInfo.Find(client.RtpInfo, client.ControlOf(track.Track.Media), i, _tracks.Length)?.RtpTime)
            .ToArray();
        for (var i = 0; i < _tracks.Length; i++)
        {
            var receiver = _tracks[i].Receiver;
            receiver.Timeline.Origin ??= now;
            if (!receiver.Timeline.HasStarted && beginnings.All(time => time is not null))
            {
                receiver.Timeline.Start(new RtpTimestamp(beginnings[i]!.Value), 0, now);
            }
            OpenPath(_tracks[i], client.Transports[i]);
        }
        AnnounceIfKnown();
    }

    internal void ReceiveInterleaved(RtspClient client, int channel, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        for (var i = 0; i < client.Transports.Count; i++)
        {
            if (client.Transports[i].Channel == channel)
            {
                ReceiveRtp(i, packet, now);
            }
            else if (client.Transports[i].Channel + 1 == channel)
            {
                ReceiveRtcp(i, packet, now);
            }
        }
    }

    internal void ReceiveRtp(int index, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        if (RtpHeader.IsRtcp(packet))
        {
            ReceiveRtcp(index, packet, now); // one port or channel for both
            return;
        }
        var track = _tracks[index];
        track.Receiver.Timeline.Origin ??=
            _tracks.Select(other => other.Receiver.Timeline.Origin).FirstOrDefault(origin => origin is not null) ?? now;
        if (track.Receiver.Receive(packet, now) && index == _main)
        {
            (_lastPacket, _hasPackets) = (now, true);
        }
        Publish(index, now);
    }

    internal void ReceiveRtcp(int index, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        if (_tracks[index].Receiver.ReceiveRtcp(packet, now) && index == _main)
        {
            throw new SourceException(SourceFailure.Stalled, "The camera ended its stream.");
        }
    }

    internal void RequestKeyFrame() => _wantsKeyFrame = true;

    /// <exception cref="SourceException">The picture has stayed away too long.</exception>
    internal void Tick(TimeSpan now)
    {
        for (var i = 0; i < _tracks.Length; i++)
        {
            _tracks[i].Receiver.Tick(now);
            Publish(i, now);
        }
        if (!HasPlayed)
        {
            return;
        }
        if (now - _lastPacket >= _stallTimeout)
        {
            throw Stalled();
        }
        if (now >= _nextReport)
        {
            _nextReport = now + ReportInterval;
            for (var i = 0; i < _tracks.Length; i++)
            {
                Send(i, _tracks[i].Receiver.WriteReport(_report, _reporter, "mumu"u8, now));
            }
        }
        AskForKeyFrame(now);
    }

    public void Dispose()
    {
        foreach (var track in _tracks)
        {
            track.Ports?.Dispose();
        }
    }

    private SourceException Stalled()
    {
        var seconds = _stallTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        return new SourceException(
            SourceFailure.Stalled,
            _hasPackets ? $"The camera has sent nothing for {seconds} s."
                : _camera is not null ? "The camera's packets do not arrive over UDP. A firewall may be in the way; try TCP."
                : "The camera plays, but sends nothing."
        );
    }

    private void Publish(int index, TimeSpan now)
    {
        var track = _tracks[index];
        while (track.Receiver.TryRead(out var made))
        {
            AnnounceIfKnown();
            if (!_isAnnounced || made.Data.IsEmpty)
            {
                continue; // Sound before the first picture, of which nothing is known yet.
            }
            var unit = Unit.Copy(made.Data);
            (unit.Track, unit.Timestamp, unit.Arrival, unit.IsKeyFrame) = (index, made.Timestamp, now, made.IsKeyFrame);
            _sink.Publish(unit);
        }
        _wantsKeyFrame |= track.Receiver.Lost > 0 && track.Receiver.Depacketizer is { NeedsKeyFrame: true };
    }

    private void AnnounceIfKnown()
    {
        if (!_isAnnounced && _client is not null && Array.TrueForAll(_tracks, track => track.IsFormatKnown))
        {
            _isAnnounced = true;
            _sink.Announce([.. _tracks.Select(track => track.Format)]);
        }
    }

    private void AskForKeyFrame(TimeSpan now)
    {
        if (!_wantsKeyFrame || now < _nextKeyFrameRequest || !_tracks[_main].Track.AnswersKeyFrameRequests)
        {
            return;
        }
        (_wantsKeyFrame, _nextKeyFrameRequest) = (false, now + KeyFrameInterval);
        if (_tracks[_main].Receiver.Source is { } source)
        {
            var length = _tracks[_main].Receiver.WriteReport(_report, _reporter, "mumu"u8, now);
            length += new PictureLoss(_reporter, source).Write(_report.AsSpan(length));
            Send(_main, length);
        }
    }

    private void Send(int index, int length)
    {
        if (length == 0)
        {
            return;
        }
        var transport = _client!.Transports[index];
        if (transport.Channel is { } channel)
        {
            _client.SendInterleaved(channel + 1, _report.AsSpan(0, length));
        }
        else if (transport.ServerControlPort is { } port)
        {
            SendTo(_tracks[index].Ports!.Rtcp, port, _report.AsSpan(0, length));
        }
    }

    // A first datagram each way out lets the answers in through firewalls that keep state.
    private void OpenPath(RtspTrackReceiver track, RtspTransport transport)
    {
        if (track.Ports is null || transport.ServerPort is not { } port)
        {
            return;
        }
        Span<byte> packet = stackalloc byte[RtpHeader.MinLength];
        RtpHeader.Write(packet, 0, false, default, default, _reporter);
        SendTo(track.Ports.Rtp, port, packet);
        var length = ReceiverReport.Write(packet, _reporter);
        SendTo(track.Ports.Rtcp, transport.ServerControlPort ?? port + 1, packet[..length]);
    }

    private void SendTo(Socket socket, int port, ReadOnlySpan<byte> packet)
    {
        try
        {
            socket.SendTo(packet, SocketFlags.None, new IPEndPoint(_camera!, port));
        }
        catch (SocketException)
        {
            // A report is a courtesy; the next one follows in seconds.
        }
    }
}
