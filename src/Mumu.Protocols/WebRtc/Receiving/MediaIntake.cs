// From packets in any order to units: one receiver a track.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Depacketizers;

namespace Mumu.Protocols.WebRtc.Receiving;

/// <summary>Puts the tracks of a publisher in order and together. Lost pictures are waited out, and a key frame asked for.</summary>
internal sealed class MediaIntake
{
    private static readonly TimeSpan s_keyFrameInterval = TimeSpan.FromMilliseconds(500);

    // Long enough for a packet to be asked for twice over a path of 150 ms.
    private static readonly RtpReceiverOptions s_order = new(1024, TimeSpan.FromMilliseconds(400));

    private readonly IReadOnlyList<IncomingTrack> _tracks;
    private readonly RtpReceiver[] _receivers;
    private readonly long[] _last;
    private readonly int _main;
    private readonly TrackAlignment?[] _alignments;
    private TimeSpan? _origin;
    private TimeSpan? _nextKeyFrameRequest;

    internal MediaIntake(IReadOnlyList<IncomingTrack> tracks)
    {
        _tracks = tracks;
        _receivers = [.. tracks.Select(track => new RtpReceiver(DepacketizerFor(track.Codec), track.ClockRate, s_order))];
        _last = [.. tracks.Select(_ => long.MinValue)];
        _main = Math.Max(0, tracks.ToList().FindIndex(track => track.IsVideo));
        _alignments = [.. tracks.Select((track, i) => i == _main || track.IsVideo ? null : new TrackAlignment(tracks[_main], track))];
    }

    internal TimeSpan? NextDeadline
    {
        get
        {
            var next = _nextKeyFrameRequest;
            foreach (var receiver in _receivers)
            {
                next = PeerTransport.Earlier(next, receiver.NextDeadline);
            }
            return next;
        }
    }

    internal void Take(IncomingTrack track, ReadOnlySpan<byte> packet, TimeSpan now)
    {
        for (var i = 0; i < _tracks.Count; i++)
        {
            if (_tracks[i] == track)
            {
                _origin ??= now; // one for all tracks, so that sound and picture stay together
                _receivers[i].Timeline.Origin ??= _origin;
                if (!_receivers[i].Timeline.HasStarted && RtpPacket.TryParse(packet, out var first))
                {
                    _alignments[i]?.Begin(_receivers[_main].Timeline, _receivers[i].Timeline, first.Timestamp, now);
                }
                _receivers[i].Receive(packet, now);
            }
        }
    }

    /// <summary>Sender reports may have come: puts the tracks where they say.</summary>
    internal void Align()
    {
        for (var i = 0; i < _receivers.Length; i++)
        {
            _alignments[i]?.Align(_receivers[_main].Timeline, _receivers[i].Timeline);
        }
    }

    /// <summary>Gives up gaps whose time is up; true if a key frame should be asked for.</summary>
    internal bool Tick(TimeSpan now)
    {
        var needsKeyFrame = false;
        foreach (var receiver in _receivers)
        {
            receiver.Tick(now);
            needsKeyFrame |= receiver.Source is not null && receiver.Depacketizer.NeedsKeyFrame;
        }
        if (!needsKeyFrame)
        {
            _nextKeyFrameRequest = null;
            return false;
        }
        if (now < _nextKeyFrameRequest)
        {
            return false;
        }
        var isFirst = _nextKeyFrameRequest is null && Array.TrueForAll(_receivers, receiver => receiver.Lost == 0);
        _nextKeyFrameRequest = now + s_keyFrameInterval;
        return !isFirst; // who begins, begins with one
    }

    internal bool TryRead(out int track, out DepacketizedUnit unit)
    {
        for (track = 0; track < _receivers.Length; track++)
        {
            while (_receivers[track].TryRead(out unit))
            {
                if (_tracks[track].IsVideo || unit.Timestamp > _last[track])
                {
                    _last[track] = unit.Timestamp;
                    return true;
                }
                // Sound whose own clock goes back.
            }
        }
        unit = default;
        return false;
    }

    /// <summary>What the band has told of a track's format so far, see <see cref="ParameterSets"/>.</summary>
    internal byte[] ConfigurationOf(int track) =>
        _receivers[track].Depacketizer is NalDepacketizer nals ? nals.ParameterSets.ToArray() : [];

    private static IRtpDepacketizer DepacketizerFor(Codec codec) =>
        codec switch
        {
            Codec.H264 => new H264Depacketizer(),
            Codec.H265 => new H265Depacketizer(),
            Codec.Vp8 => new Vp8Depacketizer(),
            Codec.Vp9 => new Vp9Depacketizer(),
            Codec.Av1 => new Av1Depacketizer(),
            _ => new WholeFrameDepacketizer(),
        };
}
