// Serves all RTSP readers: one thread, which owns them, the cached groups and the UDP port of RTP.
using Mumu.Io;
using Mumu.Protocols.Stun;

namespace Mumu.Media.Outputs.Rtsp;

/// <summary>The handler behind the loop. All its state belongs to the loop's thread.</summary>
internal sealed class RtspLoop(RtspUdpRoutes routes) : ILoopHandler<RtspCommand>
{
    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_paceInterval = TimeSpan.FromMilliseconds(2);

    private sealed class Room
    {
        internal List<RtspFrame> Group { get; } = [];

        internal List<RtspReader> Readers { get; } = [];

        internal long Next { get; set; } = -1;

        internal TimeSpan NextReport { get; set; }
    }

    private const int MaxGroupFrames = 4096;
    private const long MaxGroupBytes = 24 << 20;
    private readonly Dictionary<RtspFeed, Room> _rooms = [];
    private readonly List<RtspReader> _udp = [];

    /// <inheritdoc />
    public void OnDatagram(Span<byte> datagram, in TransportAddress from, TimeSpan now) => routes.Receive(datagram, from, isRtcp: false);

    /// <inheritdoc />
    public void OnCommand(RtspCommand command, TimeSpan now)
    {
        switch (command.Kind)
        {
            case RtspCommandKind.Frame:
                Spread((RtspFeed)command.Subject, command.Frame!);
                break;
            case RtspCommandKind.Join when command.Subject is RtspReader reader:
                var room = RoomOf(reader.Feed);
                room.Readers.Add(reader);
                reader.Join(room.Group);
                break;
            case RtspCommandKind.Start when command.Subject is RtspReader reader:
                reader.Start();
                if (reader.IsUdp)
                {
                    _udp.Add(reader);
                }
                break;
            case RtspCommandKind.Leave when command.Subject is RtspReader reader:
                _udp.Remove(reader);
                if (_rooms.TryGetValue(reader.Feed, out var left))
                {
                    left.Readers.Remove(reader);
                }
                reader.Leave();
                break;
            case RtspCommandKind.EndFeed:
                foreach (var reader in RoomOf((RtspFeed)command.Subject).Readers)
                {
                    reader.End("The stream has another format now; connect again.");
                }
                break;
            case RtspCommandKind.DropFeed when _rooms.Remove((RtspFeed)command.Subject, out var dropped):
                Clear(dropped);
                break;
        }
    }

    /// <inheritdoc />
    public TimeSpan? OnTurn(UdpSendBatch output, TimeSpan now)
    {
        var next = Report(now);
        foreach (var reader in _udp)
        {
            reader.Pump(output, now);
            if (reader.IsPaced)
            {
                next = next < now + s_paceInterval ? next : now + s_paceInterval;
            }
        }
        return next;
    }

    /// <summary>Sends the reports that are due; gives when the next ones are.</summary>
    internal TimeSpan? Report(TimeSpan now)
    {
        TimeSpan? next = null;
        foreach (var (feed, room) in _rooms)
        {
            if (now >= room.NextReport)
            {
                room.NextReport = now + s_reportInterval;
                Report(feed, room);
            }
            next = next < room.NextReport ? next : room.NextReport;
        }
        return next;
    }

    private void Spread(RtspFeed feed, RtspFrame frame)
    {
        var room = RoomOf(feed);
        var hasGap = frame.Number != room.Next && room.Next >= 0;
        room.Next = frame.Number + 1;
        if (hasGap)
        {
            Clear(room);
            room.Readers.ForEach(reader => reader.Interrupt());
        }
        Keep(room, frame);
        foreach (var reader in room.Readers)
        {
            reader.Offer(frame);
        }
        frame.Release();
    }

    private static void Keep(Room room, RtspFrame frame)
    {
        if (frame.StartsGroup)
        {
            Clear(room);
        }
        else if (room.Group.Count == 0)
        {
            return; // Half a group is of no use.
        }
        frame.AddReference();
        room.Group.Add(frame);
        if (room.Group.Count > MaxGroupFrames || (room.Group.Count % 64 == 0 && room.Group.Sum(f => (long)f.Length) > MaxGroupBytes))
        {
            Clear(room);
        }
    }

    private static void Report(RtspFeed feed, Room room)
    {
        for (var track = 0; track < feed.Tracks.All.Count; track++)
        {
            if (feed.Report(track) is { } report)
            {
                room.Readers.ForEach(reader => reader.Send(report, track));
            }
        }
    }

    private Room RoomOf(RtspFeed feed)
    {
        if (!_rooms.TryGetValue(feed, out var room))
        {
            _rooms.Add(feed, room = new Room());
        }
        return room;
    }

    private static void Clear(Room room)
    {
        room.Group.ForEach(frame => frame.Release());
        room.Group.Clear();
    }
}
