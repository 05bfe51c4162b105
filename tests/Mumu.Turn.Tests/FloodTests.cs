// An unauthenticated flood through real sockets.
using System.Net.Sockets;
using Mumu.Protocols.Stun;
using Mumu.Turn.Tests.Harness;

// Memory is measured, and coturn's client keeps time: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Mumu.Turn.Tests;

public sealed class FloodTests
{
    private const int Flood = 200_000;
    private const long MostBytes = 8 << 20;

    [Fact]
    public async Task Two_hundred_thousand_unauthenticated_requests_cost_no_memory_and_a_client_is_served_meanwhile()
    {
        await using var server = new Server();
        using var client = server.Client();
        Assert.Equal(0, await client.AllocateAsync());
        Assert.Equal(0, await client.BindAsync(0x4000, server.Peer));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var flood = Task.Run(() => Send(server), TestContext.Current.CancellationToken);
        var echoed = 0;
        for (var i = 0; !flood.IsCompleted || i < 50; i++)
        {
            client.SendOnChannel(0x4000, "still here"u8);
            echoed += await client.ReceiveAsync(TimeSpan.FromMilliseconds(500)) is null ? 0 : 1;
        }
        await flood;
        Assert.True(echoed >= 25, $"only {echoed} datagrams came back");
        Assert.Equal(1, server.Listener.AllocationCount);
        using var late = server.Client();
        Assert.Equal(0, await late.AllocateAsync());
        var counters = server.Listener.Counters;
        Assert.True(counters.Unauthenticated > Flood / 10, $"only {counters.Unauthenticated} requests arrived");
        Assert.True(counters.Unanswered > 0);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown <= MostBytes, $"{grown} bytes more");
    }

    private static void Send(Server server)
    {
        var buffer = new byte[64];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Allocate, new StunTransactionId(9, 9));
        writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
        var request = buffer[..writer.Length];
        var sockets = Enumerable
            .Range(0, 16)
            .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
            .ToArray();
        Array.ForEach(sockets, s => s.Connect(server.Listener.LocalAddress));
        for (var i = 0; i < Flood; i++)
        {
            sockets[i % sockets.Length].Send(request);
        }
        Array.ForEach(sockets, s => s.Dispose());
    }
}
