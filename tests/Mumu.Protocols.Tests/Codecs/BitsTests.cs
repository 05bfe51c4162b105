// Bits and NAL units: written, read back, escaped.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Tests.Codecs;

public sealed class BitsTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        var random = new Random(1);
        var writer = new BitWriter(1 << 16);
        var nal = new byte[1 << 17];
        for (var round = 0; round < 200; round++)
        {
            writer.Reset();
            var fields = Fields(random, 200);
            foreach (var (kind, value, count) in fields)
            {
                Write(writer, kind, value, count);
            }
            writer.Trail();
            var length = writer.WriteNal(0x65, nal);
            var reader = BitReader.OverNal(nal.AsSpan(5, length - 5));
            foreach (var (kind, value, count) in fields)
            {
                Assert.Equal(value, Read(ref reader, kind, count));
            }
            Assert.True(reader.Flag());
            Assert.False(reader.IsOverrun);
        }
    }

    [Fact]
    public void Escaped_bytes_never_look_like_a_start_code()
    {
        var random = new Random(2);
        var writer = new BitWriter(4096);
        var nal = new byte[8192];
        for (var round = 0; round < 500; round++)
        {
            writer.Reset();
            for (var i = random.Next(300); i > 0; i--)
            {
                writer.Bits((uint)random.Next(6) is var b and < 4 ? b : 0, 8);
            }
            writer.Trail();
            var length = writer.WriteNal(0x65, nal);
            var body = nal.AsSpan(4, length - 4);
            for (var i = 0; i + 2 < body.Length; i++)
            {
                Assert.False(body[i] == 0 && body[i + 1] == 0 && body[i + 2] < 3, $"at {i} in round {round}");
            }
            var reader = BitReader.OverNal(body[1..]);
            foreach (var expected in writer.Written)
            {
                Assert.Equal(expected, reader.Bits(8));
            }
        }
    }

    [Fact]
    public void Reading_past_the_end_gives_zeros_and_says_so()
    {
        var reader = BitReader.OverBytes([0xFF]);
        Assert.Equal(0xFFu, reader.Bits(8));
        Assert.False(reader.IsOverrun);
        Assert.Equal(0u, reader.Bits(1));
        Assert.True(reader.IsOverrun);
    }

    [Fact]
    public void A_number_without_end_is_an_overrun()
    {
        var reader = BitReader.OverBytes(new byte[64]);
        reader.Unsigned();
        Assert.True(reader.IsOverrun);
    }

    private static List<(int Kind, long Value, int Count)> Fields(Random random, int count)
    {
        var fields = new List<(int, long, int)>();
        for (var i = 0; i < count; i++)
        {
            var bits = random.Next(1, 33);
            fields.Add(
                random.Next(4) switch
                {
                    0 => (0, random.NextInt64(1L << bits), bits),
                    1 => (1, random.Next(random.Next(2) == 0 ? 10 : 65535), 0),
                    2 => (2, random.Next(-32767, 32768), 0),
                    _ => (0, 0, bits),
                }
            );
        }
        return fields;
    }

    private static void Write(BitWriter writer, int kind, long value, int count)
    {
        switch (kind)
        {
            case 0:
                writer.Bits((uint)value, count);
                break;
            case 1:
                writer.Unsigned((uint)value);
                break;
            default:
                writer.Signed((int)value);
                break;
        }
    }

    private static long Read(ref BitReader reader, int kind, int count) =>
        kind switch
        {
            0 => reader.Bits(count),
            1 => reader.Unsigned(),
            _ => reader.Signed(),
        };
}
