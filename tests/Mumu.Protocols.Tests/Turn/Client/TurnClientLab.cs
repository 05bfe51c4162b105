// A TURN client and our own server under virtual time, with loss, reordering and duplication between them from one seed.
using System.Text;
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn;
using Mumu.Protocols.Turn.Client;

namespace Mumu.Protocols.Tests.Turn.Client;

internal sealed class TurnClientLab
{
    public static readonly TransportAddress Relay = TurnLab.At("93.184.216.1", 0);
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(20);
    private readonly Random _random;
    private readonly PriorityQueue<(bool ToServer, byte[] Bytes), (TimeSpan, long)> _flights = new();
    private readonly byte[] _buffer = new byte[StunMessage.MaxLength];
    private readonly bool _isReliable;
    private long _number;
    private int _relayPort = 50000;

    public TurnClientLab(
        int seed = 1,
        Func<TurnServerOptions, TurnServerOptions>? server = null,
        Func<TurnClientOptions, TurnClientOptions>? client = null
    )
    {
        _random = new Random(seed);
        var options = new TurnServerOptions { Secret = Encoding.UTF8.GetBytes(TurnLab.Secret), NonceKey = new byte[32] };
        Server = new TurnServer(server?.Invoke(options) ?? options, TurnLab.Epoch, TimeSpan.Zero);
        Client = NewClient(client);
        _isReliable = client?.Invoke(Options(_random)).IsReliable ?? false;
    }

    public TurnServer Server { get; }

    public TurnClient Client { get; set; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(10);

    public double Loss { get; set; }

    public double Duplicates { get; set; }

    public double Reordered { get; set; }

    /// <summary>Decides whether an answer of the server is swallowed.</summary>
    public Func<StunMethod, bool> Swallows { get; set; } = _ => false;

    public List<TurnClientEvent> Events { get; } = [];

    /// <summary>Datagrams that left the relay, with the peer they went to.</summary>
    public List<(TransportAddress Peer, byte[] Data)> AtPeers { get; } = [];

    /// <summary>Datagrams that came to the client from peers.</summary>
    public List<(TransportAddress Peer, byte[] Data)> AtClient { get; } = [];

    /// <summary>Every message to the server, with its time.</summary>
    public List<(TimeSpan At, byte[] Bytes)> ToServer { get; } = [];

    /// <summary>The first bytes of what the server sent last.</summary>
    public byte[] LastFromServer { get; private set; } = [];

    public int Relayed { get; private set; }

    public static TurnClientOptions Options(Random random, string? password = null) =>
        new()
        {
            UserName = TurnLab.User(seconds: 86_400),
            Password = password ?? TurnCredential.Password(Encoding.UTF8.GetBytes(TurnLab.Secret), TurnLab.User(seconds: 86_400)),
            Random = random,
        };

    public TurnClient NewClient(Func<TurnClientOptions, TurnClientOptions>? change = null)
    {
        var options = Options(_random);
        return new TurnClient(change?.Invoke(options) ?? options);
    }

    public TransportAddress Allocate()
    {
        Client.Start(Now);
        Assert.True(RunUntil(() => Client.Relayed is not null, 30), Events.LastOrDefault().Sentence);
        return Client.Relayed!.Value;
    }

    /// <summary>Sends a datagram to a peer by the path there is now; false if there is none.</summary>
    public bool Send(TransportAddress peer, byte[] data)
    {
        if (!Client.TryGetPath(peer, Now, out var path))
        {
            return false;
        }
        Drain();
        var room = new byte[data.Length + path.Overhead];
        data.CopyTo(room, path.Front);
        ToTheServer(room[..path.Seal(room, data.Length)]);
        return true;
    }

    public void FromPeer(TransportAddress peer, byte[] data)
    {
        Server.ReceiveFromPeer(Relayed, data, peer, Now);
        Drain();
    }

    public void Run(double seconds) => RunUntil(() => false, seconds);

    public bool RunUntil(Func<bool> condition, double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        var calm = 0;
        while (true)
        {
            Drain();
            if (condition())
            {
                return true;
            }
            var next = _flights.TryPeek(out _, out var due) ? due.Item1 : TimeSpan.MaxValue;
            next = Client.NextDeadline is { } deadline && deadline < next ? deadline : next;
            next = Server.NextDeadline is { } other && other < next ? other : next;
            if (next > end)
            {
                Now = end;
                return false;
            }
            calm = next > Now ? 0 : calm + 1;
            Assert.True(calm < 500, "Somebody asks for ticks without end.");
            Now = next > Now ? next : Now;
            while (_flights.TryPeek(out _, out due) && due.Item1 <= Now)
            {
                Deliver(_flights.Dequeue());
            }
            if (Client.NextDeadline <= Now)
            {
                Client.Tick(Now);
            }
            Server.Tick(Now);
        }
    }

    public void ToTheClient(byte[] bytes) => Launch(false, bytes);

    private void ToTheServer(byte[] bytes)
    {
        ToServer.Add((Now, bytes));
        Launch(true, bytes);
    }

    private void Drain()
    {
        while (Client.TryTransmit(_buffer, out var length))
        {
            ToTheServer(_buffer[..length]);
        }
        while (Client.TryRead(out var e))
        {
            Events.Add(e);
        }
        while (Server.TryRead(out var command))
        {
            if (command.Kind == TurnCommandKind.OpenRelay)
            {
                Relayed = command.Relay;
                Server.RelayOpened(command.Relay, Relay.WithPort(_relayPort++), Now);
            }
        }
        while (Server.TryTransmit(out var datagram, out var route))
        {
            if (route.IsRelay)
            {
                AtPeers.Add((route.Remote, datagram.ToArray()));
            }
            else if (!StunMessage.TryParse(datagram, out var answer) || !Swallows(answer.Method))
            {
                LastFromServer = datagram.ToArray();
                Launch(false, datagram.ToArray());
            }
        }
    }

    private void Launch(bool toServer, byte[] bytes)
    {
        if (!_isReliable && _random.NextDouble() < Loss)
        {
            return;
        }
        for (var copies = !_isReliable && _random.NextDouble() < Duplicates ? 2 : 1; copies > 0; copies--)
        {
            var delay = s_delay * (!_isReliable && _random.NextDouble() < Reordered ? 1 + (4 * _random.NextDouble()) : 1);
            _flights.Enqueue((toServer, bytes), (Now + delay, _number++));
        }
    }

    private void Deliver((bool ToServer, byte[] Bytes) flight)
    {
        if (flight.ToServer)
        {
            Server.Receive(flight.Bytes, TurnLab.Client(), Now);
        }
        else if (Client.Receive((byte[])flight.Bytes.Clone(), Now, out var peer, out var payload))
        {
            AtClient.Add((peer, payload.ToArray()));
        }
        Drain();
    }
}
