// Sequence and picture parameter sets: real ones, cut ones, damaged ones.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Tests.Codecs;

public sealed class SpsTests
{
    [Theory]
    [InlineData(RealParameterSets.Main1080At25, "4d4028", 1920, 1080, 25.0, 2)]
    [InlineData(RealParameterSets.HighInterlaced1080At2997, "640028", 1920, 1080, 29.97, 2)]
    [InlineData(RealParameterSets.High422Of640x360At15, "7a0016", 640, 360, 15.0, 2)]
    [InlineData(RealParameterSets.High444Of320x240At30, "f4000d", 320, 240, 30.0, 2)]
    [InlineData(RealParameterSets.Baseline720At30WithHrd, "42c01f", 1280, 720, 30.0, 0)]
    [InlineData(RealParameterSets.HighWithScalingLists480At10, "640016", 640, 480, 10.0, 2)]
    public void An_h264_sps_tells_profile_size_rate_and_reordering(
        string hex,
        string profile,
        int width,
        int height,
        double rate,
        int reorder
    )
    {
        Assert.True(H264Sps.TryParse(RealParameterSets.Bytes(hex), out var sps));
        Assert.Equal(profile, sps.ProfileLevelId.ToString());
        Assert.Equal((width, height), (sps.Width, sps.Height));
        Assert.Equal(rate, sps.FramesPerSecond!.Value, 2);
        Assert.Equal(reorder, sps.MaxReorderFrames);
    }

    [Theory]
    [InlineData(RealParameterSets.H265Main1080, 1, 1920, 1080)]
    [InlineData(RealParameterSets.H265Main10Of1366x768, 2, 1366, 768)]
    public void An_h265_sps_tells_profile_tier_level_and_size(string hex, int profile, int width, int height)
    {
        Assert.True(H265Sps.TryParse(RealParameterSets.Bytes(hex), out var sps));
        Assert.Equal((profile, false, 120), (sps.ProfileIdc, sps.IsHighTier, sps.LevelIdc));
        Assert.Equal((width, height), (sps.Width, sps.Height));
    }

    [Theory]
    [InlineData(RealParameterSets.CabacPps, true)]
    [InlineData(RealParameterSets.CavlcPps, false)]
    public void A_pps_tells_its_entropy_coder(string hex, bool isCabac)
    {
        Assert.True(H264Pps.TryParse(RealParameterSets.Bytes(hex), out var pps));
        Assert.Equal(new H264Pps(0, 0, isCabac), pps);
    }

    [Fact]
    public void An_h265_sps_with_sublayers_skips_their_levels()
    {
        var sps = H265SpsWithSublayers();
        Assert.True(H265Sps.TryParse(sps, out var parsed));
        Assert.Equal(new H265Sps(0, 1, true, 93, 640, 360), parsed);
    }

    [Fact]
    public void A_vui_cut_short_costs_only_rate_and_reordering()
    {
        var sps = RealParameterSets.Bytes(RealParameterSets.Main1080At25);
        Assert.True(H264Sps.TryParse(sps.AsSpan(0, sps.Length - 6), out var parsed));
        Assert.Equal(1920, parsed.Width);
        Assert.Null(parsed.FramesPerSecond);
        Assert.Null(parsed.MaxReorderFrames);
    }

    [Theory]
    [InlineData(RealParameterSets.Main1080At25, 11)]
    [InlineData(RealParameterSets.HighInterlaced1080At2997, 11)]
    [InlineData(RealParameterSets.Baseline720At30WithHrd, 9)]
    [InlineData(RealParameterSets.H265Main1080, 22)]
    [InlineData(RealParameterSets.CabacPps, 1)]
    public void Every_truncation_is_refused_or_read_sanely(string hex, int needed)
    {
        var nal = RealParameterSets.Bytes(hex);
        for (var length = 0; length <= nal.Length; length++)
        {
            Assert.False(ReadAll(nal.AsSpan(0, length)) && length < needed, $"read from {length} bytes");
        }
        Assert.True(ReadAll(nal));
    }

    [Fact]
    public void Damaged_parameter_sets_never_throw_and_sizes_stay_in_bounds()
    {
        var random = new Random(7);
        string[] seeds =
        [
            RealParameterSets.HighInterlaced1080At2997,
            RealParameterSets.High444Of320x240At30,
            RealParameterSets.Baseline720At30WithHrd,
            RealParameterSets.H265Main1080,
        ];
        for (var round = 0; round < 20_000; round++)
        {
            var nal = RealParameterSets.Bytes(seeds[round % seeds.Length]);
            for (var flips = random.Next(1, 9); flips > 0; flips--)
            {
                nal[random.Next(1, nal.Length)] = (byte)random.Next(256);
            }
            if (H264Sps.TryParse(nal, out var sps))
            {
                Assert.InRange(sps.Width, 1, 16384);
                Assert.InRange(sps.Height, 1, 32768);
            }
            if (H265Sps.TryParse(nal, out var sps265))
            {
                Assert.InRange(sps265.Width, 1, 16384);
            }
        }
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(8);
        var nal = new byte[64];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(nal);
            var bytes = nal.AsSpan(0, random.Next(nal.Length));
            foreach (var header in (byte[])[0x67, 0x68, 0x42])
            {
                nal[0] = header;
                ReadAll(bytes);
            }
        }
    }

    private static bool ReadAll(ReadOnlySpan<byte> nal) =>
        H264Sps.TryParse(nal, out _) | H264Pps.TryParse(nal, out _) | H265Sps.TryParse(nal, out _);

    private static byte[] H265SpsWithSublayers()
    {
        var bits = new BitWriter(128);
        bits.Bits(1, 8); // second byte of the NAL header
        bits.Bits(0b0000_010_1, 8); // VPS 0, two sublayers below the top
        bits.Bits(0b00_1_00001, 8); // high tier, main
        bits.Bits(0x60000000, 32);
        bits.Bits(0, 32);
        bits.Bits(0, 16);
        bits.Bits(93, 8);
        bits.Bits(0b11_01_0000_0000_0000, 16); // first sublayer: profile and level; second: level
        bits.Bits(0xFFFFFFFF, 32);
        bits.Bits(0xFFFFFFFF, 32);
        bits.Bits(0xFFFFFF, 24);
        bits.Bits(60, 8);
        bits.Bits(90, 8);
        bits.Unsigned(0);
        bits.Unsigned(1);
        bits.Unsigned(640);
        bits.Unsigned(368);
        bits.Flag(true);
        foreach (var edge in (uint[])[0, 0, 0, 4])
        {
            bits.Unsigned(edge);
        }
        bits.Trail();
        var nal = new byte[256];
        return nal[4..bits.WriteNal(0x42, nal)];
    }
}
