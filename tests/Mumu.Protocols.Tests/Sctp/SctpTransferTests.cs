// Messages between two associations over paths that lose, reorder and double packets.
using Mumu.Protocols.Sctp;
using Mumu.Protocols.Sctp.Sending;

namespace Mumu.Protocols.Tests.Sctp;

public sealed class SctpTransferTests
{
    [Theory]
    [InlineData(0.0, 0, 0.0)]
    [InlineData(0.02, 5, 0.01)]
    [InlineData(0.1, 30, 0.1)]
    [InlineData(0.2, 60, 0.2)]
    public void Ordered_messages_of_every_size_arrive_once_and_in_order(double loss, int jitterMs, double duplication)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var pair = new SctpPair(seed, loss, 15, jitterMs, duplication);
            pair.Connect();
            var random = new Random(seed);
            var sent = new List<(ushort, string)>[] { [], [] };
            foreach (var size in new[] { 1, 2, 1132, 1133, 1136, 5000, 1, 65_536, 3, 262_144, 700, 40_000 })
            {
                for (var end = 0; end < 2; end++)
                {
                    var data = new byte[size];
                    random.NextBytes(data);
                    var stream = (ushort)random.Next(4);
                    sent[end].Add((stream, SctpPair.Hash(data)));
                    pair.Send(end, stream, data);
                }
                pair.Run(0.01);
            }

            Assert.True(pair.RunUntil(() => pair.MessagesAt(0).Count() == 12 && pair.MessagesAt(1).Count() == 12, 900), $"Seed {seed}");
            pair.Run(20);
            for (var end = 0; end < 2; end++)
            {
                foreach (var stream in Enumerable.Range(0, 4))
                {
                    Assert.Equal(
                        sent[end].Where(item => item.Item1 == stream).Select(item => item.Item2),
                        pair.MessagesAt(1 - end).Where(heard => heard.Stream == stream).Select(heard => heard.Hash)
                    );
                }
                Assert.True(pair.Ends[end].Sender.IsIdle);
                Assert.Equal(0, pair.Ends[end].Sender.Queue.Bytes);
            }
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(0.2)]
    public void Unordered_messages_all_arrive_once(double loss)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var pair = new SctpPair(seed, loss, 20, 40, loss / 2);
            pair.Connect();
            var random = new Random(seed);
            var sent = new List<string>();
            for (var i = 0; i < 200; i++)
            {
                var data = new byte[random.Next(1, i % 20 == 0 ? 30_000 : 900)];
                random.NextBytes(data);
                sent.Add(SctpPair.Hash(data));
                pair.Send(0, 7, data, new Delivery(IsUnordered: true));
                pair.Run(0.005);
            }

            Assert.True(pair.RunUntil(() => pair.MessagesAt(1).Count() == sent.Count, 600));
            pair.Run(20);
            Assert.Equal(sent.Order(), pair.MessagesAt(1).Select(heard => heard.Hash).Order());
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void Limited_retransmissions_lose_some_and_never_stand_still(int retransmits, bool isUnordered)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var pair = new SctpPair(seed, 0.15, 20, 20, 0.05);
            pair.Connect();
            var random = new Random(seed);
            var sent = new List<string>();
            for (var i = 0; i < 300; i++)
            {
                var data = new byte[i % 10 == 0 ? 20_000 : 500];
                random.NextBytes(data);
                sent.Add(SctpPair.Hash(data));
                pair.Send(0, 3, data, new Delivery(isUnordered, MaxRetransmits: retransmits));
                pair.Run(0.02);
            }
            var reliable = new byte[100_000];
            pair.Send(0, 3, reliable); // behind all the gaps
            Assert.True(pair.RunUntil(() => pair.MessagesAt(1).Any(heard => heard.Length == reliable.Length), 300), $"Seed {seed}");
            pair.Run(20);

            var got = pair.MessagesAt(1).Where(heard => heard.Length != reliable.Length).Select(heard => heard.Hash).ToList();
            Assert.Equal(got.Distinct().Count(), got.Count);
            Assert.True(got.Count > (retransmits == 0 ? 150 : 240), $"{got.Count} arrived.");
            if (retransmits == 0)
            {
                Assert.True(got.Count < 300);
            }
            if (!isUnordered)
            {
                Assert.Equal(sent.Where(got.Contains), got);
            }
            Assert.Empty(got.Except(sent));
            Assert.True(pair.A.Sender.IsIdle);
            Assert.Equal(0, pair.A.Sender.Queue.Bytes);
        }
    }

    [Fact]
    public void A_message_past_its_life_is_given_up()
    {
        var pair = new SctpPair(delayMs: 50);
        pair.Connect();
        pair.Run(1);
        pair.Path.IsCut = true;
        for (var i = 0; i < 40; i++)
        {
            pair.Send(0, 1, new byte[5000], new Delivery(false, MaxLife: TimeSpan.FromMilliseconds(200)));
        }
        pair.Run(3);
        pair.Path.IsCut = false;
        pair.Send(0, 1, new byte[77]);

        Assert.True(pair.RunUntil(() => pair.MessagesAt(1).Any(heard => heard.Length == 77), 30));
        Assert.Empty(pair.MessagesAt(1).Where(heard => heard.Length != 77));
        pair.Run(20);
        Assert.True(pair.A.Sender.IsIdle);
    }

    [Fact]
    public void A_message_with_a_life_that_does_not_end_arrives()
    {
        var pair = new SctpPair(3, 0.2);
        pair.Connect();
        for (var i = 0; i < 20; i++)
        {
            pair.Send(0, 1, new byte[3000 + i], new Delivery(i % 2 == 0, MaxLife: TimeSpan.FromMinutes(30)));
        }
        Assert.True(pair.RunUntil(() => pair.MessagesAt(1).Count() == 20, 300));
    }

    [Fact]
    public void A_slow_reader_holds_the_sender_back_and_loses_nothing()
    {
        var options = new SctpOptions { WindowBytes = 128 * 1024 };
        var pair = new SctpPair(options: options);
        pair.Connect();
        pair.SetReading(1, false);
        var random = new Random(1);
        var sent = new List<string>();
        for (var i = 0; i < 60; i++)
        {
            var data = new byte[random.Next(1, 40_000)];
            random.NextBytes(data);
            sent.Add(SctpPair.Hash(data));
            pair.Send(0, 1, data);
        }
        pair.Run(120);
        Assert.Empty(pair.MessagesAt(1));
        Assert.True(pair.A.Sender.Queue.Bytes > 500_000);
        Assert.Equal(SctpState.Established, pair.A.State); // a closed window is no silence
        var repeated = pair.A.Sender.Retransmissions;

        var read = 0;
        while (read < 60)
        {
            Assert.True(
                pair.RunUntil(
                    () => pair.B.TryRead(out var e) && e.Kind == SctpEventKind.Message && SctpPair.Hash(e.Data) == sent[read],
                    30
                ),
                $"{read}"
            );
            read++;
            pair.Run(0.05);
        }
        Assert.True(pair.RunUntil(() => pair.A.Sender.IsIdle, 30));
        Assert.True(repeated < 100, $"{repeated} chunks were repeated.");
    }

    [Fact]
    public void Streams_take_turns()
    {
        var pair = new SctpPair();
        pair.Connect();
        for (var i = 0; i < 10; i++)
        {
            pair.Send(0, 1, new byte[100_000]);
        }
        pair.Send(0, 2, new byte[10]);
        Assert.True(pair.RunUntil(() => pair.MessagesAt(1).Count() == 11, 60));
        var small = pair.MessagesAt(1).TakeWhile(heard => heard.Stream != 2).Count();
        Assert.True(small <= 2, $"{small} large messages came before the small one.");
    }

    [Fact]
    public void The_congestion_window_fills_a_long_path_and_gives_way_to_loss()
    {
        var pair = new SctpPair(delayMs: 50, options: new SctpOptions { WindowBytes = 4 * 1024 * 1024 });
        pair.Connect();
        var begun = pair.Now;
        for (var i = 0; i < 16; i++)
        {
            pair.Send(0, 1, new byte[250_000]);
        }
        Assert.True(pair.RunUntil(() => pair.MessagesAt(1).Count() == 16, 60));
        Assert.True(pair.Now - begun < TimeSpan.FromSeconds(1.5), $"4 MB took {pair.Now - begun} at 100 ms."); // slow start from 11 KB
        Assert.Equal(0, pair.A.Sender.Retransmissions);
    }

    [Fact]
    public void A_lost_packet_is_repaired_in_one_round_trip()
    {
        var pair = new SctpPair(delayMs: 50);
        pair.Connect();
        pair.Send(0, 1, new byte[200_000]);
        Assert.True(pair.RunUntil(() => pair.MessagesAt(1).Any(), 10));
        var begun = pair.Now;
        var data = 0;
        pair.OnPacket = (end, packet) => end == 0 && packet.Length > 1000 && ++data == 5 ? null : packet;
        pair.Send(0, 1, new byte[30_000]);
        Assert.True(pair.RunUntil(() => pair.MessagesAt(1).Count() == 2, 10));
        Assert.True(pair.Now - begun < TimeSpan.FromMilliseconds(190), $"It took {pair.Now - begun}.");
        Assert.Equal(1, pair.A.Sender.Retransmissions);
    }

    [Fact]
    public void A_full_queue_refuses_and_takes_again_later()
    {
        var pair = new SctpPair(options: new SctpOptions { MaxQueuedBytes = 100_000 });
        pair.Connect();
        pair.Send(0, 1, new byte[60_000]);
        Assert.False(pair.A.TrySend(1, 53, new byte[60_000], default, pair.Now));
        Assert.True(pair.RunUntil(() => pair.A.Sender.IsIdle, 10));
        pair.Send(0, 1, new byte[60_000]);
    }

    [Fact]
    public void Sequence_numbers_wrap()
    {
        var pair = new SctpPair(2, 0.05, 1);
        pair.Connect();
        var count = 0;
        for (var i = 0; i < 70_000; i++)
        {
            pair.Send(0, 1, [(byte)i, (byte)(i >> 8)]);
            if (i % 500 == 499)
            {
                count = i + 1;
                Assert.True(pair.RunUntil(() => pair.Heard[1].Count > count, 60));
            }
        }
        Assert.Equal(70_000, pair.MessagesAt(1).Count());
    }
}
