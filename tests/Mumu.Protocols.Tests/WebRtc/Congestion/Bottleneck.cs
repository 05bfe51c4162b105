// A camera, a pace, a link with a queue and a receiver that reports, all under virtual time.
using Mumu.Protocols.Rtp;
using Mumu.Protocols.Rtp.Rtcp;
using Mumu.Protocols.WebRtc.Congestion;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Protocols.Tests.WebRtc.Congestion;

/// <summary>
/// Sends frames at 30 a second, every thirtieth larger, at the pace the estimate allows; what waits longer than 400 ms is left out up to the next large one,
/// and so is what still waits behind by 100 ms when that comes.
/// Rates in bytes a millisecond (125 are 1 Mbit/s), times in ms.
/// </summary>
internal sealed class Bottleneck(int seed = 1)
{
    private const int PacketBytes = 1200;
    private const double NoLimit = 4800; // four packets a millisecond
    private readonly Random _random = new(seed);
    private readonly PathEstimate _estimate = new();
    private readonly Queue<(double Born, int Packets, bool IsKey, bool IsBegun)> _backlog = new();
    private readonly PriorityQueue<(ushort Number, int Bytes), double> _flying = new();
    private readonly PriorityQueue<byte[], double> _reports = new();
    private readonly ArrivalLog _log = new();
    private readonly List<double> _queues = [];
    private double _now = 5_000;
    private double _nextFrame = 5_000;
    private double _nextReport = 5_100;
    private double _linkFree;
    private double _tokens;
    private long _frames;
    private bool _awaitsKey;

    /// <summary>What the camera makes.</summary>
    public double Source { get; set; } = 312.5;

    /// <summary>How many times larger the large frames are.</summary>
    public double KeySize { get; set; } = 8;

    /// <summary>What the link takes.</summary>
    public double Capacity { get; set; } = 1250;

    /// <summary>What others send over it.</summary>
    public double Cross { get; set; }

    /// <summary>How long its queue may be.</summary>
    public double QueueLimit { get; set; } = 300;

    public double Delay { get; set; } = 25;

    public double Loss { get; set; }

    public double Jitter { get; set; }

    /// <summary>The receiver's clock gains this many millionths.</summary>
    public double Drift { get; set; }

    /// <summary>The receiver stands still this long, every two seconds.</summary>
    public double Stall { get; set; }

    public bool IsCut { get; set; }

    /// <summary>Reports are held up; media goes through.</summary>
    public bool IsMute { get; set; }

    public PathEstimate Estimate => _estimate;

    public long Delivered { get; private set; }

    public long Lost { get; private set; }

    public long Sent { get; private set; }

    public long FramesLeftOut { get; private set; }

    /// <summary>The waits in the link's queue since the last call, sorted.</summary>
    public List<double> TakeQueues()
    {
        var taken = _queues.Order().ToList();
        _queues.Clear();
        return taken;
    }

    /// <summary>Lets time pass; the callback looks in every 10 ms.</summary>
    public void Run(double seconds, Action? look = null)
    {
        for (var end = _now + seconds * 1000; _now < end; _now++)
        {
            while (!IsMute && _reports.TryPeek(out var report, out var due) && due <= _now)
            {
                _reports.Dequeue();
                var reader = new RtcpReader(report);
                Assert.True(reader.MoveNext());
                Assert.True(TransportFeedback.TryParse(reader.Current, out var feedback));
                _estimate.Take(feedback, TimeSpan.FromMilliseconds(2 * Delay), Now);
            }
            Make();
            Send();
            Arrive();
            if ((long)_now % 10 == 0)
            {
                look?.Invoke();
            }
        }
    }

    private TimeSpan Now => TimeSpan.FromMilliseconds(_now);

    private void Make()
    {
        if (_now < _nextFrame)
        {
            return;
        }
        _nextFrame += 1000.0 / 30;
        var isKey = _frames++ % 30 == 0;
        var bytes = Source * 1000 / (29 + KeySize) * (isKey ? KeySize : 1);
        if (isKey && _backlog.TryPeek(out var oldest) && _now - oldest.Born > 100)
        {
            // The new group is worth more than the rest of the old one, but what was begun is finished.
            FramesLeftOut += _backlog.Count - (oldest.IsBegun ? 1 : 0);
            _backlog.Clear();
            if (oldest.IsBegun)
            {
                _backlog.Enqueue(oldest);
            }
        }
        _backlog.Enqueue((_now, Math.Max(1, (int)Math.Round(bytes / PacketBytes)), isKey, false));
    }

    private void Send()
    {
        var rate = _estimate.Limit ?? NoLimit;
        _tokens = Math.Min(_tokens + rate, Math.Max(2 * PacketBytes, rate * 5));
        while (_backlog.TryPeek(out var frame))
        {
            if (frame.IsKey)
            {
                _awaitsKey = false;
            }
            _awaitsKey |= !frame.IsBegun && _now - frame.Born > 400;
            if (_awaitsKey)
            {
                _backlog.Dequeue();
                FramesLeftOut++;
                continue;
            }
            var count = Math.Min(Math.Min(frame.Packets, (int)(_tokens / PacketBytes)), 16);
            if (count == 0)
            {
                return;
            }
            _tokens -= count * PacketBytes;
            var first = _estimate.NoteSent(count, PacketBytes, PacketBytes, Now);
            for (var i = 0; i < count; i++)
            {
                Put((ushort)(first + i));
            }
            _backlog.Dequeue();
            if (frame.Packets > count)
            {
                // The rest of the frame goes first.
                var rest = _backlog.ToArray();
                _backlog.Clear();
                _backlog.Enqueue(frame with { Packets = frame.Packets - count, IsBegun = true });
                Array.ForEach(rest, _backlog.Enqueue);
            }
        }
    }

    private void Put(ushort number)
    {
        Sent++;
        var wait = Math.Max(0, _linkFree - _now);
        if (IsCut || wait > QueueLimit || _random.NextDouble() < Loss)
        {
            Lost++;
            return;
        }
        _queues.Add(wait);
        _linkFree = Math.Max(_linkFree, _now) + PacketBytes / Math.Max(1, Capacity - Cross);
        _flying.Enqueue((number, PacketBytes), _linkFree + Delay + Jitter * _random.NextDouble());
    }

    private void Arrive()
    {
        var stands = Stall > 0 && _now % 2000 < Stall;
        while (!stands && _flying.TryPeek(out var packet, out var due) && due <= _now)
        {
            _flying.Dequeue();
            Delivered += packet.Bytes;
            var at = Stall > 0 ? Math.Max(due, _now - 1) : due;
            _log.Take(packet.Number, TimeSpan.FromMilliseconds(at * (1 + Drift / 1e6)));
        }
        if (_now >= _nextReport)
        {
            _nextReport += 100;
            Report();
        }
    }

    private void Report()
    {
        while (_log.HasNews)
        {
            var buffer = new byte[1500];
            var length = _log.Write(buffer, new Ssrc(1), new Ssrc(2));
            _reports.Enqueue(buffer[..length], _now + Delay);
        }
    }
}
