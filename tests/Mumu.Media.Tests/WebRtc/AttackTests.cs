// Forged packets during a call, and floods from strangers: the call goes on, and nothing grows.
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Mumu.Io;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Stun;
using Mumu.Protocols.WebRtc.Receiving;

namespace Mumu.Media.Tests.WebRtc;

/// <summary>Looks at times and at the memory of the process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(AttackTests), DisableParallelization = true)]
[Collection(nameof(AttackTests))]
public sealed class AttackTests(ITestOutputHelper output)
{
    private const int Forged = 10_000;
    private static readonly TimeSpan s_mostGap = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Ten_thousand_forged_packets_leave_a_call_as_it_was()
    {
        await using var rig = new Rig(options => options with { Loops = 1 });
        using var crowd = new Crowd();
        var forger = new Forger(1);
        var echoed = new ConcurrentQueue<string>();
        var sent = new List<string>();
        DataChannel? channel = null;
        var (viewer, session) = await crowd.JoinAsync(
            rig,
            viewer =>
            {
                viewer.OnSent = forger.See;
                viewer.OnTurn = now =>
                {
                    if (viewer.Peer.Data is not { IsConnected: true } data)
                    {
                        return;
                    }
                    channel ??= data.Open(new DataChannelSetup("echo"));
                    if (sent.Count == echoed.Count && sent.Count < 2000)
                    {
                        var message = RandomNumberGenerator.GetBytes(3000);
                        sent.Add(Convert.ToHexString(SHA256.HashData(message)));
                        Assert.Equal(DataSendResult.Queued, data.Send(channel!, message, false, now));
                    }
                    while (data.TryRead(out var e))
                    {
                        if (e.Kind == DataChannelEventKind.Message)
                        {
                            echoed.Enqueue(Convert.ToHexString(SHA256.HashData(e.Data.Span)));
                        }
                    }
                };
            },
            receiving: new ReceivingOptions { Audio = [], Data = true }
        );
        _ = new DataEcho(session);
        await crowd.WaitAsync(() => viewer.Frames.Count > 90 && echoed.Count > 10, "The call did not begin.");
        var to = TransportAddress.From(IPAddress.Loopback, rig.Engine.Ports[0]);
        var (before, selected, remote) = (viewer.Frames.Count, viewer.Peer.Selected, session.Statistics.Remote);
        var quiet = LargestGap(viewer.Frames.Skip(30).ToList());
        var echoedBefore = echoed.Count;
        using var stranger = new UdpSocket(IPAddress.Loopback, 0);

        for (var i = 0; i < Forged; i++)
        {
            var packet = forger.Make();
            if (i % 2 == 0)
            {
                viewer.SendRaw(packet, to);
            }
            else
            {
                stranger.TrySend(packet, to);
            }
            if (i % 50 == 49)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken); // some seconds in all, so that the call has time to suffer
            }
        }
        var during = viewer.Frames.Count;
        await crowd.WaitAsync(() => viewer.Frames.Count > during + 30, "The picture stopped.");

        var frames = viewer.Frames;
        Assert.True(during - before > 30, $"Only {during - before} frames came during the attack.");
        Assert.All(frames, frame => Assert.True(frame.IsWhole));
        Assert.Equal(Enumerable.Range(0, frames.Count).Select(i => frames[0].Number + (uint)i), frames.Select(frame => frame.Number));
        var gap = LargestGap(frames.Skip(before).ToList());
        output.WriteLine($"Largest gap {gap.TotalMilliseconds:0} ms, before the attack {quiet.TotalMilliseconds:0} ms.");
        Assert.True(gap < s_mostGap + 2 * quiet, $"The picture stood still for {gap}, before the attack for {quiet}.");
        Assert.Equal(selected, viewer.Peer.Selected);
        Assert.Equal(remote, session.Statistics.Remote);
        Assert.True(session.Statistics.IsConnected);
        Assert.Equal(0, session.Statistics.KeyFrameRequests);
        Assert.True(echoed.Count > echoedBefore + 10, "The data channel stood still.");
        Assert.Equal(sent.Take(echoed.Count), echoed);
        Assert.Equal(1, rig.Engine.Viewers);
    }

    [Fact]
    public async Task A_check_that_is_replayed_from_many_addresses_takes_no_route_away()
    {
        await using var rig = new Rig(options => options with { Loops = 1 });
        using var crowd = new Crowd();
        byte[] check = [];
        var (viewer, session) = await crowd.JoinAsync(
            rig,
            viewer =>
                viewer.OnSent = datagram =>
                {
                    if (datagram.Span is [0, 1, ..])
                    {
                        Volatile.Write(ref check, datagram.ToArray());
                    }
                }
        );
        await crowd.WaitAsync(() => viewer.Frames.Count > 30, "No frames came.");
        var to = TransportAddress.From(IPAddress.Loopback, rig.Engine.Ports[0]);
        var strangers = Enumerable.Range(0, 40).Select(_ => new UdpSocket(IPAddress.Loopback, 0)).ToArray();
        for (var round = 1; round <= 5; round++)
        {
            var received = rig.Engine.Statistics.Received;
            foreach (var stranger in strangers)
            {
                stranger.TrySend(Volatile.Read(ref check), to);
            }
            await crowd.WaitAsync(() => rig.Engine.Statistics.Received >= received + strangers.Length, "The replays did not arrive.");
            viewer.RequestKeyFrame(); // encrypted, so it is found by its address alone
            var wanted = round;
            await crowd.WaitAsync(
                () => session.Statistics.KeyFrameRequests >= wanted,
                () => $"Request {wanted} was lost; {session.Statistics.KeyFrameRequests} came."
            );
        }
        Array.ForEach(strangers, stranger => stranger.Dispose());
    }

    [Fact]
    public async Task Two_hundred_thousand_strangers_cost_no_memory_and_no_service()
    {
        await using var rig = new Rig(options => options with { Loops = 1 });
        using var crowd = new Crowd();
        var forger = new Forger(2);
        var (first, _) = await crowd.JoinAsync(rig, viewer => viewer.OnSent = forger.See);
        await crowd.WaitAsync(() => first.Frames.Count > 30, "No frames came.");
        var to = TransportAddress.From(IPAddress.Loopback, rig.Engine.Ports[0]);
        var (check, hello) = (forger.Seen(0), forger.Seen(22));
        using var stranger = new UdpSocket(IPAddress.Loopback, 0);
        await FloodAsync(20_000); // what is made once
        var (before, strays) = (Memory(), rig.Engine.Statistics.Strays);

        await FloodAsync(200_000);

        var growth = Memory() - before;
        var taken = rig.Engine.Statistics.Strays - strays;
        output.WriteLine($"{taken} datagrams reached the loop; memory grew by {growth / 1024} KiB.");
        Assert.True(taken > 150_000, $"Only {taken} datagrams reached the loop.");
        Assert.True(growth <= 8 << 20, $"Memory grew by {growth} bytes.");
        var (second, _) = await crowd.JoinAsync(rig);
        await crowd.WaitAsync(() => second.Frames.Count > 30, "A valid viewer got nothing.");
        var frames = first.Frames;
        Assert.Equal((uint)frames.Count, frames[^1].Number - frames[0].Number + 1);

        async Task FloodAsync(int count)
        {
            var random = new Random(3);
            var begun = rig.Engine.Statistics.Received;
            for (var i = 0; i < count; i++)
            {
                var packet = i % 2 == 0 ? check : hello;
                random.NextBytes(packet.AsSpan(i % 2 == 0 ? 8 : 13, 12)); // another transaction, another hello
                if (i % 4 == 0)
                {
                    random.NextBytes(packet.AsSpan(24, 8)); // and another user
                }
                stranger.TrySend(packet, to);
                if (i % 500 == 499)
                {
                    var wanted = i;
                    // The kernel drops what the loop can't take in time; a flood that nobody sees proves nothing.
                    await crowd.WaitAsync(() => rig.Engine.Statistics.Received - begun > wanted * 0.9, "The loop stands still.");
                }
            }
        }
    }

    [Fact]
    public async Task Hundreds_of_viewers_with_data_come_and_go_and_leave_nothing()
    {
        await using var rig = new Rig(options => options with { Loops = 1 });
        using var crowd = new Crowd();
        var (keeper, _) = await crowd.JoinAsync(rig);
        await CycleAsync(150);
        var before = Memory();
        await CycleAsync(300);
        var growth = Memory() - before;
        output.WriteLine($"300 viewers left {growth / 1024} KiB behind.");
        Assert.True(growth < 12 << 20, $"Memory grew by {growth} bytes.");
        Assert.Equal(1, rig.Engine.Viewers);
        Assert.Equal((uint)keeper.Frames.Count, keeper.Frames[^1].Number - keeper.Frames[0].Number + 1);

        async Task CycleAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var answered = false;
                DataChannel? channel = null;
                var (viewer, session) = await crowd.JoinAsync(
                    rig,
                    viewer =>
                        viewer.OnTurn = now =>
                        {
                            if (viewer.Peer.Data is not { IsConnected: true } data)
                            {
                                return;
                            }
                            if (channel is null)
                            {
                                channel = data.Open(new DataChannelSetup("echo"));
                                data.Send(channel!, new byte[20_000], false, now);
                            }
                            while (data.TryRead(out var e))
                            {
                                answered |= e.Kind == DataChannelEventKind.Message;
                            }
                        },
                    receiving: new ReceivingOptions { Audio = [], Data = true }
                );
                var echo = new DataEcho(session);
                await crowd.WaitAsync(() => answered && viewer.Frames.Count > 0, "A viewer was not served.");
                viewer.Leave();
                await echo.EndAsync();
                await crowd.WaitAsync(() => rig.Engine.Viewers == 1, "A viewer did not leave.");
                crowd.Forget(viewer);
            }
        }
    }

    private static TimeSpan LargestGap(IReadOnlyList<ViewerFrame> frames) => frames.Zip(frames.Skip(1), (a, b) => b.At - a.At).Max();

    private static long Memory()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return Environment.WorkingSet;
    }
}
