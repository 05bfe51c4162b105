// The socket, its batches and its receiver against each other on loopback.
using System.Net;
using Mumu.Protocols.Stun;

namespace Mumu.Io.Tests;

public sealed class UdpSocketTests
{
    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", false)]
    public void A_message_of_equal_segments_arrives_as_single_datagrams(string address, bool coalesce)
    {
        using var from = new UdpSocket(IPAddress.Parse(address), 0);
        using var to = new UdpSocket(IPAddress.Parse(address), 0);
        var batch = new UdpSendBatch(from);
        var receiver = new UdpReceiver(to, coalesce);

        Write(batch, to.LocalAddress, segment: 1000, total: 10 * 1000 + 17);
        Assert.True(batch.Flush());

        var sizes = new List<int>();
        for (var i = 0; i < 11; i++)
        {
            var datagram = Take(receiver, out var sender);
            Assert.Equal(from.LocalAddress, sender);
            Assert.All(datagram, value => Assert.Equal(i, value));
            sizes.Add(datagram.Length);
        }
        Assert.Equal([.. Enumerable.Repeat(1000, 10), 17], sizes);
        Assert.Equal(11, batch.Datagrams);
        Assert.Equal(10_017, batch.Bytes);
    }

    [Fact]
    public void A_kernel_that_refuses_segments_gets_plain_datagrams()
    {
        using var from = new UdpSocket(IPAddress.Loopback, 0) { SegmentsInKernel = false };
        using var to = new UdpSocket(IPAddress.Loopback, 0);
        var batch = new UdpSendBatch(from);
        var receiver = new UdpReceiver(to);

        Write(batch, to.LocalAddress, segment: 500, total: 1700);
        Write(batch, to.LocalAddress, segment: 100, total: 100);
        Assert.True(batch.Flush());

        Assert.Equal([500, 500, 500, 200, 100], Enumerable.Range(0, 5).Select(_ => Take(receiver, out var _).Length));
        Assert.Equal(0, batch.Segmented);
        Assert.Equal(5, batch.Datagrams);
    }

    [Fact]
    public void A_message_the_path_cannot_take_in_segments_is_sent_plain_and_the_next_tries_again()
    {
        using var from = new UdpSocket(IPAddress.Loopback, 0);
        Assert.SkipUnless(from.SegmentsInKernel, "This kernel has no UDP GSO.");
        using var to = new UdpSocket(IPAddress.Loopback, 0);
        var batch = new UdpSendBatch(from);
        var receiver = new UdpReceiver(to);

        // 65 segments are one more than the kernel joins.
        Write(batch, to.LocalAddress, segment: 20, total: 200 * 20);
        Write(batch, to.LocalAddress, segment: 20, total: 3 * 20);
        Assert.True(batch.Flush());

        for (var i = 0; i < 203; i++)
        {
            Assert.Equal(20, Take(receiver, out _).Length);
        }
        Assert.Equal(1, batch.Segmented);
        Assert.True(from.SegmentsInKernel);
    }

    [Fact]
    public void A_destination_without_a_route_costs_only_its_own_message()
    {
        using var from = new UdpSocket(IPAddress.Loopback, 0);
        using var to = new UdpSocket(IPAddress.Loopback, 0);
        var batch = new UdpSendBatch(from);
        var receiver = new UdpReceiver(to);

        Write(batch, to.LocalAddress, 100, 100);
        Write(batch, TransportAddress.From(IPAddress.Loopback, 0), 100, 100); // port 0 is nowhere
        Write(batch, to.LocalAddress, 50, 150);
        Assert.True(batch.Flush());

        Assert.Equal([100, 50, 50, 50], Enumerable.Range(0, 4).Select(_ => Take(receiver, out var _).Length));
        Assert.Equal(1, batch.Errors);
    }

    [Fact]
    public void A_datagram_longer_than_the_room_is_counted_and_dropped()
    {
        using var from = new UdpSocket(IPAddress.Loopback, 0);
        using var to = new UdpSocket(IPAddress.Loopback, 0);
        var receiver = new UdpReceiver(to);

        Assert.True(from.TrySend(new byte[4000], to.LocalAddress));
        Assert.True(from.TrySend(new byte[10], to.LocalAddress));

        Assert.Equal(10, Take(receiver, out _).Length);
        Assert.Equal(OperatingSystem.IsLinux() ? 1 : 0, receiver.Truncated);
    }

    [Fact]
    public void A_dual_stack_socket_speaks_with_an_old_one_and_folds_its_address()
    {
        using var dual = new UdpSocket(IPAddress.IPv6Loopback, 0);
        Assert.True(dual.IsDualStack);
        Span<byte> name = stackalloc byte[Linux.SocketName.Size];
        var address = TransportAddress.From(IPAddress.Parse("192.0.2.7"), 4711);

        var length = Linux.SocketName.Write(name, address, dualStack: true);

        Assert.Equal(Linux.SocketName.Size, length);
        Assert.True(Linux.SocketName.TryRead(name, out var back));
        Assert.Equal(address, back);
    }

    [Fact]
    public void Sending_and_receiving_allocate_nothing()
    {
        using var from = new UdpSocket(IPAddress.Loopback, 0);
        using var to = new UdpSocket(IPAddress.Loopback, 0);
        var batch = new UdpSendBatch(from);
        var receiver = new UdpReceiver(to);
        long allocated = 0;
        for (var round = 0; round < 300; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Write(batch, to.LocalAddress, 1000, 5000);
            batch.Flush();
            while (receiver.Fill())
            {
                while (receiver.TryRead(out _, out _)) { }
            }
            allocated = round < 100 ? 0 : allocated + GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }

    private static void Write(UdpSendBatch batch, in TransportAddress to, int segment, int total)
    {
        var room = batch.Reserve(total);
        for (var i = 0; i < total; i++)
        {
            room[i] = (byte)(i / segment);
        }
        batch.Commit(total, segment, to);
    }

    private static byte[] Take(UdpReceiver receiver, out TransportAddress from)
    {
        for (var limit = Environment.TickCount64 + 5000; Environment.TickCount64 < limit; Thread.Yield())
        {
            if (receiver.TryRead(out var datagram, out from) || (receiver.Fill() && receiver.TryRead(out datagram, out from)))
            {
                return datagram.ToArray();
            }
        }
        throw new TimeoutException("No datagram came.");
    }
}
