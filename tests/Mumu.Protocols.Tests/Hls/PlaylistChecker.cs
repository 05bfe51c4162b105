// Checks a media playlist and its changes over time against RFC 8216bis.
using System.Globalization;

namespace Mumu.Protocols.Tests.Hls;

/// <summary>A playlist that was read.</summary>
internal sealed record CheckedPlaylist(
    int Target,
    double PartTarget,
    long First,
    long Discontinuities,
    long Skipped,
    IReadOnlyList<CheckedSegment> Segments,
    string Hint
)
{
    public long Next => Segments.Count == 0 ? First : Segments[^1].Number + (Segments[^1].IsComplete ? 1 : 0);
}

/// <summary>A segment of it; the last may lack its end.</summary>
internal sealed record CheckedSegment(
    long Number,
    string Uri,
    double Seconds,
    string Map,
    DateTimeOffset Begins,
    bool IsDiscontinuous,
    IReadOnlyList<(double Seconds, string Uri, bool IsIndependent)> Parts
)
{
    public bool IsComplete => Uri.Length > 0;
}

/// <summary>Takes one rendition's playlists in the order they were loaded; throws where one breaks a rule.</summary>
internal sealed class PlaylistChecker
{
    private const double Rounding = 0.0002;
    private CheckedPlaylist? _last;

    public CheckedPlaylist? Last => _last;

    public CheckedPlaylist Check(string text)
    {
        try
        {
            var list = Read(text, _last);
            Rules(list, text);
            if (_last is { } before)
            {
                Changes(before, list);
            }
            return _last = list;
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            throw new InvalidOperationException($"{e.Message}\n{text}", e);
        }
    }

    private static CheckedPlaylist Read(string text, CheckedPlaylist? before)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("#EXTM3U", lines[0]);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var (target, partTarget, first, discontinuities, skipped) = (0, 0.0, 0L, 0L, 0L);
        var segments = new List<CheckedSegment>();
        var parts = new List<(double, string, bool)>();
        var (map, hint, seconds, isDiscontinuous) = ("", "", 0.0, false);
        DateTimeOffset? begins = null;
        void Add(string uri)
        {
            segments.Add(new(first + skipped + segments.Count, uri, seconds, map, begins!.Value, isDiscontinuous, [.. parts]));
            parts.Clear();
            (begins, isDiscontinuous) = (null, false);
        }
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (tag, value) = line[0] != '#' || colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            var attributes = Attributes(value);
            switch (tag)
            {
                case "#EXT-X-TARGETDURATION":
                    target = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "#EXT-X-PART-INF":
                    partTarget = Number(attributes["PART-TARGET"]);
                    break;
                case "#EXT-X-SERVER-CONTROL":
                    Assert.Equal("YES", attributes["CAN-BLOCK-RELOAD"]);
                    Assert.True(Number(attributes["CAN-SKIP-UNTIL"]) >= 6 * target, "CAN-SKIP-UNTIL is six target durations at least");
                    Assert.True(Number(attributes["HOLD-BACK"]) >= 3 * target, "HOLD-BACK is three target durations at least");
                    break;
                case "#EXT-X-MEDIA-SEQUENCE":
                    first = long.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "#EXT-X-DISCONTINUITY-SEQUENCE":
                    discontinuities = long.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "#EXT-X-SKIP":
                    skipped = long.Parse(attributes["SKIPPED-SEGMENTS"], CultureInfo.InvariantCulture);
                    break;
                case "#EXT-X-MAP":
                    map = attributes["URI"];
                    break;
                case "#EXT-X-DISCONTINUITY":
                    isDiscontinuous = true;
                    break;
                case "#EXT-X-PROGRAM-DATE-TIME":
                    begins = DateTimeOffset.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "#EXT-X-PART":
                    parts.Add((Number(attributes["DURATION"]), attributes["URI"], attributes.ContainsKey("INDEPENDENT")));
                    break;
                case "#EXTINF":
                    seconds = Number(value.TrimEnd(','));
                    break;
                case "#EXT-X-PRELOAD-HINT":
                    Assert.Equal("PART", attributes["TYPE"]);
                    hint = attributes["URI"];
                    break;
                case "#EXTM3U" or "#EXT-X-VERSION" or "#EXT-X-INDEPENDENT-SEGMENTS":
                    break;
                default:
                    Assert.False(line[0] == '#', $"unknown tag {line}");
                    Add(line);
                    break;
            }
        }
        if (parts.Count > 0)
        {
            seconds = parts.Sum(p => p.Item1);
            Add("");
        }
        if (skipped > 0)
        {
            // What was skipped the client has: from the list before, of which nothing may be missing.
            var known = before!.Segments.Where(s => s.Number >= first && s.Number < first + skipped).ToList();
            Assert.Equal(skipped, known.Count);
            Assert.All(known, s => Assert.True(s.IsComplete));
            segments.InsertRange(0, known);
        }
        return new(target, partTarget, first, discontinuities, skipped, segments, hint);
    }

    private static void Rules(CheckedPlaylist list, string text)
    {
        Assert.True(list.Target > 0 && list.PartTarget > 0, "targets are there");
        Assert.NotEqual("", list.Hint);
        var holdBack = Number(Attributes(text.Split("SERVER-CONTROL:")[1].Split('\n')[0])["PART-HOLD-BACK"]);
        Assert.True(holdBack >= 3 * list.PartTarget - Rounding, "PART-HOLD-BACK is three part targets at least");
        foreach (var segment in list.Segments)
        {
            Assert.True(Math.Round(segment.Seconds) <= list.Target, $"segment {segment.Number} lasts {segment.Seconds} s");
            Assert.NotEqual("", segment.Map);
            if (segment is { IsComplete: true, Parts.Count: > 0 })
            {
                Assert.Equal(segment.Seconds, segment.Parts.Sum(p => p.Seconds), 0.001);
            }
        }
        Assert.All(list.Segments.SkipLast(1), s => Assert.True(s.IsComplete, "only the last segment grows"));
        Assert.All(list.Segments.TakeLast(2), s => Assert.NotEmpty(s.Parts));
    }

    /// <summary>How many parts but the last of their segments are shorter than they should be: those before a late picture.</summary>
    public static int ShortParts(CheckedPlaylist list) =>
        list.Segments.Sum(s => s.Parts.SkipLast(1).Count(p => p.Seconds < 0.85 * list.PartTarget - Rounding));

    /// <summary>Parts longer than the part target: only a single late picture may make one.</summary>
    public static IEnumerable<string> LongParts(CheckedPlaylist list) =>
        list.Segments.SelectMany(s => s.Parts).Where(p => p.Seconds > list.PartTarget + Rounding).Select(p => p.Uri);

    // §6.2.1, §6.2.2: segments are added at the end and leave at the front; nothing else changes.
    private static void Changes(CheckedPlaylist before, CheckedPlaylist now)
    {
        Assert.Equal((before.Target, before.PartTarget), (now.Target, now.PartTarget));
        Assert.True(now.First >= before.First, "the media sequence never goes back");
        Assert.True(now.Next >= before.Next, "segments never vanish at the end");
        var gone = before.Segments.Where(s => s.Number < now.First).ToList();
        Assert.Equal(before.Discontinuities + gone.Count(s => s.IsDiscontinuous), now.Discontinuities);
        if (gone.Count > 0)
        {
            Assert.True(now.Segments.Sum(s => s.Seconds) >= 3 * now.Target, "three target durations stay");
        }
        foreach (var segment in now.Segments)
        {
            if (before.Segments.FirstOrDefault(s => s.Number == segment.Number) is not { } same)
            {
                continue;
            }
            Assert.Equal((same.Map, same.Begins, same.IsDiscontinuous), (segment.Map, segment.Begins, segment.IsDiscontinuous));
            if (same.IsComplete)
            {
                Assert.Equal((same.Uri, same.Seconds), (segment.Uri, segment.Seconds));
            }
            if (segment.Parts.Count > 0)
            {
                Assert.Equal(same.Parts, segment.Parts.Take(same.Parts.Count));
            }
        }
        var hinted = now.Segments.SelectMany(s => s.Parts).Any(p => p.Uri == before.Hint);
        Assert.True(
            hinted || before.Hint == now.Hint || now.Segments[^1].Number > before.Next + 1,
            $"{before.Hint} was hinted at, and never came"
        );
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Attributes(string value)
    {
        var found = new Dictionary<string, string>();
        var rest = value.AsSpan();
        while (rest.IndexOf('=') is > 0 and var equals)
        {
            var name = rest[..equals].ToString();
            rest = rest[(equals + 1)..];
            var isQuoted = rest.StartsWith("\"");
            var end = isQuoted ? rest[1..].IndexOf('"') + 1 : rest.IndexOf(',');
            end = end < 0 ? rest.Length : end;
            found[name] = rest[(isQuoted ? 1 : 0)..end].ToString();
            rest = rest[Math.Min(rest.Length, end + (isQuoted ? 1 : 0))..].TrimStart(',');
        }
        return found;
    }
}
