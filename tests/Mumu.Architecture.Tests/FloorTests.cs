// The floors inside Mumu.Protocols and the borders between slices of hub and agent, read from the using lines.
using System.Text.RegularExpressions;

namespace Mumu.Architecture.Tests;

public sealed partial class FloorTests
{
    /// <summary>Folder → the folders of Mumu.Protocols it may use. Ground floor first.</summary>
    private static readonly Dictionary<string, string[]> Floors = new()
    {
        ["Codecs"] = [],
        ["Mp4"] = ["Codecs"],
        ["Hls"] = [],
        ["Stun"] = [],
        ["Sdp"] = [],
        ["MpegTs"] = ["Codecs"],
        ["Mjpeg"] = [],
        ["Rtp"] = ["Codecs"],
        ["Srtp"] = ["OpenSsl", "Rtp"],
        ["OpenSsl"] = [],
        ["Dtls"] = ["OpenSsl", "Srtp"],
        ["Ice"] = ["Stun"],
        ["Sctp"] = [],
        ["Turn"] = ["Stun"],
        ["WebRtc"] = ["Codecs", "Stun", "Rtp", "Sdp", "Ice", "Dtls", "Srtp", "Sctp"],
        ["Rtsp"] = ["Codecs", "Rtp", "Sdp"],
        ["Rtmp"] = ["Codecs"],
    };

    [Fact]
    public void Protocol_folders_look_only_down()
    {
        var wrong = new List<string>();
        foreach (var file in Source.Files("src/Mumu.Protocols"))
        {
            var folder = Source.Relative(file).Split('/')[2];
            Assert.True(Floors.ContainsKey(folder), $"src/Mumu.Protocols/{folder} is new: give it its floor in {nameof(FloorTests)}.");
            var used = UsingLine().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value).Where(u => u != folder);
            wrong.AddRange(used.Where(u => !Floors[folder].Contains(u)).Select(u => $"{Source.Relative(file)} uses {u}"));
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Floors_have_no_circle()
    {
        var done = new HashSet<string>();
        while (done.Count < Floors.Count)
        {
            var next = Floors.Where(f => !done.Contains(f.Key) && f.Value.All(done.Contains)).Select(f => f.Key).ToArray();
            Assert.NotEmpty(next);
            done.UnionWith(next);
        }
    }

    [GeneratedRegex(@"^using (?:static )?Mumu\.Protocols\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
