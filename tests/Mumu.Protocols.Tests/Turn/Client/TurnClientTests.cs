// The TURN client against our own server: allocation, permissions, channels, lifetimes, refusals.
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn.Client;

namespace Mumu.Protocols.Tests.Turn.Client;

public sealed class TurnClientTests
{
    private static readonly TransportAddress Peer = TurnLab.Peer;

    [Fact]
    public void A_relay_is_allocated_with_the_servers_realm_and_nonce()
    {
        var lab = new TurnClientLab();
        var relayed = lab.Allocate();
        var told = Assert.Single(lab.Events);
        Assert.Equal(TurnClientEventKind.Allocated, told.Kind);
        Assert.Equal((relayed, TurnLab.Client().Remote), (told.Address, told.Mapped));
        Assert.Equal(2, lab.ToServer.Count); // without and with credentials
        Assert.Equal(1, lab.Server.AllocationCount);
    }

    [Fact]
    public void The_first_datagrams_go_as_indications_and_the_rest_by_channel_both_ways()
    {
        var lab = new TurnClientLab();
        lab.Allocate();
        Assert.True(lab.Send(Peer, [1, 2, 3]));
        lab.Run(0.1);
        lab.FromPeer(Peer, [4, 5, 6, 7, 8]);
        lab.Run(0.1);
        lab.Client.BindChannel(Peer, lab.Now);
        lab.Run(0.1);
        Assert.True(lab.Send(Peer, [9]));
        lab.FromPeer(Peer, [10, 11]);
        lab.Run(0.1);

        Assert.Equal(
            [
                [1, 2, 3],
                [9],
            ],
            lab.AtPeers.Select(sent => sent.Data)
        );
        Assert.Equal(
            [
                [4, 5, 6, 7, 8],
                [10, 11],
            ],
            lab.AtClient.Select(came => came.Data)
        );
        Assert.All(lab.AtPeers.Concat(lab.AtClient), one => Assert.Equal(Peer, one.Peer));
        Assert.Equal([0x40, 0, 0, 1, 9], lab.ToServer[^1].Bytes);
        Assert.Equal(0x40, lab.LastFromServer[0]);
    }

    [Fact]
    public void Over_a_stream_channel_data_is_padded_and_nothing_is_sent_twice()
    {
        var lab = new TurnClientLab(client: options => options with { IsReliable = true });
        lab.Allocate();
        lab.Client.BindChannel(Peer, lab.Now);
        lab.Run(0.1);
        Assert.True(lab.Send(Peer, [9]));
        Assert.Equal([0x40, 0, 0, 1, 9, 0, 0, 0], lab.ToServer[^1].Bytes);
        var sent = lab.ToServer.Count;
        lab.Swallows = _ => true;
        lab.Client.BindChannel(Peer.WithPort(1), lab.Now);
        lab.Run(12);
        Assert.Equal(sent + 1, lab.ToServer.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void A_used_relay_lives_for_hours_and_an_unused_permission_lapses(double loss)
    {
        var lab = new TurnClientLab(3) { Duplicates = 0.1, Reordered = 0.1 };
        lab.Allocate();
        lab.Loss = loss;
        var other = TurnLab.At("93.184.216.77", 9);
        Assert.True(lab.Send(other, [7]));
        lab.Client.BindChannel(Peer, lab.Now);
        lab.Run(1);
        var sent = 0;
        for (var i = 0; i < 3 * 720; i++)
        {
            lab.Run(5);
            Assert.True(lab.Send(Peer, [1]));
            sent++;
        }
        lab.Run(1);
        Assert.Equal(TurnClientEnd.None, lab.Client.End);
        Assert.Single(lab.Events);
        Assert.InRange(lab.AtPeers.Count(one => one.Peer == Peer), loss == 0 ? sent : sent * (0.95 - loss), sent * 1.2);
        var mostly = lab.ToServer.Count(one => one.Bytes[0] == 0x40);
        Assert.True(mostly > sent * 0.9, $"{mostly} of {sent} by channel.");
        // Three hours: some twenty refreshes (and as many again for stale nonces) of the allocation, permissions every four minutes, one channel; and no word about the other peer.
        var others = lab.ToServer.Count(one => IsAbout(one.Bytes, other));
        Assert.InRange(others, 2, loss == 0 ? 4 : 12);
        Assert.InRange(Count(lab, StunMethod.Refresh), 18, loss == 0 ? 45 : 150);
    }

    [Fact]
    public void A_stale_nonce_is_replaced_and_the_request_repeated()
    {
        var lab = new TurnClientLab(server: options => options with { NonceLifetime = TimeSpan.FromSeconds(30) });
        lab.Allocate();
        lab.Run(120);
        Assert.True(lab.Send(Peer, [1]));
        lab.Run(0.2);
        Assert.True(lab.Send(Peer, [2]));
        lab.Run(1);
        Assert.Equal([2], lab.AtPeers[^1].Data);
        lab.Run(3600);
        Assert.Equal(TurnClientEnd.None, lab.Client.End);
    }

    [Fact]
    public void A_wrong_password_is_told_once_and_nothing_more_is_sent()
    {
        var lab = new TurnClientLab(client: options => options with { Password = "wrong" });
        lab.Client.Start(lab.Now);
        lab.Run(60);
        var told = Assert.Single(lab.Events);
        Assert.Equal((TurnClientEventKind.Ended, TurnClientEnd.CredentialsRefused), (told.Kind, told.End));
        Assert.DoesNotContain("wrong ", told.Sentence, StringComparison.Ordinal);
        Assert.Equal(2, lab.ToServer.Count);
        Assert.Null(lab.Client.NextDeadline);
    }

    [Fact]
    public void Quota_and_capacity_are_told_with_their_reason()
    {
        var quota = new TurnClientLab(server: options => options with { MaxAllocationsPerUser = 0 });
        quota.Client.Start(quota.Now);
        quota.Run(5);
        Assert.Equal(TurnClientEnd.QuotaReached, Assert.Single(quota.Events).End);
        Assert.Contains("486", quota.Events[0].Sentence, StringComparison.Ordinal);

        var capacity = new TurnClientLab(server: options => options with { MaxAllocations = 0 });
        capacity.Client.Start(capacity.Now);
        capacity.Run(5);
        Assert.Equal(TurnClientEnd.CapacityReached, Assert.Single(capacity.Events).End);
    }

    [Fact]
    public void A_second_allocation_of_one_address_is_a_mismatch()
    {
        var lab = new TurnClientLab();
        lab.Allocate();
        lab.Client = lab.NewClient();
        lab.Client.Start(lab.Now);
        lab.Run(1);
        Assert.Equal(TurnClientEnd.Mismatch, lab.Events[^1].End);
    }

    [Fact]
    public void A_silent_server_is_given_up_after_seven_tries()
    {
        var lab = new TurnClientLab { Loss = 1 };
        lab.Client.Start(lab.Now);
        Assert.True(lab.RunUntil(() => lab.Client.End == TurnClientEnd.NoAnswer, 30));
        Assert.Equal(7, lab.ToServer.Count);
        Assert.Equal(
            [500, 1000, 2000, 4000, 4000, 4000],
            lab.ToServer.Zip(lab.ToServer.Skip(1)).Select(pair => (int)(pair.Second.At - pair.First.At).TotalMilliseconds)
        );
    }

    [Fact]
    public void A_forbidden_peer_gets_nothing_and_hurts_no_other()
    {
        var lab = new TurnClientLab();
        lab.Allocate();
        var home = TurnLab.At("192.168.1.5", 5000);
        lab.Send(home, [1]);
        lab.Send(Peer, [2]);
        lab.Run(1);
        Assert.False(lab.Send(home, [3]));
        Assert.True(lab.Send(Peer, [4]));
        lab.Run(60);
        Assert.False(lab.Send(home, [3]));
        Assert.All(lab.AtPeers, one => Assert.Equal(Peer, one.Peer));
        Assert.False(lab.Send(TurnLab.At("2001:4860::1", 5000), [5])); // another family than the relay's
    }

    [Fact]
    public void Peers_are_bounded()
    {
        var lab = new TurnClientLab(client: options => options with { MaxPeers = 4 });
        lab.Allocate();
        for (var i = 1; i <= 10; i++)
        {
            lab.Send(TurnLab.At($"93.184.216.{100 + i}", 5000), [1]);
            lab.Client.BindChannel(TurnLab.At($"93.184.216.{100 + i}", 5000), lab.Now);
        }
        lab.Run(1);
        Assert.Equal(4, Count(lab, StunMethod.CreatePermission));
        Assert.Equal(4, Count(lab, StunMethod.ChannelBind));
    }

    [Fact]
    public void A_lost_allocation_is_told()
    {
        var lab = new TurnClientLab();
        lab.Allocate();
        var second = new TurnClientLab();
        lab.Swallows = _ => true;
        Assert.True(lab.RunUntil(() => lab.Client.End == TurnClientEnd.Lost, 700));
        Assert.Null(lab.Client.Relayed);
        Assert.False(lab.Send(Peer, [1]));
        Assert.Equal(TurnClientEnd.None, second.Client.End);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void Release_gives_the_relay_back(double loss)
    {
        var lab = new TurnClientLab(5);
        lab.Allocate();
        lab.Loss = loss;
        lab.Client.Release(lab.Now);
        Assert.False(lab.Send(Peer, [1]));
        Assert.True(lab.RunUntil(() => lab.Client.End == TurnClientEnd.Released, 4));
        Assert.Equal(0, lab.Server.AllocationCount);
        Assert.Null(lab.Client.NextDeadline);
    }

    [Fact]
    public void A_relay_given_back_before_it_was_there_is_given_back_when_it_comes()
    {
        var lab = new TurnClientLab();
        lab.Client.Start(lab.Now);
        lab.Run(0.06); // the second request is under way
        lab.Client.Release(lab.Now);
        Assert.True(lab.RunUntil(() => lab.Client.End == TurnClientEnd.Released, 4));
        Assert.Equal(0, lab.Server.AllocationCount);
        Assert.DoesNotContain(lab.Events, e => e.Kind == TurnClientEventKind.Allocated);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.4)]
    public void Bad_weather_only_delays(double loss)
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var lab = new TurnClientLab(seed)
            {
                Loss = loss,
                Duplicates = 0.2,
                Reordered = 0.3,
            };
            lab.Client.Start(lab.Now);
            if (!lab.RunUntil(() => lab.Client.Relayed is not null, 60))
            {
                Assert.True(loss > 0.3, lab.Events[^1].Sentence); // seven tries of a round trip at 64 % may all fail
                continue;
            }
            lab.Client.BindChannel(Peer, lab.Now);
            Assert.True(
                lab.RunUntil(() => lab.Client.TryGetPath(Peer, lab.Now, out var path) && path.Front == 4, 60),
                $"No channel with seed {seed}."
            );
            Assert.Single(lab.Events);
        }
    }

    private static int Count(TurnClientLab lab, StunMethod method) =>
        lab.ToServer.Count(one => StunMessage.TryParse(one.Bytes, out var message) && message.Method == method);

    private static bool IsAbout(byte[] bytes, TransportAddress peer) =>
        StunMessage.TryParse(bytes, out var message)
        && message.TryGetXorAddress(StunAttribute.XorPeerAddress, out var named)
        && named.WithPort(0) == peer.WithPort(0);
}
