// The encoder: what an independent decoder makes of its streams is what it says it is, bit for bit.
using System.Security.Cryptography;
using Mumu.Media.Sources.Simulator;
using Mumu.Media.Sources.Simulator.Encoding;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Simulator;

public sealed class EncoderTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 9, 59, 58, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1280, 720, 30, 26, 1500, 70)]
    [InlineData(1280, 720, 30, 26, 8000, 40)]
    [InlineData(640, 360, 25, 26, 0, 70)]
    [InlineData(640, 360, 25, 4, 2000, 20)]
    [InlineData(640, 360, 25, 38, 300, 40)]
    [InlineData(320, 240, 10, 51, 100, 30)]
    [InlineData(256, 144, 5, 18, 0, 30)]
    [InlineData(1920, 1080, 30, 28, 6000, 20)]
    [InlineData(1366, 768, 15, 22, 3000, 20)]
    public async Task Ffmpeg_decodes_every_frame_of_the_simulator_exactly(
        int width,
        int height,
        int fps,
        int quantizer,
        int kbps,
        int frames
    )
    {
        FfmpegDecoder.Require();
        var expected = new List<string>();
        var options = new SimulatorOptions
        {
            Width = width,
            Height = height,
            Fps = fps,
            Kbps = kbps,
            Quantizer = quantizer,
            FrameMade = (in frame) => expected.Add(Convert.ToHexStringLower(frame.HashPicture())),
        };
        var maker = new FrameMaker(options);
        using var stream = new MemoryStream();
        for (var i = 0; i < frames; i++)
        {
            var unit = maker.Make(Start.AddSeconds((double)i / fps), isKeyFrame: i % 17 == 0);
            Assert.True(AnnexB.TryConvertFromLengths(unit.Buffer));
            stream.Write(unit.Data);
            unit.Release();
        }
        Assert.Equal(expected, await FfmpegDecoder.HashPicturesAsync(stream.ToArray(), width, height, Cancellation));
    }

    [Theory]
    [InlineData(1, 320, 192)]
    [InlineData(2, 178, 98)]
    public async Task Ffmpeg_decodes_noise_of_all_kinds_exactly(int seed, int width, int height)
    {
        FfmpegDecoder.Require();
        var encoder = new H264Encoder(width, height, 30);
        var random = new Random(seed);
        var slice = new byte[encoder.MaxLength];
        var picture = new byte[encoder.Source.VisibleLength];
        var expected = new List<string>();
        using var stream = new MemoryStream();
        for (var frame = 0; frame < 144; frame++)
        {
            var isIdr = frame % 10 == 0;
            NoisePainter.Paint(encoder, random, strength: 1 << (frame % 8), all: isIdr);
            var length = encoder.Encode(slice, isIdr, parameter: 4 + frame * 7 % 48);
            byte[] unit = [.. isIdr ? encoder.Headers : [], .. slice.AsSpan(0, length)];
            Assert.True(AnnexB.TryConvertFromLengths(unit));
            stream.Write(unit);
            encoder.Reconstruction.CopyVisible(picture);
            expected.Add(Convert.ToHexStringLower(SHA256.HashData(picture)));
        }
        Assert.Equal(expected, await FfmpegDecoder.HashPicturesAsync(stream.ToArray(), width, height, Cancellation));
    }

    [Theory]
    [InlineData(1280, 720, 30, "42c01f")]
    [InlineData(640, 360, 15, "42c01e")]
    [InlineData(1920, 1080, 30, "42c028")]
    [InlineData(1920, 1080, 60, "42c02a")]
    [InlineData(3840, 2160, 30, "42c033")]
    public void Parameter_sets_say_size_rate_and_level(int width, int height, int fps, string profile)
    {
        var headers = SequenceHeaders.Make(new Picture(width, height), fps);
        var reader = new NalReader(headers);
        Assert.True(reader.TryRead(out var first));
        Assert.True(H264Sps.TryParse(first, out var sps));
        Assert.Equal(
            (profile, width, height, fps, 0),
            (sps.ProfileLevelId.ToString(), sps.Width, sps.Height, sps.FramesPerSecond, sps.MaxReorderFrames)
        );
        Assert.True(reader.TryRead(out var second) && H264Pps.TryParse(second, out _));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void A_picture_without_changes_is_one_run_of_skips()
    {
        var encoder = new H264Encoder(1280, 720, 30);
        var slice = new byte[encoder.MaxLength];
        encoder.Encode(slice, isIdr: true, 26);
        Assert.InRange(encoder.Encode(slice, isIdr: false, 26), 5, 20);
    }

    [Fact]
    public void Frames_cost_no_memory_but_the_unit_itself()
    {
        var maker = new FrameMaker(new SimulatorOptions { Kbps = 4000 });
        // A collection, or a test beside this one, may empty the shared pool at any time; then a round pays for filling it again.
        var least = long.MaxValue;
        for (var round = 0; round < 10 && least > 120; round++)
        {
            MakeFrames(maker, 40);
            var before = GC.GetAllocatedBytesForCurrentThread();
            MakeFrames(maker, 40);
            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / 40);
        }
        Assert.InRange(least, 0, 120);
    }

    private static void MakeFrames(FrameMaker maker, int count)
    {
        for (var i = 0; i < count; i++)
        {
            maker.Make(Start.AddMilliseconds(33 * i), isKeyFrame: i % 20 == 0).Release();
        }
    }
}
