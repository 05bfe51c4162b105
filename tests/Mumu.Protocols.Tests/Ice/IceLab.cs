// A network in virtual time for ICE agents: sockets, NATs, a STUN server, loss, reordering and duplication from one seed.
using System.Net;
using Mumu.Protocols.Ice;
using Mumu.Protocols.Stun;

namespace Mumu.Protocols.Tests.Ice;

/// <summary>What the network does to each datagram; probabilities of 0–1.</summary>
internal sealed record IceWeather(double Loss = 0, double Duplicates = 0, double Reordered = 0)
{
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(20);
}

/// <summary>The network. Addresses are "host:port" texts; agents own sockets, STUN servers answer by themselves.</summary>
internal sealed class IceLab(int seed, IceWeather weather)
{
    private sealed record Flight(TransportAddress From, TransportAddress To, byte[] Data);

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<Flight, (TimeSpan, long)> _flights = new();
    private readonly Dictionary<TransportAddress, (IcePeer Peer, int Base)> _sockets = [];
    private readonly Dictionary<TransportAddress, TransportAddress> _outside = []; // inside → outside of a cone NAT
    private readonly Dictionary<TransportAddress, TransportAddress> _inside = [];
    private readonly HashSet<TransportAddress> _stunServers = [];
    private readonly List<IcePeer> _peers = [];
    private long _flightNumber;

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(1000);

    public IceWeather Weather { get; set; } = weather;

    /// <summary>True for datagrams (as seen on the open network) that are swallowed.</summary>
    public Func<TransportAddress, TransportAddress, bool> IsCut { get; set; } = (_, _) => false;

    /// <summary>Sees every datagram that is delivered.</summary>
    public Action<TransportAddress, TransportAddress, byte[]> Tap { get; set; } = (_, _, _) => { };

    public int Delivered { get; private set; }

    public static TransportAddress At(string text) => TransportAddress.From(IPEndPoint.Parse(text));

    public IcePeer Add(IceRole role, Func<IceOptions, IceOptions>? change = null)
    {
        var peer = new IcePeer(this, _random, role, change ?? (options => options));
        _peers.Add(peer);
        return peer;
    }

    public void Bind(IcePeer peer, int @base, string address) => _sockets[At(address)] = (peer, @base);

    /// <summary>Puts an endpoint-independent NAT in front of a socket; calling it again is a rebinding.</summary>
    public void Nat(string inside, string outside)
    {
        if (_outside.TryGetValue(At(inside), out var old))
        {
            _inside.Remove(old);
        }
        _outside[At(inside)] = At(outside);
        _inside[At(outside)] = At(inside);
    }

    public void AddStunServer(string address) => _stunServers.Add(At(address));

    public void Send(TransportAddress from, TransportAddress to, ReadOnlySpan<byte> data)
    {
        var seen = _outside.GetValueOrDefault(from, from);
        if (IsCut(seen, to) || _random.NextDouble() < Weather.Loss)
        {
            return;
        }
        for (var copies = _random.NextDouble() < Weather.Duplicates ? 2 : 1; copies > 0; copies--)
        {
            var delay = Weather.Delay * (_random.NextDouble() < Weather.Reordered ? 1 + (4 * _random.NextDouble()) : 1);
            _flights.Enqueue(new Flight(seen, to, data.ToArray()), (Now + delay, _flightNumber++));
        }
    }

    /// <summary>Runs until the condition holds or that much virtual time has passed; says whether it holds.</summary>
    public bool RunUntil(Func<bool> condition, double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        var calm = 0;
        while (true)
        {
            foreach (var peer in _peers)
            {
                peer.Drain();
            }
            if (condition())
            {
                return true;
            }
            var next = _flights.TryPeek(out _, out var due) ? due.Item1 : TimeSpan.MaxValue;
            foreach (var peer in _peers)
            {
                next = peer.Agent.NextDeadline is { } deadline && deadline < next ? deadline : next;
            }
            if (next > end)
            {
                Now = end;
                return false;
            }
            calm = next > Now ? 0 : calm + 1;
            Assert.True(calm < 1000, "An agent asks for ticks without end.");
            Now = next > Now ? next : Now;
            while (_flights.TryPeek(out _, out due) && due.Item1 <= Now)
            {
                Deliver(_flights.Dequeue());
            }
            foreach (var peer in _peers)
            {
                if (peer.Agent.NextDeadline <= Now)
                {
                    peer.Agent.Tick(Now);
                }
            }
        }
    }

    public void Run(double seconds) => RunUntil(() => false, seconds);

    private void Deliver(Flight flight)
    {
        if (_stunServers.Contains(flight.To))
        {
            Answer(flight);
            return;
        }
        var behindNat = _inside.TryGetValue(flight.To, out var inside);
        var to = behindNat ? inside : flight.To;
        if ((!behindNat && _outside.ContainsKey(to)) || !_sockets.TryGetValue(to, out var socket))
        {
            return; // Nobody there, or an inside address seen from outside.
        }
        Delivered++;
        Tap(flight.From, flight.To, flight.Data);
        socket.Peer.Agent.Receive(flight.Data, new FlowId(socket.Base, flight.From), Now);
        socket.Peer.Drain();
    }

    private void Answer(Flight flight)
    {
        if (!StunMessage.TryParse(flight.Data, out var message) || message.Class != StunClass.Request)
        {
            return;
        }
        Span<byte> buffer = stackalloc byte[256];
        var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Binding, message.TransactionId);
        writer.WriteXorAddress(StunAttribute.XorMappedAddress, flight.From);
        Send(flight.To, flight.From, buffer[..writer.Length]);
    }
}
