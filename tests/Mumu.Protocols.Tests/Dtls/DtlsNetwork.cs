// Two DTLS peers under virtual time on a network that loses, doubles and reorders as its seed says.
using Mumu.Protocols.Dtls;

namespace Mumu.Protocols.Tests.Dtls;

internal sealed class DtlsNetwork : IDisposable
{
    private static readonly DtlsCertificate s_serverCertificate = DtlsCertificate.Create(DtlsTimers.VirtualTime);
    private static readonly DtlsCertificate s_clientCertificate = DtlsCertificate.Create(DtlsTimers.VirtualTime);
    private readonly PriorityQueue<(DtlsTransport To, byte[] Datagram), (TimeSpan At, int Number)> _inFlight = new();
    private readonly Random _random;
    private readonly byte[] _buffer = new byte[DtlsTransport.MaxData];
    private int _number;

    public DtlsNetwork(
        int seed = 1,
        int mtu = 1200,
        DtlsCertificate? server = null,
        DtlsCertificate? client = null,
        byte[]? serverExpects = null,
        byte[]? clientExpects = null
    )
    {
        _random = new Random(seed);
        server ??= s_serverCertificate;
        client ??= s_clientCertificate;
        Server = new DtlsTransport(server, DtlsRole.Server, mtu, serverExpects ?? client.Sha256);
        Client = new DtlsTransport(client, DtlsRole.Client, mtu, clientExpects ?? server.Sha256);
        Server.Start(Now);
        Client.Start(Now);
    }

    public static DtlsCertificate ServerCertificate => s_serverCertificate;

    public static DtlsCertificate ClientCertificate => s_clientCertificate;

    public DtlsTransport Server { get; }

    public DtlsTransport Client { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>Share of datagrams lost, 0–1.</summary>
    public double Loss { get; init; }

    /// <summary>Share of datagrams that come twice, 0–1.</summary>
    public double Duplicates { get; init; }

    /// <summary>Each datagram takes 10 ms and up to this besides, ms, so that they overtake each other.</summary>
    public int Jitter { get; init; }

    /// <summary>Sees each datagram before it is sent; false loses it.</summary>
    public Func<DtlsTransport, byte[], bool>? Passes { get; set; }

    public bool IsConnected => Server.State == DtlsState.Connected && Client.State == DtlsState.Connected;

    /// <summary>Runs until a condition holds; false if nothing more happens or a minute has passed.</summary>
    public bool Run(Func<bool> until)
    {
        var end = Now + TimeSpan.FromMinutes(1);
        Collect();
        while (!until())
        {
            if (NextEvent() is not { } next || next > end)
                return false;
            Now = next;
            if (_inFlight.TryPeek(out var arrived, out var when) && when.At <= Now)
            {
                _inFlight.Dequeue();
                arrived.To.Receive(arrived.Datagram, Now);
            }
            Server.Tick(Now);
            Client.Tick(Now);
            Collect();
        }
        return true;
    }

    public bool Connect() => Run(() => IsConnected);

    /// <summary>Runs until nothing is on its way and no timer waits.</summary>
    public void Settle() => Run(() => false);

    public byte[]? Take(DtlsTransport from) => from.TryTransmit(_buffer, out var length) ? _buffer[..length] : null;

    public List<byte[]> TakeAll(DtlsTransport from)
    {
        var all = new List<byte[]>();
        while (Take(from) is { } datagram)
            all.Add(datagram);
        return all;
    }

    public byte[]? Read(DtlsTransport from) => from.TryReadData(_buffer, out var length) ? _buffer[..length] : null;

    public string? ReadText(DtlsTransport from) => Read(from) is { } message ? System.Text.Encoding.UTF8.GetString(message) : null;

    /// <summary>Hands a datagram over at once, past the network.</summary>
    public void Give(DtlsTransport to, byte[] datagram) => to.Receive(datagram, Now);

    public void Advance(TimeSpan time)
    {
        Now += time;
        Server.Tick(Now);
        Client.Tick(Now);
    }

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
    }

    private void Collect()
    {
        Collect(Server, Client);
        Collect(Client, Server);
    }

    private void Collect(DtlsTransport from, DtlsTransport to)
    {
        while (Take(from) is { } datagram)
        {
            if (Passes?.Invoke(from, datagram) == false || _random.NextDouble() < Loss)
                continue;
            Post(to, datagram);
            if (_random.NextDouble() < Duplicates)
                Post(to, datagram);
        }
    }

    private void Post(DtlsTransport to, byte[] datagram)
    {
        var at = Now + TimeSpan.FromMilliseconds(10 + (Jitter == 0 ? 0 : _random.Next(Jitter)));
        _inFlight.Enqueue((to, datagram), (at, _number++));
    }

    private TimeSpan? NextEvent()
    {
        TimeSpan? next = _inFlight.TryPeek(out _, out var when) ? when.At : null;
        foreach (var deadline in new[] { Server.NextDeadline, Client.NextDeadline })
        {
            if (deadline is { } at && !(next <= at))
                next = at;
        }
        return next < Now ? Now : next;
    }
}
