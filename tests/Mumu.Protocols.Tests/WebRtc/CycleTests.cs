// Peers that come and go by the thousand leave nothing behind.
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.WebRtc;

namespace Mumu.Protocols.Tests.WebRtc;

/// <summary>Looks at the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(CycleTests), DisableParallelization = true)]
[Collection(nameof(CycleTests))]
public sealed class CycleTests(ITestOutputHelper output)
{
    [Fact]
    public void Ten_thousand_peers_with_media_and_data_leave_nothing_behind()
    {
        Cycle(0, 2_000);
        var last = Memory();
        var steps = new List<long>();
        for (var done = 2_000; done < 10_000; done += 1_600)
        {
            Cycle(done, done + 1_600);
            var now = Memory();
            steps.Add(now - last);
            last = now;
        }
        output.WriteLine($"KiB left by 1,600 peers, five times: {string.Join(", ", steps.Select(step => step / 1024))}");
        // The runtime and the C library take a few megabytes at a time, once; a leak would show in every step.
        var typical = steps.Order().ElementAt(2);
        Assert.True(typical * 5 < 5_000_000, $"8,000 peers leave {typical * 5} bytes.");
        Assert.True(steps.Sum() < 16_000_000, $"8,000 peers left {steps.Sum()} bytes.");
    }

    private static void Cycle(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            using var pair = new DataPair(seed: i);
            pair.Connect();
            var channel = pair.Open(i % 2, new DataChannelSetup("exchange"));
            pair.Send(i % 2, channel, new byte[5_000]);
            pair.Send(i % 2, channel, new byte[10]);
            pair.Peers.SendPacket(0, 1, true, new byte[500]);
            Assert.True(pair.RunUntil(() => pair.MessagesAt(1 - i % 2, "exchange").Any() && pair.Peers.Received.Count == 1, 5));
            switch (i % 3)
            {
                case 0:
                    pair.Peers.Receiver.Close();
                    Assert.True(pair.RunUntil(() => pair.Peers.Sender.End != PeerEnd.None, 5));
                    break;
                case 1:
                    pair.Send(i % 2, channel, new byte[100_000]); // left in the middle of it
                    pair.Peers.Sender.Close();
                    break;
            }
        }
    }

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
