// Handshakes between two peers on networks good and bad.
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Srtp;

namespace Mumu.Protocols.Tests.Dtls;

public sealed class DtlsHandshakeTests
{
    [Fact]
    public void Two_peers_connect_and_agree_on_gcm_keys()
    {
        using var network = new DtlsNetwork();

        Assert.True(network.Connect());

        Assert.Equal(SrtpProfile.AeadAes128Gcm, network.Server.SrtpProfile);
        Assert.Equal(SrtpProfile.AeadAes128Gcm, network.Client.SrtpProfile);
        AssertKeysAgree(network);
        network.Settle();
        Assert.Null(network.Server.NextDeadline);
        Assert.Null(network.Client.NextDeadline);
        Assert.Equal(0, network.Server.Retransmissions + network.Client.Retransmissions);
    }

    [Theory]
    [InlineData("SRTP_AES128_CM_SHA1_80", SrtpProfile.Aes128CmSha1_80)]
    [InlineData("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm)]
    public void The_server_takes_gcm_where_it_is_offered_and_cm_else(string offered, SrtpProfile expected)
    {
        using var certificate = DtlsCertificate.Create(DtlsTimers.VirtualTime, new DtlsContextOptions { SrtpProfiles = offered });
        using var network = new DtlsNetwork(client: certificate);

        Assert.True(network.Connect());

        Assert.Equal(expected, network.Server.SrtpProfile);
        AssertKeysAgree(network);
    }

    [Fact]
    public void Without_a_common_profile_there_are_no_keys()
    {
        using var certificate = DtlsCertificate.Create(
            DtlsTimers.VirtualTime,
            new DtlsContextOptions { SrtpProfiles = "SRTP_AEAD_AES_256_GCM" }
        );
        using var network = new DtlsNetwork(client: certificate);

        Assert.True(network.Connect());

        Assert.Equal(SrtpProfile.None, network.Server.SrtpProfile);
        Assert.False(network.Server.TryGetKeys(out _, out _));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    [InlineData(0.2)]
    public void Peers_connect_over_a_network_that_loses_doubles_and_reorders(double loss)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var mtu = seed % 2 == 0 ? 1200 : 400;
            using var network = new DtlsNetwork(seed, mtu)
            {
                Loss = loss,
                Duplicates = 0.2,
                Jitter = 40,
            };
            Assert.True(network.Connect(), $"seed {seed}: {Describe(network)}");
            AssertKeysAgree(network);
            Assert.True(network.Now < TimeSpan.FromSeconds(30), $"seed {seed} took {network.Now}");
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_course()
    {
        Assert.Equal(Course(), Course());

        static (TimeSpan, int, int) Course()
        {
            using var network = new DtlsNetwork(seed: 77)
            {
                Loss = 0.3,
                Duplicates = 0.1,
                Jitter = 40,
            };
            network.Connect();
            return (network.Now, network.Server.Retransmissions, network.Client.Retransmissions);
        }
    }

    [Fact]
    public void A_flight_is_repeated_after_100_ms_and_then_twice_as_long_up_to_3_s()
    {
        using var network = new DtlsNetwork { Passes = (_, _) => false };
        var intervals = new List<double>();
        network.TakeAll(network.Client);
        while (network.Client.NextDeadline is { } deadline)
        {
            intervals.Add((deadline - network.Now).TotalMilliseconds);
            network.Advance(deadline - network.Now - TimeSpan.FromMilliseconds(1));
            Assert.Empty(network.TakeAll(network.Client));
            network.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(network.TakeAll(network.Client).Count > 0 || network.Client.State == DtlsState.Failed);
        }
        Assert.Equal([100, 200, 400, 800, 1600, 3000, 3000], intervals[..7]);
        Assert.Equal(DtlsState.Failed, network.Client.State);
        Assert.Equal("the peer did not answer", network.Client.Failure);
        Assert.InRange(network.Now.TotalSeconds, 15, 40);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lost_final_flight_is_sent_again(bool joined)
    {
        using var network = new DtlsNetwork();
        foreach (var datagram in network.TakeAll(network.Client))
            network.Give(network.Server, datagram);
        foreach (var datagram in network.TakeAll(network.Server))
            network.Give(network.Client, datagram);
        foreach (var datagram in network.TakeAll(network.Client))
            network.Give(network.Server, datagram);
        Assert.Equal(DtlsState.Connected, network.Server.State);
        Assert.NotEmpty(network.TakeAll(network.Server)); // the final flight, lost
        Assert.True(network.Server.Send("early"u8));
        network.Give(network.Client, network.Take(network.Server)!); // overtakes it

        network.Advance(TimeSpan.FromMilliseconds(100));
        var again = network.TakeAll(network.Client);
        Assert.NotEmpty(again);
        if (joined)
            again = [again.SelectMany(datagram => datagram).ToArray()];
        foreach (var datagram in again)
            network.Give(network.Server, datagram);

        Assert.True(network.Connect(), Describe(network));
        Assert.Equal("early", network.ReadText(network.Client));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1500)]
    [InlineData(8000)]
    public void A_large_client_hello_comes_in_fragments(int padding)
    {
        using var certificate = DtlsCertificate.Create(
            DtlsTimers.VirtualTime,
            new DtlsContextOptions { ApplicationProtocols = Alpn(padding) }
        );
        foreach (var seed in Enumerable.Range(0, 20))
        {
            using var network = new DtlsNetwork(seed, mtu: 300 + (40 * seed), client: certificate)
            {
                Loss = 0.1,
                Duplicates = 0.1,
                Jitter = 30,
            };
            Assert.True(network.Connect(), $"seed {seed}: {Describe(network)}");
        }

        static byte[]? Alpn(int length) =>
            length == 0
                ? null
                : [.. Enumerable.Range(0, length / 200).SelectMany(_ => (byte[])[199, .. Enumerable.Repeat((byte)'p', 199)])];
    }

    [Theory]
    [InlineData(256)]
    [InlineData(600)]
    [InlineData(1200)]
    public void No_datagram_is_larger_than_the_mtu(int mtu)
    {
        var largest = 0;
        using var network = new DtlsNetwork(mtu: mtu)
        {
            Passes = (_, datagram) =>
            {
                largest = Math.Max(largest, datagram.Length);
                return true;
            },
        };
        Assert.True(network.Connect());
        Assert.InRange(network.Client.MaxSend, mtu - 80, mtu);
        Assert.True(network.Client.Send(new byte[network.Client.MaxSend]));
        Assert.False(network.Client.Send(new byte[network.Client.MaxSend + 1]));
        network.Settle();

        Assert.InRange(largest, mtu - 16, mtu);
        Assert.Equal(network.Client.MaxSend, network.Read(network.Server)?.Length);
    }

    [Fact]
    public void Real_time_repeats_a_flight_too()
    {
        using var certificate = DtlsCertificate.Create();
        using var client = new DtlsTransport(certificate, DtlsRole.Client, 1200, certificate.Sha256);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var buffer = new byte[2000];
        client.Start(clock.Elapsed);
        Assert.True(client.TryTransmit(buffer, out _));
        Assert.False(client.TryTransmit(buffer, out _));
        while (!client.TryTransmit(buffer, out _) && clock.Elapsed < TimeSpan.FromSeconds(10))
        {
            client.Tick(clock.Elapsed);
            Thread.Yield();
        }
        Assert.Equal(1, client.Retransmissions);
        Assert.InRange(clock.Elapsed.TotalMilliseconds, 85, 10_000);
        Assert.NotNull(client.NextDeadline);
    }

    private static void AssertKeysAgree(DtlsNetwork network)
    {
        Assert.True(network.Server.TryGetKeys(out var serverLocal, out var serverRemote));
        Assert.True(network.Client.TryGetKeys(out var clientLocal, out var clientRemote));
        Assert.Equal(serverLocal.Key, clientRemote.Key);
        Assert.Equal(serverLocal.Salt, clientRemote.Salt);
        Assert.Equal(serverRemote.Key, clientLocal.Key);
        Assert.Equal(serverRemote.Salt, clientLocal.Salt);
        Assert.False(serverLocal.Key.SequenceEqual(serverRemote.Key));
        Assert.Equal(SrtpKeys.SaltLength(network.Server.SrtpProfile), serverLocal.Salt.Length);
    }

    private static string Describe(DtlsNetwork network) =>
        $"server {network.Server.State} {network.Server.Failure}, client {network.Client.State} {network.Client.Failure}, {network.Now}";
}
