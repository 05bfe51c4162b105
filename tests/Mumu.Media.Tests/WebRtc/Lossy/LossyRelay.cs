// A bad network between a viewer and an engine, on loopback: seeded loss, delay, jitter that reorders, and a rate with a queue.
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Mumu.Lossy;

/// <summary>
/// Forwards datagrams between two ports of its own: the viewer takes <see cref="EnginePort"/> for the engine, the engine <see cref="ViewerPort"/> for the viewer. One thread; settings may change while it runs.
/// </summary>
internal sealed class LossyRelay : IDisposable
{
    private readonly Socket _toViewer = Open(); // the viewer talks to this one
    private readonly Socket _toEngine = Open();
    private readonly PriorityQueue<(bool IsToViewer, byte[] Datagram), (TimeSpan At, long Order)> _flying = new();
    private readonly byte[] _buffer = new byte[2048];
    private readonly Random _random;
    private readonly Thread _thread;
    private readonly EndPoint _engine;
    private readonly Lock _gate = new();
    private readonly Dictionary<(uint Ssrc, ushort Sequence), TimeSpan> _lost = [];
    private EndPoint? _viewer;
    private long _order;
    private TimeSpan _linkFree;
    private volatile bool _stopping;

    public LossyRelay(int seed, int enginePort)
    {
        _random = new Random(seed);
        _engine = new IPEndPoint(IPAddress.Loopback, enginePort);
        _thread = new Thread(Run) { IsBackground = true, Name = "relay" };
        _thread.Start();
    }

    /// <summary>What the viewer must take for the engine's port.</summary>
    public int EnginePort => ((IPEndPoint)_toViewer.LocalEndPoint!).Port;

    /// <summary>What the engine must take for the viewer's port.</summary>
    public int ViewerPort => ((IPEndPoint)_toEngine.LocalEndPoint!).Port;

    /// <summary>Share of datagrams lost, each way.</summary>
    public double Loss { get; set; }

    /// <summary>One way.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Up to this much more, for each datagram anew: those that get more are overtaken.</summary>
    public TimeSpan Jitter { get; set; }

    /// <summary>Bytes a millisecond towards the viewer; 0 for no limit.</summary>
    public double Rate { get; set; }

    /// <summary>How long the queue in front of that rate may be.</summary>
    public TimeSpan Queue { get; set; } = TimeSpan.FromMilliseconds(300);

    public long Forwarded { get; private set; }

    private static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    /// <summary>The longest wait in the queue since it was last asked for.</summary>
    public TimeSpan LongestQueue { get; set; }

    /// <summary>Media packets lost on the way to the viewer, with when they would have arrived.</summary>
    public Dictionary<(uint Ssrc, ushort Sequence), TimeSpan> Lost
    {
        get
        {
            lock (_gate)
            {
                return new(_lost);
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _toViewer.Dispose();
        _toEngine.Dispose();
    }

    private static Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Run()
    {
        while (!_stopping)
        {
            var now = Now;
            var wait = _flying.TryPeek(out _, out var next) ? next.At - now : TimeSpan.FromMilliseconds(5);
            var ready = new List<Socket> { _toViewer, _toEngine };
            Socket.Select(ready, null, null, Math.Clamp((int)wait.TotalMicroseconds, 0, 5000));
            now = Now;
            foreach (var socket in ready)
            {
                while (socket.Available > 0)
                {
                    EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                    var length = socket.ReceiveFrom(_buffer, ref from);
                    _viewer = socket == _toViewer ? from : _viewer;
                    Take(socket == _toEngine, _buffer.AsSpan(0, length), now);
                }
            }
            while (_flying.TryPeek(out var due, out var key) && key.At <= now)
            {
                _flying.Dequeue();
                if (due.IsToViewer && _viewer is { } viewer)
                {
                    _toViewer.SendTo(due.Datagram, viewer);
                }
                else if (!due.IsToViewer)
                {
                    _toEngine.SendTo(due.Datagram, _engine);
                }
                Forwarded++;
            }
        }
    }

    private void Take(bool isToViewer, ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        var at = now;
        if (isToViewer && Rate > 0)
        {
            var queued = _linkFree > now ? _linkFree - now : TimeSpan.Zero;
            LongestQueue = queued > LongestQueue ? queued : LongestQueue;
            if (queued > Queue)
            {
                Lose(datagram, now);
                return;
            }
            _linkFree = now + queued + TimeSpan.FromMilliseconds(datagram.Length / Rate);
            at = _linkFree;
        }
        at += Delay + Jitter * _random.NextDouble();
        if (_random.NextDouble() < Loss)
        {
            Lose(isToViewer ? datagram : [], at);
            return;
        }
        _flying.Enqueue((isToViewer, datagram.ToArray()), (at, _order++));
    }

    private void Lose(ReadOnlySpan<byte> datagram, TimeSpan at)
    {
        var isMedia = datagram.Length >= 12 && datagram[0] >> 6 == 2 && (datagram[1] is < 192 or > 223);
        if (isMedia)
        {
            var ssrc = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]);
            var sequence = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
            lock (_gate)
            {
                _lost.TryAdd((ssrc, sequence), at);
            }
        }
    }
}
