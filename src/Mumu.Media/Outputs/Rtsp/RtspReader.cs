// One RTSP reader on the loop that serves it.
using Mumu.Io;
using Mumu.Media.Outputs.Connections;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>How one track reaches a reader.</summary>
/// <param name="Channel">Channel on the connection.</param>
/// <param name="ControlChannel">Its RTCP channel.</param>
/// <param name="Rtp">Where to over UDP; null over TCP.</param>
/// <param name="Rtcp">Where reports go over UDP.</param>
internal sealed record RtspLane(int Channel, int ControlChannel, TransportAddress? Rtp = null, TransportAddress? Rtcp = null);

/// <summary>
/// A reader of a feed. A frame that its connection does not take, or that the network's buffer does not, is dropped and counted, and so is what follows until the next key frame: the others never wait for it.
/// </summary>
internal sealed class RtspReader(RtspFeed feed, IReadOnlyDictionary<int, RtspLane> lanes, Outbox outbox, Action<string> end)
{
    private const double PacketsPerMillisecond = 16;
    private const double MostCredit = 128;

    private readonly Queue<RtspFrame> _waiting = new(); // held until it starts; over UDP also what the pace holds back
    private bool _needsKeyFrame = true;
    private int _packet; // of the first waiting frame, over UDP
    private double _credit = MostCredit;
    private TimeSpan _lastTurn;
    private long _dropped;
    private long _sent;

    internal RtspFeed Feed => feed;

    /// <summary>Completes on the loop once it has joined: where each track begins, empty if that is not known.</summary>
    internal TaskCompletionSource<IReadOnlyList<(int Track, ushort Sequence, uint Time)>> Joined { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal bool IsStarted { get; private set; }

    internal bool IsUdp { get; } = lanes.Values.Any(l => l.Rtp is not null);

    /// <summary>Frames dropped because the reader was too slow.</summary>
    internal long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Bytes sent.</summary>
    internal long Bytes => IsUdp ? Volatile.Read(ref _sent) : outbox.Written;

    /// <summary>True while the pace holds packets back.</summary>
    internal bool IsPaced => IsStarted && IsUdp && _waiting.Count > 0;

    /// <summary>Takes the cached group.</summary>
    internal void Join(IReadOnlyList<RtspFrame> group)
    {
        long bytes = 0;
        foreach (var frame in group)
        {
            Offer(frame);
            bytes += frame.Length;
        }
        outbox.Limit = Math.Max(outbox.Limit, 2 * bytes);
        Joined.TrySetResult(group.Count == 0 ? [] : Beginnings(group));
    }

    /// <summary>The client knows that it plays: sends what was held.</summary>
    internal void Start()
    {
        IsStarted = true;
        foreach (var track in lanes.Keys)
        {
            if (feed.Report(track) is { } report)
            {
                Send(report, track);
            }
        }
        while (!IsUdp && _waiting.TryDequeue(out var frame))
        {
            Send(frame);
            frame.Release();
        }
    }

    /// <summary>Takes the next frame of the feed.</summary>
    internal void Offer(RtspFrame frame)
    {
        if (!lanes.ContainsKey(frame.Track))
        {
            _needsKeyFrame &= !frame.StartsGroup; // Who takes the sound alone starts where all start.
            return;
        }
        if (_needsKeyFrame && !frame.StartsGroup)
        {
            _dropped += IsStarted ? 1 : 0;
            return;
        }
        _needsKeyFrame = false;
        if (IsStarted && !IsUdp)
        {
            Send(frame);
        }
        else
        {
            Hold(frame);
        }
    }

    /// <summary>The feed has lost frames.</summary>
    internal void Interrupt() => _needsKeyFrame = true;

    /// <summary>Sends a report of a track.</summary>
    internal void Send(RtspFrame report, int track)
    {
        if (!IsStarted || !lanes.TryGetValue(track, out var lane))
        {
            return;
        }
        if (lane.Rtcp is { } address)
        {
            SendReport?.Invoke(report.Packet(0).ToArray(), address);
        }
        else
        {
            Post(report, lane.ControlChannel, 2 * track + 1);
        }
    }

    /// <summary>Sends over the port of RTCP.</summary>
    internal Action<byte[], TransportAddress>? SendReport { get; init; }

    /// <summary>Sends what the pace allows, over UDP.</summary>
    internal void Pump(UdpSendBatch output, TimeSpan now)
    {
        _credit = Math.Min(MostCredit, _credit + (now - _lastTurn).TotalMilliseconds * PacketsPerMillisecond);
        _lastTurn = now;
        while (_credit >= 1 && _waiting.TryPeek(out var frame))
        {
            var address = lanes[frame.Track].Rtp!.Value;
            while (_packet < frame.PacketCount && _credit >= 1)
            {
                var count = RunOf(frame, _packet, (int)_credit, out var size);
                var room = output.Reserve(size);
                if (room.IsEmpty)
                {
                    return; // The kernel is full; what waits is tried again at the next turn.
                }
                for (var i = 0; i < count; i++)
                {
                    var packet = frame.Packet(_packet + i);
                    packet.CopyTo(room);
                    room = room[packet.Length..];
                }
                output.Commit(size, frame.Packet(_packet).Length, address);
                Volatile.Write(ref _sent, _sent + size);
                _packet += count;
                _credit -= count;
            }
            if (_packet < frame.PacketCount)
            {
                return;
            }
            _waiting.Dequeue();
            _packet = 0;
            frame.Release();
        }
    }

    /// <summary>Ends the reader's connection.</summary>
    internal void End(string reason) => end(reason);

    /// <summary>Lets go of what it holds.</summary>
    internal void Leave()
    {
        while (_waiting.TryDequeue(out var frame))
        {
            frame.Release();
        }
        Joined.TrySetCanceled();
    }

    private void Send(RtspFrame frame)
    {
        var lane = lanes[frame.Track];
        // Once behind, only a key frame that finds room brings it back.
        if ((frame.StartsGroup && outbox.IsBehind) || !Post(frame, lane.Channel, 2 * frame.Track))
        {
            _dropped++;
            _needsKeyFrame = true;
        }
    }

    private bool Post(RtspFrame frame, int channel, int usual) =>
        channel == usual ? outbox.TryPost(frame) : outbox.TryPost(frame.CopyFor(channel));

    private void Hold(RtspFrame frame)
    {
        if (_waiting.Count >= MostWaiting)
        {
            _dropped++;
            _needsKeyFrame = true;
            return;
        }
        frame.AddReference();
        _waiting.Enqueue(frame);
    }

    private const int MostWaiting = 4096;

    // Packets of equal size leave as one message; a shorter one may end it.
    private static int RunOf(RtspFrame frame, int first, int most, out int size)
    {
        var segment = frame.Packet(first).Length;
        var count = 1;
        size = segment;
        most = Math.Min(most, UdpSendBatch.MaxSegments);
        while (count < most && first + count < frame.PacketCount)
        {
            var length = frame.Packet(first + count).Length;
            if (length > segment || size + length > UdpSendBatch.MaxMessageBytes)
            {
                break;
            }
            size += length;
            count++;
            if (length < segment)
            {
                break;
            }
        }
        return count;
    }

    private List<(int, ushort, uint)> Beginnings(IReadOnlyList<RtspFrame> group)
    {
        var first = group[0];
        var moment = RtspClock.ToSpan(first.Time, feed.Tracks.All[first.Track].Format.ClockRate);
        var found = new List<(int, ushort, uint)>();
        foreach (var track in lanes.Keys.Order())
        {
            // A track that has not come yet has no number to tell, and half an answer would be worse than none.
            if (group.FirstOrDefault(f => f.Track == track) is not { } frame)
            {
                return [];
            }
            found.Add((track, frame.Sequence, feed.RtpTimeOf(track, moment)));
        }
        return found;
    }
}
