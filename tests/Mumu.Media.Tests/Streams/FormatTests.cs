// Formats: announced, changed, and what parameter sets tell of the picture.
using System.Buffers.Binary;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Streams;

public sealed class FormatTests
{
    private static readonly byte[] Sps720 = Convert.FromHexString("6742c01fd9005005bb0110000003001000000303c604000f424001e84e4c30078c1924");
    private static readonly byte[] Sps480 = Convert.FromHexString("67640016acd940a03db011000003000100000300140f162d96");
    private static readonly byte[] Pps = Convert.FromHexString("68cb8cb2");

    [Fact]
    public async Task The_same_formats_again_are_not_told_again()
    {
        await using var rig = new StreamRig();
        var format = new TrackFormat(MediaKind.Video, Codec.H264, 90_000, 0, Nals(Sps720, Pps));
        var (reader, _) = await rig.Play(format);
        rig.Source.Publish(1, isKeyFrame: true);
        rig.Source.Announce(format with { Configuration = Nals(Sps720, Pps) });
        rig.Source.Publish(2);
        Assert.Equal("Idle Connecting tracks H264 Ready 1 2", reader.Log);
    }

    [Fact]
    public async Task Changed_formats_are_told_and_readers_go_on_at_the_next_key_frame()
    {
        await using var rig = new StreamRig();
        var (reader, _) = await rig.Play();
        rig.Source.Publish(1, isKeyFrame: true);
        rig.Source.Announce(SourceScript.Video with { Codec = Codec.H265 }, SourceScript.Audio);
        rig.Source.Publish(2);
        rig.Source.Publish(3, isKeyFrame: true, track: 1);
        rig.Source.Publish(4, isKeyFrame: true);
        Assert.Equal("Idle Connecting tracks H264 Ready 1 tracks H265 Opus 4", reader.Log);
    }

    [Fact]
    public async Task The_announced_parameter_sets_give_the_size()
    {
        await using var rig = new StreamRig();
        await rig.Play(SourceScript.Audio, new TrackFormat(MediaKind.Video, Codec.H264, 90_000, 0, Nals(Sps720, Pps)));
        Assert.Equal((1280, 720), (rig.Stream.Statistics.Width, rig.Stream.Statistics.Height));
    }

    [Fact]
    public async Task Parameter_sets_within_a_key_frame_replace_the_announced_ones_before_it_is_passed_on()
    {
        await using var rig = new StreamRig();
        var (reader, _) = await rig.Play();
        Publish(rig, Nals(Sps480, Pps, [0x65, 1, 2]));
        Assert.Equal("Idle Connecting tracks H264 Ready tracks H264 0", reader.Log);
        Assert.Equal((640, 480), (rig.Stream.Statistics.Width, rig.Stream.Statistics.Height));
        Assert.Equal(Nals(Sps480, Pps), rig.Stream.Tracks[0].Configuration.ToArray());
        reader.Forget();
        Publish(rig, Nals(Sps480, Pps, [0x65, 1, 2]));
        Publish(rig, Nals(Sps720, Pps, [0x65, 1, 2]));
        Assert.Equal("0 tracks H264 0", reader.Log);
        Assert.Equal((1280, 720), (rig.Stream.Statistics.Width, rig.Stream.Statistics.Height));
    }

    [Fact]
    public async Task A_stream_of_sound_alone_plays_from_its_first_unit()
    {
        await using var rig = new StreamRig();
        var (reader, _) = await rig.Play(SourceScript.Audio);
        rig.Source.Publish(1, isKeyFrame: true);
        rig.Source.Publish(2, isKeyFrame: true);
        Assert.Equal("Idle Connecting tracks Opus Ready 1 2", reader.Log);
        Assert.Equal((0.0, 0L), (rig.Stream.Statistics.FramesPerSecond, rig.Stream.Statistics.KeyFrames));
    }

    private static void Publish(StreamRig rig, byte[] data)
    {
        var unit = Unit.Copy(data);
        unit.IsKeyFrame = true;
        rig.Source.Sink!.Publish(unit);
    }

    private static byte[] Nals(params byte[][] nals)
    {
        var bytes = new List<byte>();
        foreach (var nal in nals)
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, nal.Length);
            bytes.AddRange([.. length, .. nal]);
        }
        return [.. bytes];
    }
}
