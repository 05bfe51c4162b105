// The loop: datagrams, commands and deadlines reach the handler on one thread.
using System.Collections.Concurrent;
using System.Net;
using Mumu.Protocols.Stun;

namespace Mumu.Io.Tests;

public sealed class UdpLoopTests
{
    private sealed class Recorder : ILoopHandler<string>
    {
        public BlockingCollection<(string What, int Thread, TimeSpan Now)> Seen { get; } = [];

        public TimeSpan? Deadline { get; set; }

        public void OnDatagram(Span<byte> datagram, in TransportAddress from, TimeSpan now) =>
            Seen.Add(("datagram " + datagram.Length, Environment.CurrentManagedThreadId, now));

        public void OnCommand(string command, TimeSpan now)
        {
            if (command == "deadline")
            {
                Deadline = now + TimeSpan.FromMilliseconds(20);
            }
            Seen.Add((command, Environment.CurrentManagedThreadId, now));
        }

        public TimeSpan? OnTurn(UdpSendBatch output, TimeSpan now)
        {
            if (Deadline <= now)
            {
                Deadline = null;
                Seen.Add(("due", Environment.CurrentManagedThreadId, now));
            }
            return Deadline;
        }

        public (string What, int Thread, TimeSpan Now) Next()
        {
            Assert.True(Seen.TryTake(out var item, TimeSpan.FromSeconds(5)), "Nothing happened in time.");
            return item;
        }
    }

    [Fact]
    public void Datagrams_commands_and_deadlines_come_on_one_thread()
    {
        var recorder = new Recorder();
        var socket = new UdpSocket(IPAddress.Loopback, 0);
        var address = socket.LocalAddress;
        using var loop = new UdpLoop<string>(socket, recorder, TimeProvider.System, "test");
        using var other = new UdpSocket(IPAddress.Loopback, 0);
        loop.Start();

        Assert.True(loop.TryPost("hello"));
        var command = recorder.Next();
        other.TrySend(new byte[33], address);
        var datagram = recorder.Next();
        loop.TryPost("deadline");
        var asked = recorder.Next();
        var due = recorder.Next();

        Assert.Equal(["hello", "datagram 33", "deadline", "due"], [command.What, datagram.What, asked.What, due.What]);
        Assert.Single(new[] { command.Thread, datagram.Thread, asked.Thread, due.Thread }.Distinct());
        Assert.InRange(due.Now - asked.Now, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Commands_of_many_threads_all_arrive_and_wake_the_loop()
    {
        var recorder = new Recorder();
        using var loop = new UdpLoop<string>(new UdpSocket(IPAddress.Loopback, 0), recorder, TimeProvider.System, "test");
        loop.Start();

        Parallel.For(
            0,
            8,
            thread =>
            {
                for (var i = 0; i < 500; i++)
                {
                    Assert.True(SpinWait.SpinUntil(() => loop.TryPost($"{thread}"), 5000));
                }
            }
        );

        var counts = Enumerable.Range(0, 4000).Select(_ => recorder.Next().What).CountBy(what => what).ToDictionary();
        Assert.All(counts.Values, count => Assert.Equal(500, count));
    }

    [Fact]
    public void A_stopped_loop_refuses_commands_and_frees_its_port()
    {
        var socket = new UdpSocket(IPAddress.Loopback, 0);
        var port = socket.LocalAddress.Port;
        var loop = new UdpLoop<string>(socket, new Recorder(), TimeProvider.System, "test");
        loop.Start();
        loop.Dispose();
        loop.Dispose();

        Assert.False(loop.TryPost("late"));
        using var again = new UdpSocket(IPAddress.Loopback, port);
        Assert.Equal(port, again.LocalAddress.Port);
    }
}
