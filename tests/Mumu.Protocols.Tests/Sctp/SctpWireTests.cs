// Bytes of SCTP: known values, cut and damaged packets.
using System.Text;
using Mumu.Protocols.Sctp;
using Mumu.Protocols.Sctp.DataChannels;
using Mumu.Protocols.Sctp.Receiving;
using Mumu.Protocols.Sctp.Sending;
using Mumu.Protocols.Sctp.Wire;
using Mumu.Protocols.Tests.Rtp;

namespace Mumu.Protocols.Tests.Sctp;

public sealed class SctpWireTests
{
    [Fact]
    public void The_checksum_is_that_of_rfc_3720()
    {
        Assert.Equal(0xE3069283u, Crc32c.Of(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, Crc32c.Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32c.Of(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32c.Of(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void An_init_says_what_it_was_given()
    {
        var data = new InitData(7, 100_000, 10, 20, new Tsn(99), SctpExtensions.ForwardTsn | SctpExtensions.Reconfig);
        var chunk = InitChunk.Make(data, [1, 2, 3]);
        Assert.Equal((byte)ChunkType.InitAck, chunk[0]);
        Assert.True(InitChunk.TryParse(chunk.AsSpan(4), out var read, out var cookie));
        Assert.Equal(data, read);
        Assert.Equal([1, 2, 3], cookie.ToArray());
        byte[] withoutChecksums = [0x80, 0x01, 0, 8, 0, 0, 0, 1];
        Assert.True(
            InitChunk.TryParse(
                [
                    .. chunk.AsSpan(4),
                    0 /* the cookie is padded */
                    ,
                    .. withoutChecksums,
                ],
                out var wishing,
                out _
            )
        );
        Assert.Equal(data.Extensions | SctpExtensions.ZeroChecksum, wishing.Extensions);
    }

    [Fact]
    public void A_cookie_changed_anywhere_is_refused()
    {
        var key = new byte[StateCookie.KeyLength];
        var data = new InitData(7, 100_000, 10, 20, new Tsn(99), SctpExtensions.None);
        var cookie = new StateCookie(data, data with { Tag = 8 }, 0, 0, TimeSpan.FromSeconds(5)).Make(key);
        Assert.True(StateCookie.TryParse(cookie, key, out var read));
        Assert.Equal(8u, read.Remote.Tag);
        for (var i = 0; i < cookie.Length; i++)
        {
            cookie[i] ^= 1;
            Assert.False(StateCookie.TryParse(cookie, key, out _));
            cookie[i] ^= 1;
            Assert.False(StateCookie.TryParse(cookie.AsSpan(0, i), key, out _));
        }
    }

    [Theory]
    [InlineData("", "", true, null, null)]
    [InlineData("chat", "json", false, null, null)]
    [InlineData("größer ☃", "", true, 0, null)]
    [InlineData("a", "b", false, 65535, null)]
    [InlineData("a", "b", true, null, 3000)]
    public void An_announcement_says_what_it_was_given(string label, string protocol, bool isOrdered, int? retransmits, int? life)
    {
        var setup = new DataChannelSetup(label)
        {
            Protocol = protocol,
            IsOrdered = isOrdered,
            MaxRetransmits = (ushort?)retransmits,
            MaxLife = life is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        };
        var bytes = DcepOpen.Make(setup);
        Assert.True(DcepOpen.TryParse(bytes, 100, out var read));
        Assert.Equal(setup, read);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(DcepOpen.TryParse(bytes.AsSpan(0, length), 100, out _));
        }
        foreach (var damaged in Mutations.Of(bytes))
        {
            DcepOpen.TryParse(damaged, 100, out _);
        }
    }

    [Fact]
    public void Received_numbers_agree_with_a_simple_count()
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            var random = new Random(seed);
            var first = new Tsn(unchecked(uint.MaxValue - 100));
            var received = new ReceivedTsns(first);
            var expected = new HashSet<int>();
            for (var i = 0; i < 600; i++)
            {
                var offset = random.Next(0, 300);
                if (random.Next(50) == 0)
                {
                    received.Forward(first + offset);
                    expected.UnionWith(Enumerable.Range(0, offset + 1));
                }
                else
                {
                    Assert.Equal(expected.Add(offset), received.IsNew(first + offset));
                    if (received.IsNew(first + offset))
                    {
                        received.Add(first + offset);
                    }
                }
                var cumulative = Enumerable.Range(0, 400).First(n => !expected.Contains(n)) - 1;
                Assert.Equal(cumulative, received.Cumulative.Since(first));
                var ahead = new HashSet<int>();
                foreach (var (start, end) in received.Blocks)
                {
                    ahead.UnionWith(Enumerable.Range(start.Since(first), end.Since(start) + 1));
                }
                Assert.Equal(expected.Where(n => n > cumulative).Order(), ahead.Order());
            }
        }
    }

    [Fact]
    public void Cut_and_damaged_packets_of_every_kind_never_throw_and_leak_nothing()
    {
        var pair = new SctpPair(4, 0.1, jitterMs: 20, options: new SctpOptions { MaxPacket = 600 });
        var captured = new List<(int End, byte[] Packet)>();
        pair.OnPacket = (end, packet) =>
        {
            captured.Add((1 - end, packet));
            return packet;
        };
        pair.Connect();
        for (var i = 0; i < 20; i++)
        {
            pair.Send(0, (ushort)(i % 3), new byte[900], new Delivery(i % 2 == 0, MaxRetransmits: 0));
        }
        pair.A.ResetStream(1);
        pair.Run(40);
        pair.OnPacket = null;
        var kinds = captured.SelectMany(item => Kinds(item.Packet)).ToHashSet();
        Assert.Superset(
            new HashSet<ChunkType>
            {
                ChunkType.Init,
                ChunkType.InitAck,
                ChunkType.CookieEcho,
                ChunkType.CookieAck,
                ChunkType.Data,
                ChunkType.Sack,
                ChunkType.ForwardTsn,
                ChunkType.Reconfig,
                ChunkType.Heartbeat,
                ChunkType.HeartbeatAck,
            },
            kinds
        );
        pair.A.Shutdown(pair.Now);
        var seed = 1;
        foreach (
            var (end, packet) in captured.Where(
                (item, i) => i % 3 == 0 || Kinds(item.Packet).Any(kind => kind != ChunkType.Data && kind != ChunkType.Sack)
            )
        )
        {
            foreach (var damaged in Mutations.Of(packet, 200, seed++))
            {
                if (damaged.Length >= 12)
                {
                    damaged.AsSpan(8, 4).Clear(); // no checksum stands in the way
                }
                if (pair.Ends[end].State == SctpState.Ended)
                {
                    pair = new SctpPair(seed, options: new SctpOptions { MaxPacket = 600 });
                    pair.Connect();
                }
                pair.Ends[end].Receive(damaged, pair.Now);
                pair.Run(0.001);
            }
        }
    }

    private static List<ChunkType> Kinds(byte[] packet)
    {
        Assert.True(SctpPacket.TryParse(packet, out var parsed));
        var kinds = new List<ChunkType>();
        var reader = new ChunkReader(parsed.Chunks);
        while (reader.TryRead(out var chunk))
        {
            kinds.Add(chunk.Type);
        }
        return kinds;
    }
}
