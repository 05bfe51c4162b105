// What a reader got: the frames of picture and sound as hashes, with their times.
using System.Globalization;
using System.Text;
using Mumu.Interop.Tests.RtspServer;

namespace Mumu.Interop.Tests.Matrix;

/// <summary>One frame: hash of its slices or of its sound, and its presentation time in seconds.</summary>
internal readonly record struct Frame(string Hash, double Time);

/// <summary>Frames in the order in which they came, as ffmpeg's framehash tells them. Parameter sets and messages are left out of a picture's hash: protocols carry them apart.</summary>
/// <param name="Pictures">Frames of the picture.</param>
/// <param name="Sounds">Frames of the sound.</param>
/// <param name="Complaints">What the reader said beside.</param>
internal sealed record Recording(IReadOnlyList<Frame> Pictures, IReadOnlyList<Frame> Sounds, string Complaints)
{
    private const double MostApart = 0.040;

    /// <summary>How ffmpeg is told to write hashes to its standard output.</summary>
    internal static string[] Hashing(Formats formats) =>
        [
            .. "-map 0 -c copy -copyts -bsf:v".Split(' '),
            formats == Formats.H265Aac ? "hevc_mp4toannexb,filter_units=pass_types=0-31" : "h264_mp4toannexb,filter_units=pass_types=1-5",
            .. "-f framehash -hash md5 -".Split(' '),
        ];

    internal static async Task<Recording> OfFileAsync(string path, Formats formats)
    {
        await using var ffmpeg = MediaProgram.Ffmpeg(["-i", path, .. Hashing(formats)]);
        await ffmpeg.DoneAsync();
        return Parse(ffmpeg.Log);
    }

    /// <summary>Reads framehash's lines: <c>#tb 0: 1/90000</c> and <c>#media_type 0: video</c>, then <c>stream, dts, pts, duration, size, hash</c>.</summary>
    internal static Recording Parse(string text)
    {
        var ticks = new Dictionary<string, double>();
        var isVideo = new Dictionary<string, bool>();
        var (pictures, sounds) = (new List<Frame>(), new List<Frame>());
        var complaints = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("#tb ", StringComparison.Ordinal))
            {
                var words = line[4..].Split(':', '/');
                ticks[words[0].Trim()] = Number(words[1]) / Number(words[2]);
            }
            else if (line.StartsWith("#media_type ", StringComparison.Ordinal))
            {
                var words = line[12..].Split(':');
                isVideo[words[0].Trim()] = words[1].Trim() == "video";
            }
            else if (line.Split(',') is { Length: >= 6 } fields && ticks.TryGetValue(fields[0].Trim(), out var tick))
            {
                (isVideo[fields[0].Trim()] ? pictures : sounds).Add(new Frame(fields[5].Trim(), Number(fields[2]) * tick));
            }
            else if (!line.StartsWith('#') && line.Trim().Length > 0)
            {
                complaints.AppendLine(line);
            }
        }
        return new Recording(pictures, sounds, complaints.ToString());
    }

    /// <summary>Every frame is the clip's next one, time moves as the clip's does, and sound is where its picture is.</summary>
    internal void AssertIsOf(Clip clip, int pictures, int sounds)
    {
        var (seen, heard) = (
            Whole($"{Complaints}pictures", Pictures, clip.Frames.Pictures, pictures),
            Whole($"{Complaints}sounds", Sounds, clip.Frames.Sounds, sounds)
        );
        if (seen is { } picture && heard is { } sound)
        {
            Assert.True(Math.Abs(picture - sound) < MostApart, $"Sound and picture are {(sound - picture) * 1000:0} ms apart.");
        }
    }

    /// <summary>The middle of the differences between the times of the clip and those read; null if none were expected.</summary>
    private static double? Whole(string what, IReadOnlyList<Frame> got, IReadOnlyList<Frame> sent, int least)
    {
        if (least == 0)
        {
            return null;
        }
        Assert.True(got.Count >= least, $"{got.Count} {what} came, {least} are wanted.");
        var places = sent.Select((frame, place) => (frame, place)).ToDictionary(pair => pair.frame.Hash, pair => pair.place);
        var shifts = new List<double>();
        var last = -1;
        for (var i = 0; i < got.Count; i++)
        {
            Assert.True(places.TryGetValue(got[i].Hash, out var place), $"{what}: number {i} of {got.Count} is not of the clip.");
            Assert.True(i == 0 || place == last + 1, $"{what}: the clip's number {place} follows {last}.");
            Assert.True(i == 0 || got[i].Time > got[i - 1].Time, $"{what}: time stands still or goes back at {got[i].Time:0.000} s.");
            shifts.Add(got[i].Time - sent[place].Time);
            last = place;
        }
        shifts.Sort();
        return shifts[shifts.Count / 2];
    }

    private static double Number(string text) => double.Parse(text.Trim(), CultureInfo.InvariantCulture);
}
