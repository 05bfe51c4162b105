// ffmpeg's files through our reader and our writer: ffmpeg sees the same pictures and the same sound at the same times.
using Mumu.Interop.Tests.RtspServer;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.Mp4;

namespace Mumu.Interop.Tests.Mp4;

public sealed class RemuxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mumu-mp4-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("avc1.", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")]
    [InlineData("avc1.", "-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-c:a", "libopus")]
    [InlineData("hvc1.1.", "-c:v", "libx265", "-preset", "ultrafast", "-bf", "2", "-x265-params", "log-level=error", "-c:a", "aac")]
    [InlineData("av01.0.", "-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-c:a", "libopus")]
    [InlineData("vp09.00.", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")]
    public async Task Every_frame_is_the_same(string codec, params string[] encoding)
    {
        var theirs = Path.Combine(_folder, "theirs.mp4");
        string[] source = ["-f", "lavfi", "-i", "testsrc=s=320x240:r=25", "-f", "lavfi", "-i", "sine=sample_rate=48000"];
        await RunAsync([
            .. source,
            .. encoding,
            "-t",
            "1.2",
            "-g",
            "12",
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            "+frag_keyframe+empty_moov",
            "-y",
            theirs,
        ]);
        var ours = Path.Combine(_folder, "ours.mp4");
        var bytes = await File.ReadAllBytesAsync(theirs, TestContext.Current.CancellationToken);
        var (copy, strings) = Remux(bytes);
        await File.WriteAllBytesAsync(ours, copy, TestContext.Current.CancellationToken);
        Assert.StartsWith(codec, strings, StringComparison.Ordinal);
        foreach (var stream in new[] { "v", "a" })
        {
            var (expected, got) = (await FramesAsync(theirs, stream), await FramesAsync(ours, stream));
            Assert.True(expected.Count > 20, $"{expected.Count} frames");
            Assert.Equal(expected, got);
        }
    }

    // One sample a fragment, decoding times found anew.
    private static (byte[] File, string CodecStrings) Remux(byte[] file)
    {
        Assert.True(Mp4Movie.TryParse(file, out var movie));
        var samples = new List<Mp4FragmentSample>();
        Assert.True(new Mp4FragmentReader(movie).TryRead(file, samples));
        var tracks = movie.Tracks.ToDictionary(
            t => t.Id,
            t =>
            {
                var first = samples.First(s => s.Track.Id == t.Id);
                var configuration = t.Configuration.ToArray();
                if (configuration.Length == 0)
                {
                    configuration = new byte[ParameterSets.MaxLength];
                    configuration = configuration[..ParameterSets.Collect(t.Codec, file.AsSpan(first.Offset, first.Length), configuration)];
                }
                Assert.True(Mp4Track.TryCreate((int)t.Id, t.Codec, t.Timescale, t.Channels, configuration, out var track));
                return (Track: track, Times: new DecodeTimes(track.ReorderDepth, t.Timescale / 25), Start: (long?)null);
            }
        );
        using var output = new MemoryStream();
        output.Write(Mp4Initialization.Write([.. tracks.Values.Select(t => t.Track)]));
        var writer = new Mp4FragmentWriter();
        var sequence = 0u;
        foreach (var sample in samples)
        {
            var (track, times, _) = tracks[sample.Track.Id];
            var shown = sample.DecodeTime + sample.CompositionOffset + track.Timescale; // a second, so that nothing is negative
            var decoded = times.Next(shown);
            var unit = file.AsSpan(sample.Offset, sample.Length);
            var data = new byte[Mp4SampleData.Measure(track.Codec, unit, sample.IsSync)];
            Mp4SampleData.Copy(track.Codec, unit, sample.IsSync, data);
            writer.Begin(++sequence);
            writer.AddRun(track, decoded, [new(data.Length, sample.Duration, (int)(shown - decoded), sample.IsSync)]);
            output.Write(writer.End());
            output.Write(data);
        }
        return (output.ToArray(), string.Join(',', tracks.Values.Select(t => t.Track.CodecString)));
    }

    /// <summary>Times, relative to the first, and hashes of decoded pictures, and of sound as it is: of Opus ffmpeg drops the lead-in that its file names.</summary>
    private async Task<List<string>> FramesAsync(string file, string stream)
    {
        var list = Path.Combine(_folder, "frames.txt");
        await RunAsync(
            "-xerror",
            "-i",
            file,
            "-map",
            $"0:{stream}",
            "-fps_mode",
            "passthrough",
            "-c:a",
            "copy",
            "-f",
            "framemd5",
            "-y",
            list
        );
        var lines = (await File.ReadAllLinesAsync(list))
            .Where(l => !l.StartsWith('#'))
            .Select(l => l.Split(',', StringSplitOptions.TrimEntries));
        var frames = lines.Select(l => (Time: long.Parse(l[2], System.Globalization.CultureInfo.InvariantCulture), Hash: l[5])).ToList();
        return [.. frames.Select(f => $"{f.Time - frames[0].Time} {f.Hash}")];
    }

    private static async Task RunAsync(params string[] arguments)
    {
        await using var ffmpeg = MediaProgram.Ffmpeg(arguments);
        await ffmpeg.DoneAsync();
    }
}
