// The H.264 packetiser: equal segments, shared small packets, one run of bytes, limits.
using Mumu.Protocols.Rtp.Packetizers;

namespace Mumu.Protocols.Tests.Rtp;

public sealed class H264PacketizerTests
{
    private static byte[] Nal(byte header, int length) => Pictures.Nal([header], length);

    private static byte[] Unit(params byte[][] nals) => Pictures.Unit(nals);

    private static List<byte[]> Packetize(byte[] unit, int maxPayload)
    {
        var bytes = new byte[RtpPacketizer.MaxBytes(unit.Length, maxPayload)];
        var lengths = new ushort[RtpPacketizer.MaxPackets(unit.Length, maxPayload)];
        var output = new PacketBuffer(bytes, lengths);
        var count = new H264Packetizer().Packetize(unit, maxPayload, ref output);
        Assert.Equal(output.Count, count);
        var payloads = new List<byte[]>();
        var at = 0;
        foreach (var length in output.Lengths)
        {
            payloads.Add(output.Bytes.Slice(at, length).ToArray());
            at += length;
        }
        Assert.Equal(output.Length, at);
        return payloads;
    }

    [Fact]
    public void A_key_frame_is_one_shared_packet_and_equal_fragments()
    {
        var payloads = Packetize(Unit(Nal(0x67, 20), Nal(0x68, 5), Nal(0x65, 50_000)), 1_200);
        Assert.Equal(0x60 | 24, payloads[0][0]);
        Assert.Equal(1 + 2 + 20 + 2 + 5, payloads[0].Length);
        var fragments = payloads[1..];
        Assert.Equal((49_999 + 1_197) / 1_198, fragments.Count);
        Assert.Single(fragments[..^1].Select(fragment => fragment.Length).Distinct());
        Assert.InRange(fragments[^1].Length, fragments[0].Length - fragments.Count, fragments[0].Length);
        Assert.All(fragments, fragment => Assert.InRange(fragment.Length, 3, 1_200));
        Assert.Equal(0x80 | 5, fragments[0][1]);
        Assert.Equal(0x40 | 5, fragments[^1][1]);
    }

    [Fact]
    public void A_picture_that_fits_is_one_packet()
    {
        Assert.Equal([1_200], Packetize(Unit(Nal(0x41, 1_200)), 1_200).Select(payload => payload.Length));
        Assert.Equal([600, 600], Packetize(Unit(Nal(0x41, 600), Nal(0x41, 600)), 1_200).Select(payload => payload.Length));
        Assert.Equal([1 + 2 + 8 + 2 + 600], Packetize(Unit(Nal(0x06, 8), Nal(0x41, 600)), 1_200).Select(payload => payload.Length));
    }

    [Fact]
    public void Every_length_gives_equal_pieces_that_hold_all_bytes()
    {
        for (var length = 64; length < 4_000; length++)
        {
            var nal = Nal(0x65, length);
            var payloads = Packetize(Unit(nal), 500);
            Assert.All(payloads, payload => Assert.InRange(payload.Length, 1, 500));
            if (payloads.Count > 1)
            {
                Assert.Single(payloads[..^1].Select(payload => payload.Length).Distinct());
                Assert.Equal(nal[1..], payloads.SelectMany(payload => payload[2..]));
            }
        }
    }

    [Fact]
    public void A_full_buffer_says_so_and_rubbish_gives_nothing()
    {
        var unit = Unit(Nal(0x65, 5_000));
        var output = new PacketBuffer(new byte[100], new ushort[10]);
        Assert.Equal(-1, new H264Packetizer().Packetize(unit, 1_200, ref output));
        output = new PacketBuffer(new byte[10_000], new ushort[2]);
        Assert.Equal(-1, new H264Packetizer().Packetize(unit, 1_200, ref output));
        Assert.Empty(Packetize([0, 0, 0, 9, 1], 1_200));
        Assert.Empty(Packetize([0, 0], 1_200));
        Assert.Empty(Packetize([0, 0, 0, 0], 1_200));
    }

    [Fact]
    public void Damaged_units_never_throw()
    {
        foreach (var damaged in Mutations.Of(Unit(Nal(0x67, 20), Nal(0x68, 5), Nal(0x65, 300)), 3_000))
        {
            var output = new PacketBuffer(new byte[4_000], new ushort[100]);
            new H264Packetizer().Packetize(damaged, 100, ref output);
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var unit = Unit(Nal(0x67, 20), Nal(0x68, 5), Nal(0x65, 50_000));
        var bytes = new byte[RtpPacketizer.MaxBytes(unit.Length, 1_200)];
        var lengths = new ushort[RtpPacketizer.MaxPackets(unit.Length, 1_200)];
        var packetizer = new H264Packetizer();
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            var output = new PacketBuffer(bytes, lengths);
            packetizer.Packetize(unit, 1_200, ref output);
        }
    }
}
