// profile-level-id: SDP's six digits and the profiles behind them.
using Mumu.Protocols.Codecs;

namespace Mumu.Protocols.Tests.Codecs;

public sealed class ProfileLevelIdTests
{
    [Theory]
    [InlineData("42c01f", H264Profile.ConstrainedBaseline)]
    [InlineData("42e01f", H264Profile.ConstrainedBaseline)]
    [InlineData("42001f", H264Profile.Baseline)]
    [InlineData("4d001f", H264Profile.Main)]
    [InlineData("4d4028", H264Profile.Main)]
    [InlineData("4d8028", H264Profile.ConstrainedBaseline)]
    [InlineData("58c01f", H264Profile.ConstrainedBaseline)]
    [InlineData("58801f", H264Profile.Baseline)]
    [InlineData("64001f", H264Profile.High)]
    [InlineData("640c1f", H264Profile.ConstrainedHigh)]
    [InlineData("f4000d", H264Profile.Other)]
    public void Six_digits_round_trip_and_tell_the_profile(string text, H264Profile profile)
    {
        Assert.True(ProfileLevelId.TryParse(text, out var id));
        Assert.Equal(text, id.ToString());
        Assert.Equal(profile, id.Profile);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42c01")]
    [InlineData("42c01f0")]
    [InlineData("42c01g")]
    [InlineData("+2c01f")]
    [InlineData(" 42c01")]
    public void Anything_else_is_refused(string text) => Assert.False(ProfileLevelId.TryParse(text, out _));

    [Fact]
    public void Only_an_sps_has_one()
    {
        Assert.True(ProfileLevelId.TryFromSps(RealParameterSets.Bytes(RealParameterSets.Baseline720At30WithHrd), out var id));
        Assert.Equal("42c01f", id.ToString());
        Assert.False(ProfileLevelId.TryFromSps([0x67, 0x42, 0xC0], out _));
        Assert.False(ProfileLevelId.TryFromSps(RealParameterSets.Bytes(RealParameterSets.CavlcPps), out _));
    }
}
