// Who may connect, how it ends and what travels in between.
using Mumu.Protocols.Dtls;
using Mumu.Protocols.Dtls.OpenSsl;

namespace Mumu.Protocols.Tests.Dtls;

public sealed class DtlsPeerTests
{
    private const string WrongPeer = "the peer's certificate is not the one that was announced";

    [Fact]
    public void A_client_with_another_certificate_is_refused_before_connecting()
    {
        using var network = new DtlsNetwork(serverExpects: new byte[32]);

        Assert.True(network.Run(() => network.Server.State == DtlsState.Failed && network.Client.State == DtlsState.Failed));

        Assert.Equal(WrongPeer, network.Server.Failure);
        Assert.Contains("bad certificate", network.Client.Failure, StringComparison.Ordinal);
        Assert.False(network.Server.TryGetKeys(out _, out _));
    }

    [Fact]
    public void A_server_with_another_certificate_is_refused_before_connecting()
    {
        using var network = new DtlsNetwork(clientExpects: new byte[32]);

        Assert.True(network.Run(() => network.Server.State == DtlsState.Failed && network.Client.State == DtlsState.Failed));

        Assert.Equal(WrongPeer, network.Client.Failure);
        Assert.Contains("bad certificate", network.Server.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fingerprint_may_come_after_the_handshake_but_nothing_connects_before_it()
    {
        using var network = new DtlsNetwork(serverExpects: []);
        Assert.True(network.Run(() => network.Client.State == DtlsState.Connected));
        Assert.True(network.Client.Send("early"u8));
        network.Settle();
        Assert.Equal(DtlsState.Handshaking, network.Server.State);
        Assert.False(network.Server.TryGetKeys(out _, out _));
        Assert.Null(network.Read(network.Server));
        Assert.False(network.Server.Send("x"u8));

        network.Server.SetExpected(DtlsNetwork.ClientCertificate.Sha256);

        Assert.Equal(DtlsState.Connected, network.Server.State);
        Assert.True(network.Server.TryGetKeys(out _, out _));
        Assert.Equal("early", network.ReadText(network.Server));
    }

    [Fact]
    public void A_wrong_fingerprint_after_the_handshake_ends_it()
    {
        using var network = new DtlsNetwork(serverExpects: []);
        Assert.True(network.Run(() => network.Client.State == DtlsState.Connected));
        network.Client.Send("early"u8);
        network.Settle();

        network.Server.SetExpected(new byte[32]);

        Assert.Equal(DtlsState.Failed, network.Server.State);
        Assert.Equal(WrongPeer, network.Server.Failure);
        Assert.Null(network.Read(network.Server));
        Assert.True(network.Run(() => network.Client.State == DtlsState.Closed));
    }

    [Fact]
    public void Messages_keep_their_borders_both_ways()
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());
        var random = new Random(9);
        var sent = Enumerable.Range(0, 100).Select(_ => Bytes(random.Next(1, network.Client.MaxSend))).ToArray();
        foreach (var message in sent)
        {
            Assert.True(network.Client.Send(message));
            Assert.True(network.Server.Send(message));
        }
        network.Settle();

        Assert.All(sent, message => Assert.Equal(message, network.Read(network.Server)));
        Assert.All(sent, message => Assert.Equal(message, network.Read(network.Client)));
        Assert.Null(network.Read(network.Server));

        byte[] Bytes(int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    [Fact]
    public void A_record_that_comes_twice_is_read_once()
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());
        network.Client.Send("once"u8);
        var datagram = network.Take(network.Client)!;

        network.Give(network.Server, datagram);
        network.Give(network.Server, datagram);

        Assert.Equal("once", network.ReadText(network.Server));
        Assert.Null(network.Read(network.Server));
    }

    [Fact]
    public void Good_bye_closes_both_ends()
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());

        network.Server.Close();

        Assert.Equal(DtlsState.Closed, network.Server.State);
        Assert.True(network.Run(() => network.Client.State == DtlsState.Closed));
        Assert.False(network.Client.Send("late"u8));
        Assert.Null(network.Client.Failure);
    }

    [Fact]
    public void Data_that_nobody_reads_is_bounded()
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());
        for (var i = 0; i < 1000; i++)
        {
            network.Client.Send("message"u8);
            network.Give(network.Server, network.Take(network.Client)!);
        }
        var read = 0;
        while (network.Read(network.Server) is not null)
            read++;
        Assert.Equal(256, read);
        Assert.Equal(1000 - 256, network.Server.Lost);
        Assert.Equal(DtlsState.Connected, network.Server.State);
    }

    [Fact]
    public void A_certificate_names_itself_by_its_fingerprint()
    {
        using var certificate = DtlsCertificate.Create();

        Assert.Equal(32, certificate.Sha256.Length);
        Assert.Equal(Convert.ToHexString(certificate.Sha256), certificate.Fingerprint.Replace(":", "", StringComparison.Ordinal));
        Assert.Equal(95, certificate.Fingerprint.Length);
        Assert.NotEqual(DtlsNetwork.ServerCertificate.Fingerprint, certificate.Fingerprint);
    }

    [Fact]
    public void An_association_outlives_its_certificate()
    {
        using var certificate = DtlsCertificate.Create(DtlsTimers.VirtualTime);
        using var network = new DtlsNetwork(server: certificate);
        certificate.Dispose();

        Assert.True(network.Connect());
        Assert.Throws<ObjectDisposedException>(() => new DtlsTransport(certificate, DtlsRole.Client, 1200, []));
    }

    [Fact]
    public void The_version_of_openssl_is_told()
    {
        Assert.True(OpenSslLibrary.TryGetVersion(out var version, out var problem));
        Assert.StartsWith("OpenSSL 3.", version, StringComparison.Ordinal);
        Assert.Null(problem);
    }

    [Fact]
    public void After_the_end_calls_are_harmless()
    {
        var network = new DtlsNetwork();
        network.Dispose();
        network.Dispose();

        network.Server.Receive(new byte[100], network.Now);
        network.Server.Tick(network.Now + TimeSpan.FromSeconds(1));
        network.Server.Close();
        Assert.False(network.Server.Send("x"u8));
        Assert.False(network.Server.TryGetKeys(out _, out _));
        Assert.False(network.Server.TryTransmit(new byte[10], out _));
        Assert.Equal(DtlsState.Closed, network.Server.State);
    }
}
