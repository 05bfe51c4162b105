// How associations begin, reset streams and end.
using System.Buffers.Binary;
using Mumu.Protocols.Sctp;
using Mumu.Protocols.Sctp.Wire;

namespace Mumu.Protocols.Tests.Sctp;

public sealed class SctpLifeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void They_connect_over_bad_paths_from_one_side_or_from_both(bool both)
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            var pair = new SctpPair(seed, loss: seed % 3 * 0.1, delayMs: 10, jitterMs: seed % 4 * 20, duplication: seed % 5 * 0.1);
            pair.Connect(both);
            pair.Send(0, 0, [1]);
            pair.Send(1, 0, [2]);
            Assert.True(pair.RunUntil(() => pair.MessagesAt(0).Any() && pair.MessagesAt(1).Any(), 60), $"Seed {seed}");
            pair.Run(5);
            Assert.Equal(SctpState.Established, pair.A.State);
            Assert.Equal(SctpState.Established, pair.B.State);
            Assert.Single(pair.Heard[0], heard => heard.Kind == SctpEventKind.Connected);
            Assert.Single(pair.Heard[1], heard => heard.Kind == SctpEventKind.Connected);
        }
    }

    [Fact]
    public void An_answer_to_a_stranger_leaves_no_trace()
    {
        var pair = new SctpPair();
        pair.A.Connect(pair.Now);
        var init = new byte[1500];
        Assert.True(pair.A.TryTransmit(init, pair.Now, out var length));
        for (var i = 0; i < 100; i++)
        {
            pair.B.Receive(init.AsSpan(0, length), pair.Now);
            Assert.True(pair.B.TryTransmit(new byte[1500], pair.Now, out _));
        }
        Assert.Equal(SctpState.Closed, pair.B.State);
        Assert.Null(pair.B.NextDeadline);
    }

    [Fact]
    public void Nobody_there_is_told_in_words()
    {
        var pair = new SctpPair(loss: 1);
        pair.A.Connect(pair.Now);
        Assert.True(pair.RunUntil(() => pair.A.State == SctpState.Ended, 120));
        Assert.Equal("the other side does not answer", pair.A.Failure);
        Assert.Equal(SctpEventKind.Ended, pair.Heard[0][^1].Kind);
        Assert.Null(pair.A.NextDeadline);
    }

    [Fact]
    public void A_peer_that_falls_silent_is_found_out_with_and_without_data()
    {
        foreach (var sends in new[] { true, false })
        {
            var pair = new SctpPair();
            pair.Connect();
            pair.Path.IsCut = true;
            if (sends)
            {
                pair.Send(0, 0, new byte[100]);
            }
            Assert.True(pair.RunUntil(() => pair.A.State == SctpState.Ended, 180));
            Assert.NotNull(pair.A.Failure);
            Assert.Equal(0, pair.A.Sender.Queue.Bytes);
        }
    }

    [Fact]
    public void A_quiet_association_lives_on_heartbeats()
    {
        var pair = new SctpPair();
        pair.Connect();
        pair.Run(0.1);
        var before = pair.Path.Sent;
        pair.Run(600);
        Assert.Equal(SctpState.Established, pair.A.State);
        Assert.InRange(pair.Path.Sent - before, 2, 100);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    public void Shutdown_waits_for_what_is_queued(double loss)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var pair = new SctpPair(seed, loss);
            pair.Connect();
            pair.Send(0, 0, new byte[50_000]);
            pair.Send(1, 0, new byte[50_000]);
            pair.A.Shutdown(pair.Now);
            Assert.True(
                pair.RunUntil(() => pair.A.State == SctpState.Ended && pair.B.State == SctpState.Ended, 200),
                $"{seed} {pair.A.State} {pair.B.State}"
            );
            Assert.Single(pair.MessagesAt(0));
            Assert.Single(pair.MessagesAt(1));
            Assert.Null(pair.A.Failure);
        }
    }

    [Fact]
    public void Both_may_shut_down_at_once()
    {
        var pair = new SctpPair();
        pair.Connect();
        pair.A.Shutdown(pair.Now);
        pair.B.Shutdown(pair.Now);
        Assert.True(pair.RunUntil(() => pair.A.State == SctpState.Ended && pair.B.State == SctpState.Ended, 60));
        Assert.Null(pair.A.Failure ?? pair.B.Failure);
    }

    [Fact]
    public void Abort_ends_the_other_side_at_once()
    {
        var pair = new SctpPair();
        pair.Connect();
        pair.Send(0, 0, new byte[200_000]);
        pair.Run(0.03);
        pair.A.Abort("enough", pair.Now);
        Assert.True(pair.RunUntil(() => pair.B.State == SctpState.Ended, 0.1));
        Assert.Equal("the other side aborted the association", pair.B.Failure);
        Assert.Equal("enough", pair.A.Failure);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    public void A_stream_is_reset_behind_its_messages_and_serves_again(double loss)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var pair = new SctpPair(seed, loss, jitterMs: 30);
            pair.Connect();
            for (var round = 1; round <= 5; round++)
            {
                for (var i = 0; i < 5; i++)
                {
                    pair.Send(0, 4, new byte[2000 * round]);
                }
                pair.A.ResetStream(4);
                Assert.True(
                    pair.RunUntil(
                        () => Count(0, SctpEventKind.OutgoingReset) == round && Count(1, SctpEventKind.IncomingReset) == round,
                        120
                    ),
                    $"Seed {seed}, round {round}"
                );
                Assert.Equal(5 * round, pair.MessagesAt(1).Count());
                Assert.Equal(SctpEventKind.IncomingReset, pair.Heard[1][^1].Kind);
            }
            int Count(int end, SctpEventKind kind) => pair.Heard[end].Count(heard => heard.Kind == kind);
        }
    }

    [Fact]
    public void A_message_that_is_too_long_ends_the_association_with_its_reason()
    {
        var pair = new SctpPair(otherOptions: new SctpOptions { MaxMessageBytes = 10_000 });
        pair.Connect();
        pair.Send(0, 0, new byte[20_000]);
        Assert.True(pair.RunUntil(() => pair.B.State == SctpState.Ended, 10));
        Assert.Equal("the other side sent a message longer than 10000 bytes", pair.B.Failure);
        Assert.True(pair.RunUntil(() => pair.A.State == SctpState.Ended, 1));
    }

    [Fact]
    public void Packets_of_another_association_change_nothing()
    {
        var pair = new SctpPair();
        pair.Connect();
        var buffer = new byte[1500];
        foreach (var type in Enum.GetValues<ChunkType>())
        {
            var packet = new PacketWriter(buffer, 5000, 5000, 12345);
            BinaryPrimitives.WriteUInt32BigEndian(packet.Add(type, 0, 16), 1);
            var length = packet.Finish(withChecksum: true);
            pair.A.Receive(buffer.AsSpan(0, length), pair.Now);
        }
        Assert.Equal(Enum.GetValues<ChunkType>().Length - 1, pair.A.Dropped); // a cookie is judged by itself
        Assert.Equal(SctpState.Established, pair.A.State);
    }
}
