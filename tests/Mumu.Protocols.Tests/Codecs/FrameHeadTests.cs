// The heads of VP8, VP9 and AV1 frames: made by hand, cut, damaged.
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Tests.Rtp;

namespace Mumu.Protocols.Tests.Codecs;

public sealed class FrameHeadTests
{
    [Theory]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void A_key_frame_bears_a_configuration_that_tells_the_size(Codec codec)
    {
        var found = new byte[ParameterSets.MaxLength];
        var length = ParameterSets.Collect(codec, Frames.Key(codec, 300, 1), found);
        var again = new byte[ParameterSets.MaxLength];
        Assert.Equal(length, ParameterSets.Collect(codec, Frames.Key(codec, 999, 2), again));
        Assert.Equal(found, again);
        Assert.True(ParameterSets.TryGetSize(codec, found.AsSpan(0, length), out var width, out var height));
        Assert.Equal((Frames.Width, Frames.Height), (width, height));
        Assert.Equal(codec != Codec.Vp8, VideoProfile.TryRead(codec, found.AsSpan(0, length), out var profile));
        Assert.Equal(codec == Codec.Av1 ? new VideoProfile(0, 5, 0) : default, profile);
    }

    [Theory]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void Other_frames_bear_none_and_tell_no_size(Codec codec)
    {
        var frame = Frames.Delta(codec, 300);
        Assert.Equal(0, ParameterSets.Collect(codec, frame, new byte[ParameterSets.MaxLength]));
        Assert.False(ParameterSets.TryGetSize(codec, frame, out _, out _));
        Assert.Equal(0, ParameterSets.Collect(codec, Frames.Key(codec, 300), new byte[3]));
    }

    [Theory]
    [InlineData(0, 0xA2)] // profile 1 follows the low bit
    [InlineData(2, 0x92)]
    public void Vp9_profiles_are_read(int isEven, int first)
    {
        var frame = Frames.Key(Codec.Vp9, 300);
        frame[0] = (byte)first;
        Assert.True(Vp9Header.TryParse(frame, out var header));
        Assert.True(header.IsKeyFrame);
        Assert.Equal(isEven == 2 ? 2 : 1, header.Profile);
    }

    [Fact]
    public void A_vp9_frame_that_shows_another_is_no_key_frame()
    {
        Assert.True(Vp9Header.TryParse([0x88, 1], out var header));
        Assert.False(header.IsKeyFrame);
    }

    [Fact]
    public void An_av1_key_frame_that_is_not_shown_is_no_start()
    {
        Assert.True(Av1Frames.StartsWithKeyFrame(Frames.Obu(ObuType.Frame, [0x10, 1])));
        Assert.False(Av1Frames.StartsWithKeyFrame(Frames.Obu(ObuType.Frame, [0x00, 1])));
        Assert.False(Av1Frames.StartsWithKeyFrame(Frames.Obu(ObuType.Frame, [0x90, 1])));
        Assert.False(Av1Frames.StartsWithKeyFrame(Frames.Obu(ObuType.Metadata, [0x10, 1])));
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "8001")]
    [InlineData(300_000, "e0a712")]
    [InlineData(int.MaxValue, "ffffffff07")]
    public void Numbers_in_groups_of_seven_bits_are_written_and_read(int value, string hex)
    {
        var bytes = new byte[5];
        var length = Leb128.Write(value, bytes);
        Assert.Equal(hex, Convert.ToHexStringLower(bytes.AsSpan(0, length)));
        Assert.Equal(length, Leb128.LengthOf(value));
        Assert.True(Leb128.TryRead(bytes, out var read, out var taken));
        Assert.Equal((value, length), (read, taken));
        Assert.False(Leb128.TryRead(bytes.AsSpan(0, length - 1), out _, out _));
    }

    [Fact]
    public void Numbers_too_large_or_without_end_are_refused()
    {
        Assert.False(Leb128.TryRead([0x80, 0x80, 0x80, 0x80, 0x08], out _, out _));
        Assert.False(Leb128.TryRead([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], out _, out _));
        Assert.True(Leb128.TryRead([0x85, 0x80, 0x80, 0x00], out var padded, out var length));
        Assert.Equal((5, 4), (padded, length));
    }

    [Theory]
    [InlineData(Codec.Vp8)]
    [InlineData(Codec.Vp9)]
    [InlineData(Codec.Av1)]
    public void Cut_and_damaged_frames_never_throw(Codec codec)
    {
        var found = new byte[ParameterSets.MaxLength];
        foreach (var frame in Mutations.Of(Frames.Key(codec, 60), 20_000))
        {
            var length = ParameterSets.Collect(codec, frame, found);
            ParameterSets.TryGetSize(codec, frame, out _, out _);
            VideoProfile.TryRead(codec, found.AsSpan(0, length), out _);
            Av1Frames.StartsWithKeyFrame(frame);
        }
    }
}
