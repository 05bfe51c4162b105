// Transport streams that ffmpeg made: every frame and every time as ffmpeg itself finds them.
using System.Globalization;
using System.Text;
using Mumu.Interop.Tests.Rtsp;
using Mumu.Protocols.Codecs;
using Mumu.Protocols.MpegTs;

namespace Mumu.Interop.Tests.Sources;

public sealed class TransportStreamTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"mumu-{Guid.NewGuid():N}.ts");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("libx264", "aac", false, Codec.H264, Codec.Aac)]
    [InlineData("libx264", "libopus", true, Codec.H264, Codec.Opus)]
    [InlineData("libx265", "aac", false, Codec.H265, Codec.Aac)]
    public void Every_frame_comes_out_as_ffmpeg_put_it_in(string video, string audio, bool withClock, Codec videoCodec, Codec audioCodec)
    {
        string[] inputs =
        [
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=320x240:rate=25",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=440:sample_rate=48000",
        ];
        string[] encoders = ["-c:v", video, "-preset", "ultrafast", "-bf", "2", "-g", "25", "-c:a", audio, "-ac", "2", "-t", "4"];
        Footage.RunFfmpeg([.. inputs, .. encoders, "-f", "mpegts", "-mpegts_m2ts_mode", withClock ? "1" : "0", "-y", _file]);

        var demuxer = new TsDemuxer();
        var tracks = new List<TsTrack>();
        var units = new List<(int Track, long Time, byte[] Data)>();
        var bytes = File.ReadAllBytes(_file);
        for (var at = 0; at < bytes.Length; at += 1_000)
        {
            demuxer.Receive(bytes.AsSpan(at, Math.Min(1_000, bytes.Length - at)));
            Drain();
        }
        demuxer.Flush();
        Drain();

        Assert.Equal([videoCodec, audioCodec], tracks.Select(t => t.Codec));
        Assert.Equal(default, demuxer.Counters);
        var told = Encoding
            .ASCII.GetString(Footage.RunFfmpeg("-copyts", "-i", _file, "-c", "copy", "-f", "framecrc", "-"))
            .Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(',', StringSplitOptions.TrimEntries))
            .ToArray();
        for (var track = 0; track < 2; track++)
        {
            var ours = units.Where(u => u.Track == track).ToArray();
            var theirs = told.Where(t => t[0] == track.ToString(CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(theirs.Length, ours.Length);
            for (var i = 0; i < ours.Length; i++)
            {
                var time = long.Parse(theirs[i][2], CultureInfo.InvariantCulture) * (double)tracks[track].ClockRate / 90_000;
                Assert.True(Math.Abs(time - ours[i].Time) <= 1.5, $"track {track}, unit {i}: {ours[i].Time} instead of {time}");
            }
        }
        Assert.Equal(Slices(units, tracks[0].Codec), SlicesOfFile(video, tracks[0].Codec));

        void Drain()
        {
            while (demuxer.TryRead(out var next))
            {
                tracks.AddRange(next.Tracks ?? []);
                if (next.Tracks is null)
                {
                    units.Add((next.Track, next.Timestamp, next.Data.ToArray()));
                }
            }
        }
    }

    private static List<string> Slices(IEnumerable<(int Track, long Time, byte[] Data)> units, Codec codec)
    {
        var slices = new List<string>();
        foreach (var (track, _, data) in units)
        {
            var reader = new NalReader(data);
            while (track == 0 && reader.TryRead(out var nal))
            {
                Note(nal, codec, slices);
            }
        }
        return slices;
    }

    private List<string> SlicesOfFile(string encoder, Codec codec)
    {
        var slices = new List<string>();
        var format = encoder == "libx265" ? "hevc" : "h264";
        var reader = new AnnexBReader(Footage.RunFfmpeg("-i", _file, "-an", "-c", "copy", "-f", format, "-"));
        while (reader.TryRead(out var nal))
        {
            Note(nal, codec, slices);
        }
        return slices;
    }

    private static void Note(ReadOnlySpan<byte> nal, Codec codec, List<string> slices)
    {
        var isSlice = codec == Codec.H264 ? (int)NalHeader.H264Type(nal) is >= 1 and <= 5 : (int)NalHeader.H265Type(nal) < 32;
        if (isSlice)
        {
            slices.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(nal)));
        }
    }
}
