// What a TURN client must not believe: unsigned, forged, cut and mutated messages; and redirections.
using Mumu.Protocols.Stun;
using Mumu.Protocols.Turn.Client;

namespace Mumu.Protocols.Tests.Turn.Client;

public sealed class TurnClientForgeryTests
{
    private delegate void Attributes(ref StunWriter writer);

    [Fact]
    public void An_answer_with_a_wrong_signature_or_none_is_ignored()
    {
        var lab = new TurnClientLab();
        lab.Allocate();
        lab.Client.BindChannel(TurnLab.Peer, lab.Now);
        lab.Swallows = _ => true;
        lab.Run(0);
        var request = lab.ToServer[^1].Bytes;
        foreach (var key in new byte[]?[] { null, new byte[16] })
        {
            Assert.False(Answer(lab, request, StunClass.Success, key));
            Assert.False(Answer(lab, request, StunClass.Error, key, (ref StunWriter w) => w.WriteError(437, "Gone"u8)));
            Assert.False(Answer(lab, request, StunClass.Error, key, (ref StunWriter w) => w.WriteError(486, "No"u8)));
        }
        Assert.Equal(TurnClientEnd.None, lab.Client.End);
        Assert.True(lab.Client.TryGetPath(TurnLab.Peer, lab.Now, out var path));
        Assert.NotEqual(4, path.Front);
        Assert.True(Answer(lab, request, StunClass.Success, TurnLab.Key(TurnLab.User(seconds: 86_400))));
        Assert.True(lab.Client.TryGetPath(TurnLab.Peer, lab.Now, out path));
        Assert.Equal(4, path.Front);
    }

    [Fact]
    public void Data_of_peers_never_asked_for_is_dropped()
    {
        var lab = new TurnClientLab();
        lab.Allocate();
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Data, new StunTransactionId(1, 2));
        writer.WriteXorAddress(StunAttribute.XorPeerAddress, TurnLab.Peer);
        writer.Write(StunAttribute.Data, [1, 2, 3]);
        Assert.False(lab.Client.Receive(buffer.AsSpan(0, writer.Length), lab.Now, out _, out _));
        Assert.False(lab.Client.Receive([0x40, 0, 0, 1, 7], lab.Now, out _, out _));
        Assert.True(lab.Send(TurnLab.Peer, [0]));
        Assert.True(lab.Client.Receive(buffer.AsSpan(0, writer.Length), lab.Now, out var peer, out var payload));
        Assert.Equal(TurnLab.Peer, peer);
        Assert.Equal([1, 2, 3], payload.ToArray());
    }

    [Fact]
    public void Another_server_is_named_not_followed()
    {
        var lab = new TurnClientLab();
        lab.Swallows = _ => true;
        lab.Client.Start(lab.Now);
        lab.Run(0.001);
        byte[] alternate = [0, 1, 0x0D, 0x96, 93, 184, 216, 9];
        Assert.True(
            Answer(
                lab,
                lab.ToServer[^1].Bytes,
                StunClass.Error,
                null,
                (ref StunWriter w) =>
                {
                    w.WriteError(300, "Try Alternate"u8);
                    w.Write(StunAttribute.AlternateServer, alternate);
                }
            )
        );
        Assert.True(lab.Client.TryRead(out var told));
        Assert.Equal((TurnClientEnd.Redirected, TurnLab.At("93.184.216.9", 3478)), (told.End, told.Address));
    }

    [Fact]
    public void A_server_that_always_finds_the_nonce_stale_is_left()
    {
        var lab = new TurnClientLab(server: options => options with { NonceLifetime = TimeSpan.FromMilliseconds(1) });
        lab.Client.Start(lab.Now);
        lab.Run(5);
        Assert.Equal(TurnClientEnd.Refused, Assert.Single(lab.Events).End);
        Assert.True(lab.ToServer.Count < 6);
    }

    [Fact]
    public void Cut_and_mutated_messages_change_nothing_and_throw_nothing()
    {
        var lab = new TurnClientLab();
        lab.Allocate();
        Assert.True(lab.Send(TurnLab.Peer, [1]));
        lab.Client.BindChannel(TurnLab.Peer, lab.Now);
        lab.Run(1);
        var random = new Random(7);
        lab.FromPeer(TurnLab.Peer, new byte[40]);
        var channelData = lab.LastFromServer;
        foreach (var whole in new[] { channelData, lab.ToServer[0].Bytes, lab.ToServer[1].Bytes })
        {
            for (var cut = 0; cut < whole.Length; cut++)
            {
                Assert.False(lab.Client.Receive(whole.AsSpan(0, cut), lab.Now, out _, out _));
            }
            for (var i = 0; i < 20_000; i++)
            {
                var mutated = (byte[])whole.Clone();
                for (var changes = random.Next(1, 5); changes > 0; changes--)
                {
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                }
                lab.Client.Receive(mutated, lab.Now, out _, out _);
            }
        }
        Assert.Equal(TurnClientEnd.None, lab.Client.End);
        Assert.True(lab.Send(TurnLab.Peer, [5]));
        lab.Run(1);
        Assert.Equal([5], lab.AtPeers[^1].Data);
    }

    [Fact]
    public void A_password_is_in_no_text()
    {
        var options = TurnClientLab.Options(new Random(1), "sesame");
        Assert.DoesNotContain("sesame", options.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TurnClient(options with { UserName = new string('x', 509) }));
        Assert.Throws<ArgumentException>(() => new TurnClient(options with { UserName = "" }));
    }

    /// <summary>Answers a request by hand; true if the client took it.</summary>
    private static bool Answer(TurnClientLab lab, byte[] request, StunClass @class, byte[]? key, Attributes? attributes = null)
    {
        Assert.True(StunMessage.TryParse(request, out var asked));
        var buffer = new byte[500];
        var writer = new StunWriter(buffer, @class, asked.Method, asked.TransactionId);
        attributes?.Invoke(ref writer);
        if (key is not null)
        {
            writer.WriteIntegrity(key);
        }
        var before = lab.Client.Rejected;
        lab.Client.Receive(buffer.AsSpan(0, writer.Length), lab.Now, out _, out _);
        return lab.Client.Rejected == before;
    }
}
