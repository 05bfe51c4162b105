// Junk, forgeries and floods: none may end a handshake, pass for data or cost memory.
using Mumu.Protocols.Dtls;

namespace Mumu.Protocols.Tests.Dtls;

public sealed class DtlsHostileTests
{
    public static TheoryData<string> Kinds =>
        [
            "garbage",
            "random handshake record",
            "truncation",
            "flipped bit in ciphertext",
            "replay",
            "reflection",
            "plaintext data",
            "plaintext warning",
            "early change of cipher",
            "other version",
        ];

    [Theory, MemberData(nameof(Kinds))]
    public void A_handshake_survives(string kind)
    {
        var connected = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            using var network = new DtlsNetwork(seed, mtu: 600);
            var seen = new List<(DtlsTransport From, byte[] Datagram)>();
            network.Passes = (from, datagram) =>
            {
                var to = from == network.Server ? network.Client : network.Server;
                seen.Add((from, datagram));
                if (Forge(kind, random, seen, from, datagram) is { } forged)
                    network.Give(to, forged);
                return true;
            };
            connected += network.Connect() ? 1 : 0;
        }
        Assert.Equal(20, connected);
    }

    [Fact]
    public void A_flipped_bit_in_plaintext_never_connects_peers_with_different_keys()
    {
        var connected = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            using var network = new DtlsNetwork(seed, mtu: 300);
            network.Passes = (_, datagram) =>
            {
                if (datagram[4] == 0 && random.Next(12) == 0)
                    datagram[random.Next(datagram.Length)] ^= (byte)(1 << random.Next(8));
                return true;
            };
            if (!network.Connect())
                continue;
            connected++;
            Assert.True(network.Server.TryGetKeys(out var ours, out _));
            Assert.True(network.Client.TryGetKeys(out _, out var theirs));
            Assert.Equal(ours.Key, theirs.Key);
        }
        Assert.InRange(connected, 10, 60); // what the transcript betrays fails, the rest is dropped and repeated
    }

    [Fact]
    public void A_connection_survives_a_flood_of_junk()
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());
        var random = new Random(13);
        network.Client.Send("message"u8);
        var sound = network.Take(network.Client)!;
        for (var i = 0; i < 20_000; i++)
        {
            byte[] junk;
            if (random.Next(3) == 0)
            {
                junk = sound.ToArray();
                junk[random.Next(junk.Length)] ^= (byte)(1 << random.Next(8));
            }
            else
            {
                junk = new byte[random.Next(0, 300)];
                random.NextBytes(junk);
                if (junk.Length > 13 && random.Next(2) == 0)
                    (junk[0], junk[1], junk[2], junk[3]) = ((byte)random.Next(20, 24), 0xFE, 0xFD, 0);
            }
            network.Give(network.Server, junk);
        }

        Assert.Equal(DtlsState.Connected, network.Server.State);
        Assert.Null(network.Read(network.Server));
        network.Client.Send("still here"u8);
        network.Give(network.Server, network.Take(network.Client)!);
        Assert.Equal("still here", network.ReadText(network.Server));
    }

    [Theory]
    [InlineData(23, new byte[] { 1, 2, 3, 4, 5 })]
    [InlineData(21, new byte[] { 2, 40 })]
    [InlineData(21, new byte[] { 1, 0 })]
    [InlineData(20, new byte[] { 1 })]
    public void Plaintext_does_nothing_to_a_connection(byte type, byte[] body)
    {
        using var network = new DtlsNetwork();
        Assert.True(network.Connect());
        network.Settle();
        byte[] record = [type, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 99, 0, (byte)body.Length, .. body];

        network.Give(network.Server, record);
        network.Give(network.Client, record);

        Assert.True(network.IsConnected);
        Assert.Null(network.Read(network.Server));
    }

    [Fact]
    public void A_new_client_hello_does_nothing_to_a_connection()
    {
        using var network = new DtlsNetwork();
        using var other = new DtlsNetwork();
        Assert.True(network.Connect());
        network.Settle();

        network.Give(network.Server, network.Take(other.Client)!);

        Assert.Equal(DtlsState.Connected, network.Server.State);
        Assert.Null(network.Take(network.Server));
    }

    [Fact]
    public void Every_truncation_of_every_datagram_is_dropped_or_waited_out()
    {
        using var network = new DtlsNetwork(mtu: 600);
        network.Passes = (from, datagram) =>
        {
            var to = from == network.Server ? network.Client : network.Server;
            for (var length = 0; length < datagram.Length; length++)
                network.Give(to, datagram[..length]);
            return true;
        };
        Assert.True(network.Connect());
        Assert.True(network.Server.Dropped > 500);
    }

    [Fact]
    public void Fragments_for_later_cost_little_memory()
    {
        var peers = Enumerable.Range(0, 20).Select(_ => new DtlsNetwork()).ToList();
        var part = new byte[1000];
        long dropped = 0;
        for (var i = 0; i < 20; i++)
        {
            for (var number = 0; number < 2000; number++)
            {
                peers[i].Give(peers[i].Server, Fragment((ushort)(1 + number), total: 100_000, part, number, epoch: 0));
                peers[i].Give(peers[i].Server, Fragment(0, total: 1000, part, number, epoch: 1));
            }
            dropped += peers[i].Server.Dropped;
            Assert.Equal(DtlsState.Handshaking, peers[i].Server.State);
        }
        Assert.Equal(20 * (4000 - 8), dropped);
        peers.ForEach(peer => peer.Dispose());
    }

    private static byte[]? Forge(
        string kind,
        Random random,
        List<(DtlsTransport From, byte[] Datagram)> seen,
        DtlsTransport from,
        byte[] datagram
    )
    {
        var forged = datagram.ToArray();
        switch (kind)
        {
            case "garbage":
                forged = new byte[random.Next(1, 1400)];
                random.NextBytes(forged);
                return forged;
            case "random handshake record":
                forged = new byte[13 + random.Next(1, 600)];
                random.NextBytes(forged);
                byte[] header =
                [
                    22,
                    0xFE,
                    0xFD,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    (byte)random.Next(20),
                    (byte)((forged.Length - 13) >> 8),
                    (byte)(forged.Length - 13),
                ];
                header.CopyTo(forged, 0);
                return forged;
            case "truncation":
                return forged[..random.Next(1, forged.Length)];
            case "flipped bit in ciphertext" when forged[4] == 1:
                forged[random.Next(13, forged.Length)] ^= (byte)(1 << random.Next(8));
                return forged;
            case "replay":
            case "reflection":
                var pool = seen.Where(entry => entry.From == from == (kind == "replay")).ToList();
                return pool.Count == 0 ? null : pool[random.Next(pool.Count)].Datagram;
            case "plaintext data":
                return [23, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, (byte)random.Next(64), 0, 5, 1, 2, 3, 4, 5];
            case "plaintext warning":
                return [21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, (byte)random.Next(64), 0, 2, 1, 0];
            case "early change of cipher":
                return [20, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 60, 0, 1, 1];
            case "other version":
                (forged[1], forged[2]) = (3, 3);
                return forged;
            default:
                return null;
        }
    }

    private static byte[] Fragment(ushort sequence, int total, byte[] part, int record, byte epoch)
    {
        var body = 12 + part.Length;
        return
        [
            22,
            0xFE,
            0xFF,
            0,
            epoch,
            0,
            0,
            0,
            0,
            (byte)(record >> 8),
            (byte)record,
            (byte)(body >> 8),
            (byte)body,
            1,
            (byte)(total >> 16),
            (byte)(total >> 8),
            (byte)total,
            (byte)(sequence >> 8),
            (byte)sequence,
            0,
            0,
            0,
            0,
            (byte)(part.Length >> 8),
            (byte)part.Length,
            .. part,
        ];
    }
}
