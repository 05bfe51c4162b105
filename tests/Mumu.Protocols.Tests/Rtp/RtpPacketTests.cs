// RTP headers: round trips, extensions in both forms, padding, damage.
using Mumu.Protocols.Rtp;

namespace Mumu.Protocols.Tests.Rtp;

public sealed class RtpPacketTests
{
    [Fact]
    public void A_written_header_reads_back()
    {
        Span<byte> extensions = stackalloc byte[16];
        var writer = new RtpExtensionWriter(extensions);
        Assert.True(writer.TryAdd(3, [1, 2, 3]));
        Assert.True(writer.TryAdd(5, [9]));
        Span<byte> packet = stackalloc byte[64];
        var length = RtpHeader.Write(
            packet,
            96,
            true,
            new SequenceNumber(65535),
            new RtpTimestamp(4_000_000_000),
            new Ssrc(7),
            writer.Finish()
        );
        Assert.Equal(RtpHeader.LengthWith(8), length);
        packet[length] = 0xAB;

        Assert.True(RtpPacket.TryParse(packet[..(length + 1)], out var parsed));
        Assert.True(parsed.Marker);
        Assert.Equal(96, parsed.PayloadType);
        Assert.Equal(new SequenceNumber(65535), parsed.Sequence);
        Assert.Equal(new RtpTimestamp(4_000_000_000), parsed.Timestamp);
        Assert.Equal(new Ssrc(7), parsed.Ssrc);
        Assert.Equal([0xAB], parsed.Payload.ToArray());
        Assert.True(parsed.TryGetExtension(3, out var three));
        Assert.Equal([1, 2, 3], three.ToArray());
        Assert.True(parsed.TryGetExtension(5, out var five));
        Assert.Equal([9], five.ToArray());
        Assert.False(parsed.TryGetExtension(4, out _));
    }

    [Fact]
    public void Two_byte_extensions_contributing_sources_and_padding_are_understood()
    {
        byte[] packet =
        [
            0xB1,
            96,
            0,
            1,
            0,
            0,
            0,
            2,
            0,
            0,
            0,
            3,
            0,
            0,
            0,
            4, // one contributing source
            0x10,
            0x00,
            0,
            2,
            20,
            2,
            0xAA,
            0xBB,
            21,
            0,
            0,
            0, // ids 20 (two bytes) and 21 (empty)
            0x55,
            0,
            0,
            3, // payload and three of padding
        ];
        Assert.True(RtpPacket.TryParse(packet, out var parsed));
        Assert.Equal([0x55], parsed.Payload.ToArray());
        Assert.True(parsed.TryGetExtension(20, out var value));
        Assert.Equal([0xAA, 0xBB], value.ToArray());
        Assert.True(parsed.TryGetExtension(21, out var empty));
        Assert.True(empty.IsEmpty);
    }

    [Fact]
    public void Damaged_packets_never_throw()
    {
        byte[] packet = [0x91, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0xBE, 0xDE, 0, 1, 0x12, 1, 2, 3, 1, 2, 3];
        foreach (var damaged in Mutations.Of(packet))
        {
            if (RtpPacket.TryParse(damaged, out var parsed))
            {
                Assert.True(parsed.HeaderLength + parsed.Payload.Length <= damaged.Length);
                for (var id = 0; id < 16; id++)
                {
                    parsed.TryGetExtension(id, out _);
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 65535, 1)]
    [InlineData(65535, 0, -1)]
    [InlineData(10, 4, 6)]
    public void Sequence_numbers_compare_the_shorter_way_round(ushort a, ushort b, int distance)
    {
        Assert.Equal(distance, new SequenceNumber(a).Since(new SequenceNumber(b)));
        Assert.Equal(distance > 0, new SequenceNumber(a).IsAfter(new SequenceNumber(b)));
    }
}
