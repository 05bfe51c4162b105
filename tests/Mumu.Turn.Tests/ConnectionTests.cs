// Clients over TCP: how they are served, and how little those cost who say nothing, too much, or never listen.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mumu.Turn.Tests.Harness;

namespace Mumu.Turn.Tests;

public sealed class ConnectionTests
{
    [Fact]
    public async Task Data_goes_through_a_connection_and_its_end_ends_the_allocation()
    {
        await using var server = new Server();
        using (var client = server.Client(overTcp: true))
        {
            Assert.Equal(0, await client.AllocateAsync());
            Assert.Equal(0, await client.BindAsync(0x4000, server.Peer));
            foreach (var length in (int[])[1, 2, 3, 4, 1200])
            {
                client.SendOnChannel(0x4000, new byte[length]);
                Assert.Equal(4 + length, (await client.ReceiveAsync())?.Length);
            }
            Assert.Equal((1, 1), (server.Listener.AllocationCount, server.Listener.ConnectionCount));
        }
        await Server.EventuallyAsync(() => server.Listener is { AllocationCount: 0, ConnectionCount: 0 });
    }

    [Fact]
    public async Task Messages_in_pieces_of_one_byte_are_understood()
    {
        await using var server = new Server();
        using var client = server.Client(overTcp: true);
        Assert.Equal(0, await client.AllocateAsync());
        Assert.Equal(0, await client.BindAsync(0x4000, server.Peer));
        foreach (var piece in new byte[] { 0x40, 0, 0, 3, 1, 2, 3, 0 })
        {
            client.SendRaw([piece]);
        }
        Assert.Equal(new byte[] { 0x40, 0, 0, 3, 1, 2, 3 }, await client.ReceiveAsync());
    }

    [Fact]
    public async Task What_is_no_message_ends_the_connection()
    {
        await using var server = new Server();
        using var client = server.Client(overTcp: true);
        client.SendRaw("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8);
        Assert.Empty((await client.ReceiveAsync())!);
        await Server.EventuallyAsync(() => server.Listener.ConnectionCount == 0);
    }

    [Fact]
    public async Task Who_says_nothing_is_sent_away_and_who_has_an_allocation_stays()
    {
        await using var server = new Server();
        using var silent = server.Client(overTcp: true);
        using var slow = server.Client(overTcp: true);
        slow.SendRaw([0, 1]);
        using var busy = server.Client(overTcp: true);
        Assert.Equal(0, await busy.AllocateAsync());
        await Server.EventuallyAsync(() => server.Listener.ConnectionCount == 3);
        server.Time.Advance(TimeSpan.FromSeconds(11));
        await Server.EventuallyAsync(() => server.Listener.ConnectionCount == 1);
        Assert.Equal(2, server.Listener.RefusedConnections);
        server.Time.Advance(TimeSpan.FromSeconds(120));
        Assert.Equal(0, await busy.PermitAsync(server.Peer));
        server.Time.Advance(TimeSpan.FromMinutes(20)); // the allocation lapses, then patience
        await Server.EventuallyAsync(() => server.Listener.AllocationCount == 0);
        server.Time.Advance(TimeSpan.FromSeconds(61));
        await Server.EventuallyAsync(() => server.Listener.ConnectionCount == 0);
    }

    [Fact]
    public async Task One_network_has_so_many_places_and_no_more()
    {
        await using var server = new Server(o => o with { MaxConnectionsPerNetwork = 3 });
        var clients = Enumerable.Range(0, 5).Select(_ => server.Client(overTcp: true)).ToArray();
        await Server.EventuallyAsync(() => server.Listener is { ConnectionCount: 3, RefusedConnections: 2 });
        clients[0].Dispose();
        await Server.EventuallyAsync(() => server.Listener.ConnectionCount == 2);
        using var next = server.Client(overTcp: true);
        Assert.Equal(0, await next.AllocateAsync());
        Array.ForEach(clients, c => c.Dispose());
    }

    [Fact]
    public async Task When_all_places_are_taken_the_oldest_without_an_allocation_makes_room()
    {
        await using var server = new Server(o => o with { MaxConnections = 3 });
        using var first = server.Client(overTcp: true);
        Assert.Equal(0, await first.AllocateAsync());
        using var idle = server.Client(overTcp: true);
        using var idleToo = server.Client(overTcp: true);
        await Server.EventuallyAsync(() => server.Listener.ConnectionCount == 3);
        using var next = server.Client(overTcp: true);
        Assert.Equal(0, await next.AllocateAsync());
        Assert.Empty((await idle.ReceiveAsync())!);
        Assert.Equal(0, await first.PermitAsync(server.Peer));
    }

    [Fact]
    public async Task Who_does_not_listen_loses_datagrams_and_the_server_keeps_no_more_than_a_queue()
    {
        await using var server = new Server();
        using var deaf = server.Client(overTcp: true);
        Assert.Equal(0, await deaf.AllocateAsync());
        Assert.Equal(0, await deaf.PermitAsync(server.Peer));
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(server.Peer.ToIPAddress(), 0));
        peer.Connect(deaf.Relayed.ToIPEndPoint());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 40_000 && server.Listener.Lost < 1000; i++)
        {
            peer.Send(new byte[1400]);
            if (i % 50 == 0)
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }
        Assert.True(server.Listener.Lost >= 1000);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 4 << 20);
        using var other = server.Client(overTcp: true);
        Assert.Equal(0, await other.AllocateAsync());
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart()
    {
        using var certificate = new TestCertificate();
        await using var server = new Server(o => o with { Certificate = certificate.Read() });
        await using var renewing = new Server(o => o with { Certificate = null });
        Assert.Null(renewing.Listener.TlsAddress);
        Assert.Equal(certificate.Thumbprint, await ShownAsync(server));
        var time = new ShiftedTime();
        await using var watched = new Server(o => o with { Certificate = certificate.Read(time) });
        File.SetLastWriteTimeUtc(certificate.KeyPath, DateTime.UtcNow.AddMinutes(-1));
        File.SetLastWriteTimeUtc(certificate.CertificatePath, DateTime.UtcNow.AddMinutes(-1));
        certificate.Write();
        Assert.NotEqual(certificate.Thumbprint, await ShownAsync(watched));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(certificate.Thumbprint, await ShownAsync(watched));
        File.WriteAllText(certificate.KeyPath, "half");
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(certificate.Thumbprint, await ShownAsync(watched));
    }

    private static async Task<string> ShownAsync(Server server)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Listener.TlsAddress!, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false);
        var shown = "";
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                shown = ((X509Certificate2)certificate!).Thumbprint;
                return shown.Length > 0;
            },
        };
        await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
        return shown;
    }
}
