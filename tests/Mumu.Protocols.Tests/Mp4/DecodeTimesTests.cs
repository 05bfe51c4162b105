// Decoding times rise, and no picture is shown before it is decoded.
using Mumu.Protocols.Mp4;

namespace Mumu.Protocols.Tests.Mp4;

public sealed class DecodeTimesTests
{
    private static long[] Run(int? depth, params long[] shown)
    {
        var times = new DecodeTimes(depth, 10);
        return [.. shown.Select(times.Next)];
    }

    [Fact]
    public void Without_reordering_both_times_are_the_same() => Assert.Equal([100, 110, 130, 140], Run(0, 100, 110, 130, 140));

    [Fact]
    public void One_picture_overtaking_two_needs_a_depth_of_one() =>
        // I P B B P B B
        Assert.Equal([90, 100, 110, 120, 130, 140, 150], Run(1, 100, 130, 110, 120, 160, 140, 150));

    [Fact]
    public void A_pyramid_needs_a_depth_of_two() => Assert.Equal([80, 90, 100, 110, 120, 130], Run(2, 100, 140, 120, 110, 130, 180));

    [Fact]
    public void A_depth_nobody_told_is_learned()
    {
        long[] shown = [100, 130, 110, 120, 160, 140, 150, 190, 170, 180, 220, 200, 210];
        var decoded = Run(null, shown);
        Assert.Equal(decoded.Order().Distinct(), decoded);
        Assert.All(decoded.Zip(shown).Skip(5), t => Assert.True(t.First <= t.Second, $"{t}"));
    }

    [Fact]
    public void Times_that_stand_still_or_go_back_make_rising_ones()
    {
        var decoded = Run(0, 100, 100, 50, 50, 100, 100, 20, 300);
        Assert.Equal(decoded.Order().Distinct(), decoded);
    }
}
