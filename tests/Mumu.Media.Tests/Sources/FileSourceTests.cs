// Files as cameras: every frame, over the seam of the loop; and what may not be opened.
using Mumu.Media.Sources.Files;
using Mumu.Media.Tests.Rtsp;
using Mumu.Media.Tests.Transcoding;
using Mumu.Media.Units;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mp4;
using Mumu.Protocols.Mp4.Files;

namespace Mumu.Media.Tests.Sources;

public sealed class FileSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mumu-media-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // One second of pictures and sound; with B pictures and edit lists as ffmpeg writes them.
    private void Make(string name, params string[] more) =>
        Clip.Run(
            null,
            [
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x240:rate=25",
                "-f",
                "lavfi",
                "-i",
                "sine=sample_rate=48000",
                "-t",
                "1",
                "-c:v",
                "libx264",
                "-preset",
                "medium",
                "-g",
                "10",
                "-bf",
                "2",
                "-c:a",
                "aac",
                .. more,
                "-y",
                Path.Combine(_folder, name),
            ]
        );

    private async Task<(RecordingSink Sink, List<Published> Units)> PlayAsync(string name, int units)
    {
        using var stop = new CancellationTokenSource();
        var sink = new RecordingSink();
        var run = new FileSource(new MediaFolder(_folder), name, TimeProvider.System).RunAsync(sink, stop.Token);
        var taken = sink.TakeAsync(units);
        if (await Task.WhenAny(run, taken) == run)
        {
            await run;
        }
        var got = await taken;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        return (sink, got);
    }

    [Theory]
    [InlineData("a.mp4", "")]
    [InlineData("b.mp4", "-movflags +faststart")]
    [InlineData("c.mp4", "-movflags frag_keyframe+empty_moov+default_base_moof")]
    [InlineData("d.ts", "-muxdelay 0")]
    public async Task Every_frame_of_a_file_plays_again_and_again(string name, string more)
    {
        Make(name, more.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var (sink, units) = await PlayAsync(name, 190);
        Assert.Equal([Codec.H264, Codec.Aac], sink.Tracks.Select(t => t.Codec));
        var pictures = units.Where(u => u.Track == 0).ToArray();
        var rate = sink.Tracks[0].ClockRate;
        Assert.True(pictures.Length >= 60, $"{pictures.Length} pictures");
        Assert.True(pictures[0].IsKeyFrame && pictures[0].Timestamp >= 0);
        // Shown in order they are evenly spaced, over the seam too, where sound may be a little longer than the picture.
        var times = pictures.Select(p => (double)p.Timestamp / rate).Order().Take(55).ToArray();
        for (var i = 1; i < times.Length; i++)
        {
            Assert.True(times[i] - times[i - 1] is > 0.03 and < (0.1), $"{times[i - 1]} → {times[i]} at {i}");
        }
        Assert.Equal(pictures[0].Data, pictures[25].Data);
        Assert.Equal(pictures[24].Data, pictures[49].Data);
        var sounds = units.Where(u => u.Track == 1).Select(u => u.Timestamp).ToArray();
        Assert.All(sounds.Zip(sounds.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 4_800));
        Assert.True(ParameterSets.TryGetSize(Codec.H264, pictures[0].Data, out var width, out _) && width == 320);
    }

    [Fact]
    public async Task What_may_not_be_played_is_told_in_words()
    {
        Make("good.mp4");
        var outside = Directory.CreateTempSubdirectory("mumu-outside-").FullName;
        try
        {
            File.Copy(Path.Combine(_folder, "good.mp4"), Path.Combine(outside, "secret.mp4"));
            File.CreateSymbolicLink(Path.Combine(_folder, "link.mp4"), Path.Combine(outside, "secret.mp4"));
            Directory.CreateSymbolicLink(Path.Combine(_folder, "way"), outside);
            File.CreateSymbolicLink(Path.Combine(_folder, "inner.mp4"), Path.Combine(_folder, "good.mp4"));
            await PlayAsync("inner.mp4", 3);
            foreach (
                var (name, words) in new[] { ("link.mp4", "leads out"), ("way/secret.mp4", "leads out"), ("none.mp4", "There is no file") }
            )
            {
                var failure = await Assert.ThrowsAsync<SourceException>(() => PlayAsync(name, 1));
                Assert.True(failure.Message.Contains(words, StringComparison.Ordinal), failure.Message);
            }
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
        await File.WriteAllBytesAsync(Path.Combine(_folder, "noise.mp4"), new byte[5_000], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "noise.ts"), new byte[5_000], TestContext.Current.CancellationToken);
        Assert.Equal(SourceFailure.Protocol, (await Assert.ThrowsAsync<SourceException>(() => PlayAsync("noise.mp4", 1))).Failure);
        Assert.Equal(SourceFailure.UnsupportedCodec, (await Assert.ThrowsAsync<SourceException>(() => PlayAsync("noise.ts", 1))).Failure);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("../a.mp4")]
    [InlineData("x/../../a.mp4")]
    [InlineData("/etc/a.mp4")]
    [InlineData("a//b.mp4")]
    [InlineData("./a.mp4")]
    [InlineData("a\0.mp4")]
    [InlineData("c:a.mp4")]
    [InlineData("a\\b.mp4")]
    [InlineData("passwd")]
    public void Names_that_could_lead_elsewhere_are_refused(string? name) => Assert.NotNull(MediaFolder.Problem(name));

    [Fact]
    public void Damaged_files_do_no_harm()
    {
        Make("good.mp4");
        var bytes = File.ReadAllBytes(Path.Combine(_folder, "good.mp4"));
        Assert.True(Mp4Movie.TryParse(bytes, out var movie));
        Assert.True(BoxReader.TryFind(bytes, "moov"u8, out var moov));
        var whole = moov.ToArray();
        Assert.True(Mp4SampleTable.TryRead(whole, movie.Tracks[0], bytes.Length, out var samples));
        Assert.Equal(25, samples.Length);
        // The same size for each: what the file can't hold is not believed, so that a few bytes do not cost megabytes.
        var sizes = whole.AsSpan().IndexOf("stsz"u8) + 8;
        var claim = (byte[])whole.Clone();
        (claim[sizes + 3], claim[sizes + 5]) = (1, 0x10);
        Assert.False(Mp4SampleTable.TryRead(claim, movie.Tracks[0], bytes.Length, out _));
        var random = new Random(1);
        for (var i = 0; i < 5_000; i++)
        {
            var copy = random.Next(4) == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
            for (var flips = random.Next(1, 8); flips > 0 && copy.Length > 0; flips--)
            {
                copy[random.Next(copy.Length)] = (byte)random.Next(256);
            }
            if (Mp4SampleTable.TryRead(copy, movie.Tracks[i % 2], bytes.Length, out var found))
            {
                Assert.All(found.Take(100), s => Assert.InRange(s.Length, 0, Mp4SampleTable.MaxSample));
            }
        }
    }
}
