// Decoder configuration records.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Tests.Codecs;

public sealed class DecoderConfigurationTests
{
    private static readonly byte[] s_avcSets = [.. Unit("6764000DACD94141FB011000000300100000030320F1429960"), .. Unit("68EBECB22C")];

    private static byte[] Unit(string nal)
    {
        var bytes = Convert.FromHexString(nal);
        return [0, 0, 0, (byte)bytes.Length, .. bytes];
    }

    [Fact]
    public void Parameter_sets_of_h264_come_back_as_they_went()
    {
        var record = DecoderConfiguration.Write(Codec.H264, s_avcSets)!;
        Assert.Equal((1, 0x64, 0x00, 0x0D), (record[0], record[1], record[2], record[3]));
        Assert.True(DecoderConfiguration.TryRead(Codec.H264, record, out var sets, out var size));
        Assert.Equal(s_avcSets, sets);
        Assert.Equal(4, size);
        for (var length = 0; length < record.Length; length++)
        {
            Assert.False(DecoderConfiguration.TryRead(Codec.H264, record.AsSpan(0, length), out _, out _), $"cut at {length}");
        }
    }

    [Theory]
    [InlineData(Codec.H264)]
    [InlineData(Codec.H265)]
    [InlineData(Codec.Av1)]
    [InlineData(Codec.Vp9)]
    public void Records_changed_at_random_never_throw(Codec codec)
    {
        var random = new Random(9);
        for (var run = 0; run < 5000; run++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            if (bytes.Length > 0)
            {
                bytes[0] = codec == Codec.Av1 ? (byte)0x81 : (byte)1;
            }
            DecoderConfiguration.TryRead(codec, bytes, out _, out _);
            DecoderConfiguration.Write(codec, bytes);
        }
    }
}
