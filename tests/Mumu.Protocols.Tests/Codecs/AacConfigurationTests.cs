// AudioSpecificConfig as encoders and cameras write it.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Tests.Codecs;

public sealed class AacConfigurationTests
{
    [Theory]
    [InlineData("121056e500", 2, 44100, 2, 1024)] // ffmpeg, with its trailing SBR extension
    [InlineData("1408", 2, 16000, 1, 1024)]
    [InlineData("1588", 2, 8000, 1, 1024)]
    [InlineData("1190", 2, 48000, 2, 1024)]
    [InlineData("1194", 2, 48000, 2, 960)]
    [InlineData("2b920800", 2, 22050, 2, 1024)] // HE-AAC told first: SBR to 44.1 kHz over a 22.05 kHz core
    [InlineData("1780 3e80 10", 2, 32000, 2, 1024)] // rate written out
    public void Real_configurations_are_read(string hex, int type, int rate, int channels, int samples)
    {
        var bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.True(AacConfiguration.TryParse(bytes, out var configuration));
        Assert.Equal(new AacConfiguration(type, rate, channels, samples), configuration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("0010")] // no object type
    [InlineData("16f0")] // reserved rate
    [InlineData("1248")] // reserved channel layout
    public void Impossible_ones_are_refused(string hex) => Assert.False(AacConfiguration.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(4);
        var bytes = new byte[16];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            if (AacConfiguration.TryParse(bytes.AsSpan(0, random.Next(bytes.Length)), out var configuration))
            {
                Assert.InRange(configuration.SampleRate, 7350, 96000);
                Assert.InRange(configuration.Channels, 0, 8);
            }
        }
    }
}
