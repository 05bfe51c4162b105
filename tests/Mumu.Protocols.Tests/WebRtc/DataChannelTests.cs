// Data channels between our peers: every kind, every end, good and bad paths.
using System.Text;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.WebRtc;

namespace Mumu.Protocols.Tests.WebRtc;

public sealed class DataChannelTests
{
    [Theory]
    [InlineData(true, 0.0)]
    [InlineData(false, 0.0)]
    [InlineData(true, 0.1)]
    [InlineData(false, 0.2)]
    public void Channels_of_both_sides_carry_text_and_bytes_of_every_size(bool hasMedia, double loss)
    {
        using var pair = new DataPair(3, loss, jitterMs: 10, duplication: loss / 2, hasMedia);
        pair.Connect();
        for (var end = 0; end < 2; end++)
        {
            var channel = pair.Open(end, new DataChannelSetup($"from {end}") { Protocol = "p" });
            Assert.Equal("p", pair.Find(1 - end, $"from {end}").Setup.Protocol);
            var random = new Random(1);
            var sent = new List<string>();
            foreach (var size in new[] { 0, 1, 100, 1100, 1200, 65_535, 262_144 })
            {
                var data = new byte[size];
                random.NextBytes(data);
                sent.Add(DataPair.Hash(data));
                pair.Send(end, channel, data);
            }
            pair.Send(end, channel, "Grüße ☃"u8, isText: true);
            pair.Send(end, channel, [], isText: true);
            sent.AddRange([DataPair.Hash(Encoding.UTF8.GetBytes("Grüße ☃")), DataPair.Hash([])]);

            Assert.True(pair.RunUntil(() => pair.MessagesAt(1 - end, channel.Label).Count() == sent.Count, 300));
            Assert.Equal(sent, pair.MessagesAt(1 - end, channel.Label));
            Assert.Equal([true, true], pair.Heard[1 - end].TakeLast(2).Select(heard => heard.IsText));
            Assert.Equal(0, pair.Ends[end].BufferedAmount(channel));
        }
        // The offerer is the DTLS client here: its channels are even.
        Assert.Equal([0, 1], pair.Ends[0].Channels.OrderBy(channel => channel.Id).Select(channel => (int)channel.Id));
        Assert.Equal("from 0", pair.Ends[0].Channels.Single(channel => channel.Id == 0).Label);
    }

    [Fact]
    public void Every_kind_of_channel_is_announced_as_it_is()
    {
        using var pair = new DataPair();
        pair.Connect();
        var kinds = new[]
        {
            new DataChannelSetup("a"),
            new DataChannelSetup("b") { IsOrdered = false },
            new DataChannelSetup("c") { MaxRetransmits = 0 },
            new DataChannelSetup("d") { MaxRetransmits = 7, IsOrdered = false },
            new DataChannelSetup("e") { MaxLife = TimeSpan.FromMilliseconds(1500) },
            new DataChannelSetup("f") { MaxLife = TimeSpan.FromMilliseconds(1), IsOrdered = false },
        };
        foreach (var kind in kinds)
        {
            pair.Open(1, kind);
            Assert.Equal(kind, pair.Find(0, kind.Label).Setup);
        }
    }

    [Fact]
    public void Messages_may_be_sent_before_the_other_side_has_confirmed()
    {
        using var pair = new DataPair(5, 0.1, jitterMs: 100);
        pair.Connect();
        var channel = pair.Ends[0].Open(new DataChannelSetup("eager") { IsOrdered = false })!;
        for (var i = 0; i < 50; i++)
        {
            pair.Send(0, channel, [(byte)i]);
        }
        Assert.True(pair.RunUntil(() => pair.MessagesAt(1, "eager").Count() == 50, 60));
        Assert.Equal(0, pair.Ends[1].Strays);
        Assert.Equal(DataChannelEventKind.Opened, pair.Heard[1][0].Kind);
    }

    [Fact]
    public void Channels_opened_before_the_connection_are_announced_with_it()
    {
        using var pair = new DataPair();
        var channel = pair.Ends[0].Open(new DataChannelSetup("early"))!;
        Assert.Equal(DataSendResult.NotOpen, pair.Ends[0].Send(channel, [1], false, pair.Peers.Now));
        pair.Connect();
        Assert.True(pair.RunUntil(() => pair.Count(0, DataChannelEventKind.Opened, "early") == 1, 5));
    }

    [Fact]
    public void Agreed_channels_need_no_announcement()
    {
        using var pair = new DataPair();
        var setup = new DataChannelSetup("agreed") { AgreedId = 100, IsOrdered = false };
        var channel = pair.Ends[0].Open(setup)!;
        Assert.NotNull(pair.Ends[1].Open(setup));
        Assert.Null(pair.Ends[1].Open(setup));
        pair.Connect();
        Assert.True(
            pair.RunUntil(
                () =>
                    pair.Count(0, DataChannelEventKind.Opened, "agreed") == 1 && pair.Count(1, DataChannelEventKind.Opened, "agreed") == 1,
                5
            )
        );
        pair.Send(0, channel, [1, 2]);
        Assert.True(pair.RunUntil(() => pair.MessagesAt(1, "agreed").Any(), 5));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.15)]
    public void Closing_lets_what_was_sent_arrive_and_frees_the_number(double loss)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            using var pair = new DataPair(seed, loss, jitterMs: 20);
            pair.Connect();
            for (var round = 0; round < 6; round++)
            {
                var (closer, label) = (round % 2, $"round {round}");
                var channel = pair.Open(0, new DataChannelSetup(label));
                Assert.Equal(0, channel.Id);
                var other = pair.Find(1, label);
                pair.Send(closer, closer == 0 ? channel : other, new byte[100_000]);
                pair.Ends[closer].Close(closer == 0 ? channel : other);
                Assert.Equal(DataSendResult.NotOpen, pair.Ends[closer].Send(closer == 0 ? channel : other, [1], false, pair.Peers.Now));

                Assert.True(
                    pair.RunUntil(
                        () =>
                            pair.Count(0, DataChannelEventKind.Closed, label) == 1
                            && pair.Count(1, DataChannelEventKind.Closed, label) == 1,
                        120
                    ),
                    $"Seed {seed}, {label}"
                );
                Assert.Single(pair.MessagesAt(1 - closer, label));
                Assert.Equal(DataChannelState.Closed, channel.State);
                Assert.Empty(pair.Ends[0].Channels);
            }
        }
    }

    [Fact]
    public void Both_sides_may_close_at_once_while_both_send()
    {
        using var pair = new DataPair(2, 0.1, jitterMs: 20);
        pair.Connect();
        var channel = pair.Open(0, new DataChannelSetup("both"));
        var other = pair.Find(1, "both");
        for (var i = 0; i < 10; i++)
        {
            pair.Send(0, channel, new byte[50_000]);
            pair.Send(1, other, new byte[50_000]);
        }
        pair.Peers.Run(0.05);
        pair.Ends[0].Close(channel);
        pair.Ends[1].Close(other);
        Assert.True(
            pair.RunUntil(
                () => pair.Count(0, DataChannelEventKind.Closed, "both") == 1 && pair.Count(1, DataChannelEventKind.Closed, "both") == 1,
                120
            )
        );
        Assert.Equal(0, pair.Ends[0].QueuedBytes + pair.Ends[1].QueuedBytes);
    }

    [Fact]
    public void A_slow_reader_fills_the_queue_and_the_rest_is_refused()
    {
        using var pair = new DataPair();
        pair.Connect();
        var channel = pair.Open(0, new DataChannelSetup("slow"));
        pair.Reads[1] = false;
        var sent = 0;
        while (pair.Ends[0].Send(channel, new byte[200_000], false, pair.Peers.Now) == DataSendResult.Queued)
        {
            sent++;
            pair.Peers.Run(1);
        }
        Assert.InRange(sent, 20, 30); // 4 MiB queued here, 1 MiB waiting there
        Assert.InRange(pair.Ends[0].BufferedAmount(channel), 3_000_000, 4_200_000);
        pair.Reads[1] = true;
        Assert.True(pair.RunUntil(() => pair.MessagesAt(1, "slow").Count() == sent, 60));
        Assert.Equal(0, pair.Ends[0].BufferedAmount(channel));
    }

    [Fact]
    public void Too_many_channels_and_too_long_names_are_refused()
    {
        using var pair = new DataPair();
        pair.Connect();
        Assert.Null(pair.Ends[0].Open(new DataChannelSetup(new string('x', 2000))));
        for (var i = 0; i < 256; i++)
        {
            Assert.NotNull(pair.Ends[0].Open(new DataChannelSetup($"{i}")));
        }
        Assert.Null(pair.Ends[0].Open(new DataChannelSetup("one more")));
        Assert.True(pair.RunUntil(() => pair.Heard[1].Count == 256, 10));
        Assert.Equal(DataSendResult.TooLong, pair.Ends[0].Send(pair.Find(0, "0"), new byte[300_000], false, pair.Peers.Now));
    }

    [Fact]
    public void The_end_of_the_peer_closes_its_channels()
    {
        using var pair = new DataPair();
        pair.Connect();
        var channel = pair.Open(0, new DataChannelSetup("x"));
        pair.Send(0, channel, new byte[200_000]);
        pair.Peers.Receiver.Close();
        Assert.True(pair.RunUntil(() => pair.Peers.Sender.End != PeerEnd.None, 5));
        Assert.Equal(1, pair.Count(0, DataChannelEventKind.Closed, "x"));
        Assert.Equal(1, pair.Count(1, DataChannelEventKind.Closed, "x"));
        Assert.Equal(0, pair.Ends[0].QueuedBytes);
    }

    [Fact]
    public void Media_and_data_share_a_path_that_loses()
    {
        using var pair = new DataPair(4, 0.05, jitterMs: 10);
        pair.Connect();
        var channel = pair.Open(0, new DataChannelSetup("beside"));
        for (var i = 0; i < 40; i++)
        {
            pair.Send(0, channel, new byte[10_000]);
            pair.Peers.SendPacket(0, (uint)i * 3000, true, new byte[1000]);
            pair.Peers.Run(0.03);
        }
        Assert.True(pair.RunUntil(() => pair.MessagesAt(1, "beside").Count() == 40, 60));
        Assert.True(pair.Peers.Received.Count >= 38);
    }
}
