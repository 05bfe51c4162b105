// Streams through ffmpeg: sound for browsers, sound for RTMP, pictures for browsers, pictures as JPEG; always on the original's timeline.
using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Mumu.Media.Streams;
using Mumu.Media.Transcoding;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;

namespace Mumu.Media.Tests.Transcoding;

public sealed class TranscodingTests
{
    private static readonly string[] s_h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "0"];
    private static readonly string[] s_aac = ["-c:a", "aac", "-ac", "1"];

    private static MediaStream Play(byte[] clip) => new("clip", () => new ClipSource(clip), new StreamOptions(), TimeProvider.System);

    private static DerivedStreams Derive(MediaStream stream, bool audio = true, bool video = true) =>
        new(stream, () => new TranscodePermission(audio, video), TimeProvider.System, NullLogger.Instance);

    [Fact]
    public async Task An_aac_camera_has_opus_for_browsers_and_its_sound_stays_with_its_picture()
    {
        await using var stream = Play(Clip.Make([.. s_h264, .. s_aac]));
        await using var derived = Derive(stream);
        var forBrowsers = await derived.ForAsync(ReaderFormats.WebRtc(h265: false), TestContext.Current.CancellationToken);
        Assert.NotSame(stream, forBrowsers);
        Assert.Same(forBrowsers, await derived.ForAsync(ReaderFormats.WebRtc(h265: false), TestContext.Current.CancellationToken));
        var log = new UnitLog();
        using var reading = forBrowsers.AddReader(log);
        var sound = await log.TakeAsync(1, 250);
        var picture = await log.TakeAsync(0, 140);

        Assert.Equal([Codec.H264, Codec.Opus], log.Tracks.Select(t => t.Codec));
        Assert.All(sound.Zip(sound.Skip(1)), pair => Assert.Equal(960, pair.Second.Timestamp - pair.First.Timestamp));
        Assert.All(picture.Zip(picture.Skip(1)), pair => Assert.Equal(3_600, pair.Second.Timestamp - pair.First.Timestamp));
        AssertBeepsAtFullSeconds(sound, 48_000, Opus(sound));
        // Told as if each had come with its original, so that a sender's reports say the same.
        var offset = picture[100].Arrival - TimeSpan.FromSeconds(picture[100].Timestamp / 90_000.0);
        Assert.All(sound, u => Assert.InRange((u.Arrival - TimeSpan.FromSeconds(u.Timestamp / 48_000.0) - offset).TotalSeconds, -1, 1));
    }

    // Decodes sound back by ffmpeg and finds where the beeps begin.
    private static void AssertBeepsAtFullSeconds(List<Logged> units, int rate, byte[] samples)
    {
        var start = units[0].Timestamp / (double)rate;
        var beeps = new List<double>();
        var quietUntil = 0;
        for (var i = 0; i < samples.Length / 2; i++)
        {
            if (i >= quietUntil && Math.Abs((int)BinaryPrimitives.ReadInt16LittleEndian(samples.AsSpan(2 * i))) > 4_000)
            {
                beeps.Add(start + i / 48_000.0);
                quietUntil = i + 24_000;
            }
        }
        Assert.True(beeps.Count >= 4, $"{beeps.Count} beeps");
        // The clip begins with its first picture at 0 and a flash; beeps come with the flashes at full seconds.
        Assert.All(beeps.Skip(1), beep => Assert.True(Math.Abs(beep - Math.Round(beep)) < 0.03, $"beeps at {string.Join(", ", beeps)}"));
    }

    // Ogg would need pages; Matroska is at hand.
    private static byte[] Opus(List<Logged> units) => Decode(new TrackFormat(MediaKind.Audio, Codec.Opus, 48_000, 1, default), units);

    private static byte[] Decode(TrackFormat format, List<Logged> units)
    {
        var file = new MemoryStream();
        file.Write(MatroskaWriter.Header(format)!);
        var head = new byte[MatroskaWriter.MaxClusterHead];
        foreach (var unit in units)
        {
            var at = (unit.Timestamp - units[0].Timestamp) * MatroskaWriter.TicksPerSecond / format.ClockRate;
            file.Write(head, 0, MatroskaWriter.Cluster(at, unit.IsKeyFrame, unit.Data.Length, head));
            file.Write(unit.Data);
        }
        return Clip.Run(file.ToArray(), "-f", "matroska", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "-ar", "48000", "pipe:1");
    }

    [Fact]
    public async Task Opus_of_a_browser_becomes_aac_for_rtmp()
    {
        await using var stream = Play(Clip.Make([.. s_h264, "-c:a", "libopus", "-ac", "2"]));
        await using var derived = Derive(stream);
        var log = new UnitLog();
        using var reading = (await derived.ForAsync(ReaderFormats.Rtmp, TestContext.Current.CancellationToken)).AddReader(log);
        var sound = await log.TakeAsync(1, 240);
        Assert.Equal([Codec.H264, Codec.Aac], log.Tracks.Select(t => t.Codec));
        Assert.True(AacConfiguration.TryParse(log.Tracks[1].Configuration.Span, out var aac));
        Assert.Equal((2, 48_000, 2), (aac.ObjectType, aac.SampleRate, aac.Channels));
        Assert.All(sound.Zip(sound.Skip(1)), pair => Assert.Equal(1_024, pair.Second.Timestamp - pair.First.Timestamp));
        AssertBeepsAtFullSeconds(sound, 48_000, Decode(log.Tracks[1], sound));
    }

    [Fact]
    public async Task H265_becomes_h264_where_allowed_and_stays_where_not()
    {
        await using var stream = Play(
            Clip.Make("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=25:bframes=2:log-level=none", "-an")
        );
        await using var forbidden = Derive(stream, video: false);
        Assert.Same(stream, await forbidden.ForAsync(ReaderFormats.WebRtc(h265: false), TestContext.Current.CancellationToken));
        await using var derived = Derive(stream);
        Assert.Same(stream, await derived.ForAsync(ReaderFormats.WebRtc(h265: true), TestContext.Current.CancellationToken));
        var log = new UnitLog();
        using var reading = (await derived.ForAsync(ReaderFormats.WebRtc(h265: false), TestContext.Current.CancellationToken)).AddReader(
            log
        );
        var pictures = await log.TakeAsync(0, 100);
        Assert.Equal(Codec.H264, Assert.Single(log.Tracks).Codec);
        Assert.True(pictures[0].IsKeyFrame);
        Assert.All(pictures.Zip(pictures.Skip(1)), pair => Assert.InRange(pair.Second.Timestamp - pair.First.Timestamp, 3_590, 3_610));
        Assert.True(ParameterSets.TryGetSize(Codec.H264, log.Tracks[0].Configuration.Span, out var width, out var height));
        Assert.Equal((320, 240), (width, height));
    }

    [Fact]
    public async Task Every_key_frame_becomes_a_jpeg_at_once()
    {
        await using var stream = Play(Clip.Make("-c:v", "libx264", "-preset", "medium", "-g", "25", "-bf", "2", "-an"));
        await using var derived = Derive(stream);
        var log = new UnitLog();
        using var reading = (await derived.JpegAsync(isMoving: false, TestContext.Current.CancellationToken)).AddReader(log);
        // Six key frames go in and nothing after them: none may be held back.
        var pictures = await log.TakeAsync(0, 6);
        Assert.All(pictures, p => Assert.True(JpegHeader.IsWhole(p.Data)));
        Assert.True(JpegHeader.TryParse(pictures[0].Data, out var header));
        Assert.Equal((320, 240), (header.Width, header.Height));
        var moving = new UnitLog();
        using var movingReading = (await derived.JpegAsync(isMoving: true, TestContext.Current.CancellationToken)).AddReader(moving);
        Assert.All(await moving.TakeAsync(0, 5), p => Assert.True(JpegHeader.IsWhole(p.Data)));
    }

    [Theory]
    [InlineData(new[] { Codec.H264, Codec.Aac }, true, false, null, "Opus")]
    [InlineData(new[] { Codec.H264, Codec.Aac }, false, true, null, null)]
    [InlineData(new[] { Codec.H264, Codec.Aac, Codec.Opus }, true, true, null, null)]
    [InlineData(new[] { Codec.H264, Codec.Pcma }, true, true, null, null)]
    [InlineData(new[] { Codec.Jpeg }, true, true, "H264", null)]
    [InlineData(new[] { Codec.H265, Codec.Aac }, true, false, null, "Opus")]
    [InlineData(new[] { Codec.Aac }, true, false, null, "Opus")]
    public void A_browser_gets_what_it_needs_and_no_more(Codec[] codecs, bool audio, bool video, string? picture, string? sound)
    {
        var tracks = codecs
            .Select(c => new TrackFormat(
                c is Codec.Aac or Codec.Opus or Codec.Pcma ? MediaKind.Audio : MediaKind.Video,
                c,
                48_000,
                0,
                default
            ))
            .ToArray();
        var plan = TranscodePlan.For(tracks, ReaderFormats.WebRtc(h265: false), new TranscodePermission(audio, video));
        Assert.Equal((picture, sound), (plan.Video?.ToString(), plan.Audio?.ToString()));
    }

    [Fact]
    public void Rtmp_and_hls_get_aac_where_they_need_it()
    {
        Assert.Equal("Aac", SoundOf(Codec.Opus, ReaderFormats.Rtmp));
        Assert.Equal("Aac", SoundOf(Codec.Pcmu, ReaderFormats.Hls));
        Assert.Null(SoundOf(Codec.Pcmu, ReaderFormats.Rtmp));
        Assert.Null(SoundOf(Codec.Opus, ReaderFormats.Hls));
        Assert.Null(SoundOf(Codec.Opus, ReaderFormats.RtmpWith([Codec.Opus]))); // by enhanced RTMP
        static string? SoundOf(Codec codec, ReaderFormats formats)
        {
            TrackFormat[] tracks = [new(MediaKind.Video, Codec.H264, 90_000, 0, default), new(MediaKind.Audio, codec, 8_000, 1, default)];
            return TranscodePlan.For(tracks, formats, new TranscodePermission(Audio: true, Video: false)).Audio?.ToString();
        }
    }

    [Fact]
    public void No_template_leaves_ffmpeg_another_way_than_its_pipes()
    {
        foreach (var template in Enum.GetValues<TranscodeTemplate>())
        {
            var arguments = TranscodeArguments.Of(template, new TrackFormat(MediaKind.Audio, Codec.Aac, 48_000, 2, default));
            Assert.Equal("pipe", arguments[Array.IndexOf(arguments, "-protocol_whitelist") + 1]);
            Assert.Equal("pipe:0", arguments[Array.IndexOf(arguments, "-i") + 1]);
            Assert.Equal("pipe:1", arguments[^1]);
        }
    }
}
