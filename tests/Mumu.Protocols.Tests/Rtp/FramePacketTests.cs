// Payloads of VP8, VP9 and AV1 byte by byte: descriptors of other senders, equal cuts, damage.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Rtp.Depacketizers;
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Protocols.Tests.Rtp;

public sealed class FramePacketTests
{
    [Theory]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void All_packets_but_the_last_are_equally_long(Codec codec)
    {
        for (var length = 2; length < 9_000; length += 13)
        {
            var frame = Frames.Key(codec, length, length);
            var lengths = Cut(codec, frame, 1_160).ConvertAll(payload => payload.Length);
            Assert.All(lengths[..^1], one => Assert.Equal(lengths[0], one));
            Assert.All(lengths, one => Assert.InRange(one, 2, 1_160));
            Assert.True(lengths[^1] <= lengths[0]);
            Assert.True(lengths.Count <= frame.Length / 1_150 + 1);
        }
    }

    [Fact]
    public void Vp8_marks_the_start_of_a_frame_alone()
    {
        var payloads = Cut(Codec.Vp8, Frames.Key(Codec.Vp8, 2_000), 500);
        Assert.Equal(0x10, payloads[0][0]);
        Assert.All(payloads[1..], payload => Assert.Equal(0, payload[0]));
    }

    [Fact]
    public void Vp9_marks_start_end_and_prediction()
    {
        Assert.Equal([0x08, 0x00, 0x04], Cut(Codec.Vp9, Frames.Key(Codec.Vp9, 1_200), 500).Select(payload => (int)payload[0]));
        Assert.Equal([0x4C], Cut(Codec.Vp9, Frames.Delta(Codec.Vp9, 12), 500).Select(payload => (int)payload[0]));
    }

    [Fact]
    public void Av1_aggregates_without_sizes_and_tells_new_sequences_and_fragments()
    {
        var sequence = Frames.Sequence();
        var one = Assert.Single(
            Cut(Codec.Av1, [.. Frames.Obu(ObuType.TemporalDelimiter, []), .. sequence, .. Frames.Obu(ObuType.Frame, [0x10, 7])], 500)
        );
        var bare = (byte[])[0x08, .. sequence[2..]];
        Assert.Equal([0x08, (byte)bare.Length, .. bare, 3, 0x30, 0x10, 7], one);
        var fragments = Cut(Codec.Av1, Frames.Key(Codec.Av1, 1_200), 500);
        Assert.Equal([0x48, 0xC0, 0x80], fragments.Select(payload => (int)payload[0]));
    }

    [Theory]
    [InlineData("10")] // plain
    [InlineData("908005")] // a picture id of seven bits
    [InlineData("90809234")] // one of fifteen
    [InlineData("90f0053211")] // with layers and key index
    [InlineData("905011ff")] // TL0PICIDX and key index, no picture id
    public void Vp8_descriptors_of_other_senders_are_skipped(string hex)
    {
        var frame = Frames.Key(Codec.Vp8, 100);
        AssertWhole(new Vp8Depacketizer(), frame, [.. Convert.FromHexString(hex), .. frame]);
    }

    [Theory]
    [InlineData("0c")]
    [InlineData("8c7f")]
    [InlineData("8cffff")]
    [InlineData("ac0a000a")] // layers, non-flexible: TL0PICIDX
    [InlineData("bc0a00")] // layers, flexible
    [InlineData("fc0a0003050a")] // three references
    [InlineData("8e001002800168")] // structure: one layer of a size, no group
    [InlineData("8e000802000401")] // structure: a group of two pictures
    public void Vp9_descriptors_of_other_senders_are_skipped(string hex)
    {
        var frame = Frames.Key(Codec.Vp9, 100);
        AssertWhole(new Vp9Depacketizer(), frame, [.. Convert.FromHexString(hex), .. frame]);
    }

    [Fact]
    public void Av1_packets_of_other_senders_are_read()
    {
        var sequence = Frames.Sequence();
        var bare = (byte[])[0x08, .. sequence[2..]];
        var frame = Frames.Obu(ObuType.Frame, [0x10, 1, 2, 3, 4, 5]);
        byte[] whole = [.. sequence, .. frame];
        // Two elements of which the last has no length, with and without sizes of their own.
        AssertWhole(new Av1Depacketizer(), whole, [0x28, (byte)bare.Length, .. bare, 0x30, 0x10, 1, 2, 3, 4, 5]);
        AssertWhole(new Av1Depacketizer(), whole, [0x28, (byte)sequence.Length, .. sequence, .. frame]);
        // A delimiter that should not be there, and a cut.
        AssertWhole(new Av1Depacketizer(), whole, [0x78, 1, 0x10, (byte)bare.Length, .. bare, 0x30, 0x10, 1], [0xD0, 2, 3], [0x90, 4, 5]);
    }

    [Fact]
    public void An_av1_key_frame_without_sequence_header_gets_the_known_one()
    {
        var depacketizer = new Av1Depacketizer();
        byte[] bare = [0x10, 0x30, 0x10, 9];
        depacketizer.Push(bare, 0, marker: true, lost: false);
        Assert.False(depacketizer.TryRead(out _));
        var sequence = Frames.Sequence();
        AssertWhole(
            depacketizer,
            [.. sequence, .. Frames.Obu(ObuType.Frame, [0x10, 1])],
            [0x28, (byte)sequence.Length, .. sequence, 0x30, 0x10, 1]
        );
        AssertWhole(depacketizer, [.. sequence, .. Frames.Obu(ObuType.Frame, [0x10, 9])], bare);
    }

    [Theory]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void What_is_no_frame_is_refused(Codec codec)
    {
        Assert.Empty(Cut(codec, [0xFE, 0xFE, 0xFE, 0xFE], 500, mayFail: true));
        Assert.Empty(Cut(codec, [], 500, mayFail: true));
    }

    [Theory]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void Cut_and_damaged_payloads_never_throw(Codec codec)
    {
        var depacketizer = Depacketizer(codec);
        var random = new Random(4);
        var time = 0L;
        foreach (var payload in Cut(codec, Frames.Key(codec, 400), 200))
        {
            foreach (var damaged in Mutations.Of(payload, 20_000, seed: payload.Length))
            {
                depacketizer.Push(damaged, time += random.Next(2), random.Next(3) == 0, random.Next(9) == 0);
                while (depacketizer.TryRead(out var unit))
                {
                    Assert.True(unit.Data.Length < 10_000);
                }
            }
        }
        foreach (var damaged in Mutations.Of(Frames.Key(codec, 200), 20_000))
        {
            Cut(codec, damaged, 100, mayFail: true);
        }
    }

    private static void AssertWhole(IRtpDepacketizer depacketizer, byte[] expected, params byte[][] payloads)
    {
        for (var i = 0; i < payloads.Length; i++)
        {
            depacketizer.Push(payloads[i], 9_000, i == payloads.Length - 1, lost: false);
        }
        Assert.True(depacketizer.TryRead(out var unit));
        Assert.Equal(expected, unit.Data);
        Assert.True(unit.IsKeyFrame);
        Assert.False(depacketizer.TryRead(out _));
        Assert.Equal(0, depacketizer.MalformedPayloads);
    }

    private static IRtpDepacketizer Depacketizer(Codec codec) =>
        codec switch
        {
            Codec.Vp8 => new Vp8Depacketizer(),
            Codec.Vp9 => new Vp9Depacketizer(),
            _ => new Av1Depacketizer(),
        };

    private static List<byte[]> Cut(Codec codec, byte[] unit, int maxPayload, bool mayFail = false)
    {
        IRtpPacketizer packetizer = codec switch
        {
            Codec.Vp8 => new Vp8Packetizer(),
            Codec.Vp9 => new Vp9Packetizer(),
            _ => new Av1Packetizer(),
        };
        var packets = RtpPacketizer.MaxPackets(unit.Length, maxPayload);
        var output = new PacketBuffer(new byte[RtpPacketizer.MaxBytes(unit.Length, maxPayload)], new ushort[packets]);
        var count = packetizer.Packetize(unit, maxPayload, ref output);
        Assert.True(mayFail || count > 0);
        var payloads = new List<byte[]>();
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            payloads.Add(output.Bytes.Slice(at, output.Lengths[i]).ToArray());
            at += output.Lengths[i];
        }
        return payloads;
    }
}
