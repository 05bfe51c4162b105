// An association that has let go of libssl still does what media needs of it.
using Mumu.Protocols.Dtls;

namespace Mumu.Protocols.Tests.Dtls;

public sealed class DtlsReleaseTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_farewell_is_heard(bool serverLeaves, bool bothReleased)
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());
        network.Settle();
        var (leaver, stayer) = serverLeaves ? (network.Server, network.Client) : (network.Client, network.Server);
        leaver.ReleaseRecords();
        if (bothReleased)
            stayer.ReleaseRecords();
        Assert.Empty(network.TakeAll(leaver));

        leaver.Close();

        Assert.True(network.Run(() => stayer.State == DtlsState.Closed));
        Assert.Equal(DtlsState.Closed, leaver.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_farewell_of_a_peer_that_still_has_all_is_heard(bool serverReleases)
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());
        network.Settle();
        var (released, other) = serverReleases ? (network.Server, network.Client) : (network.Client, network.Server);
        released.ReleaseRecords();

        other.Close();

        Assert.True(network.Run(() => released.State == DtlsState.Closed));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.2)]
    public void Peers_that_release_at_once_connect_over_a_network_that_loses(double loss)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            using var network = new DtlsNetwork(seed)
            {
                Loss = loss,
                Duplicates = 0.2,
                Jitter = 40,
            };
            var connected = network.Run(() =>
            {
                network.Server.ReleaseRecords();
                network.Client.ReleaseRecords();
                return network.IsConnected;
            });
            Assert.True(connected, $"seed {seed}: {network.Server.State} {network.Client.State} {network.Client.Failure}");
        }
    }

    [Fact]
    public void A_repeated_flight_is_answered_with_the_same_bytes_but_not_every_packet_of_it()
    {
        using var network = new DtlsNetwork(mtu: 400);
        Exchange(network, network.Client, network.Server);
        Exchange(network, network.Server, network.Client);
        var flight = network.TakeAll(network.Client);
        Assert.True(flight.Count > 1);
        flight.ForEach(datagram => network.Give(network.Server, datagram));
        Assert.Equal(DtlsState.Connected, network.Server.State);
        var last = network.TakeAll(network.Server);
        network.Server.ReleaseRecords();

        network.Advance(TimeSpan.FromMilliseconds(100));
        network.TakeAll(network.Client).ForEach(datagram => network.Give(network.Server, datagram));

        var again = network.TakeAll(network.Server);
        Assert.Equal(last, again);
        Assert.Equal(1, network.Server.Retransmissions);
        again.ForEach(datagram => network.Give(network.Client, datagram));
        Assert.Equal(DtlsState.Connected, network.Client.State);
    }

    [Fact]
    public void A_flood_of_repeated_flights_is_not_answered_for_ever()
    {
        using var network = new DtlsNetwork();
        Exchange(network, network.Client, network.Server);
        Exchange(network, network.Server, network.Client);
        var flight = network.TakeAll(network.Client);
        flight.ForEach(datagram => network.Give(network.Server, datagram));
        network.TakeAll(network.Server);
        network.Server.ReleaseRecords();

        var answers = 0;
        for (var i = 0; i < 10_000; i++)
        {
            network.Advance(TimeSpan.FromMilliseconds(50));
            flight.ForEach(datagram => network.Give(network.Server, datagram));
            answers += network.TakeAll(network.Server).Count;
        }

        Assert.InRange(answers, 1, 64);
        Assert.Equal(DtlsState.Connected, network.Server.State);
    }

    [Fact]
    public void Forged_and_damaged_records_end_nothing()
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());
        network.Settle();
        network.Server.ReleaseRecords();
        network.Client.Close();
        var farewell = Assert.Single(network.TakeAll(network.Client));
        for (var bit = 0; bit < farewell.Length * 8; bit++)
        {
            var forged = farewell.ToArray();
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            network.Give(network.Server, forged);
        }
        for (var length = 0; length < farewell.Length; length++)
            network.Give(network.Server, farewell[..length]);
        var random = new Random(9);
        for (var i = 0; i < 20_000; i++)
        {
            var junk = new byte[random.Next(0, 120)];
            random.NextBytes(junk);
            if (junk.Length > 5)
                (junk[0], junk[1], junk[2], junk[3], junk[4]) = ((byte)random.Next(19, 25), 0xFE, 0xFD, 0, (byte)random.Next(2));
            network.Give(network.Server, junk);
        }
        Assert.Equal(DtlsState.Connected, network.Server.State);

        network.Give(network.Server, farewell);
        Assert.Equal(DtlsState.Closed, network.Server.State);
    }

    [Fact]
    public void Nothing_can_be_sent_read_or_exported_afterwards()
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());
        network.Settle();

        network.Server.ReleaseRecords();
        network.Server.ReleaseRecords();

        Assert.Equal(DtlsState.Connected, network.Server.State);
        Assert.False(network.Server.Send("too late"u8));
        Assert.False(network.Server.TryGetKeys(out _, out _));
        Assert.True(network.Client.Send("nobody listens"u8));
        network.Settle();
        Assert.Null(network.Read(network.Server));
        Assert.Null(network.Server.NextDeadline);
    }

    [Fact]
    public void An_uncommon_suite_keeps_its_records()
    {
        using var certificate = DtlsCertificate.Create(
            DtlsTimers.VirtualTime,
            new DtlsContextOptions { Ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305" }
        );
        using var network = new DtlsNetwork(client: certificate);
        Assert.True(network.Connect());
        network.Settle();

        network.Server.ReleaseRecords();

        Assert.True(network.Server.Send("still here"u8));
        network.Client.Close();
        Assert.True(network.Run(() => network.Server.State == DtlsState.Closed));
    }

    private static void Exchange(DtlsNetwork network, DtlsTransport from, DtlsTransport to) =>
        network.TakeAll(from).ForEach(datagram => network.Give(to, datagram));
}
