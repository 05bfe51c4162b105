// Writes a media playlist.
using System.Globalization;
using System.Text;

namespace Mumu.Protocols.Hls;

/// <summary>The text of media playlists (RFC 8216bis §4.4).</summary>
public static class HlsPlaylistText
{
    private const string Clock = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Writes the list as it is now.</summary>
    /// <param name="list">The list, with a target duration.</param>
    /// <param name="isDelta">Leaves out what a client with a list of the last few seconds has already.</param>
    /// <typeparam name="TContent">What the owner keeps of a part.</typeparam>
    public static string Write<TContent>(HlsPlaylist<TContent> list, bool isDelta)
    {
        var text = new StringBuilder(4096);
        HlsSegment<TContent>[] segments = [.. list.Listed];
        var target = list.TargetDuration;
        Line(text, $"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:{target}");
        var skipUntil = HlsPlaylist<TContent>.SkipTargets * target;
        Line(
            text,
            $"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={skipUntil:F1},HOLD-BACK={3 * target:F1},PART-HOLD-BACK={3 * list.PartTarget:F3}"
        );
        Line(text, $"#EXT-X-PART-INF:PART-TARGET={list.PartTarget:F3}");
        Line(text, $"#EXT-X-MEDIA-SEQUENCE:{(segments.Length > 0 ? segments[0].Number : 0)}");
        if (list.DiscontinuitySequence > 0)
        {
            Line(text, $"#EXT-X-DISCONTINUITY-SEQUENCE:{list.DiscontinuitySequence}");
        }
        if (list.IsIndependent)
        {
            text.Append("#EXT-X-INDEPENDENT-SEGMENTS\n");
        }
        var first = isDelta ? Skippable(segments, skipUntil) : 0;
        if (first > 0)
        {
            Line(text, $"#EXT-X-SKIP:SKIPPED-SEGMENTS={first}");
        }
        var total = segments.Sum(s => s.Seconds);
        var behind = segments.Take(first).Sum(s => s.Seconds);
        var initialization = -1;
        for (var i = first; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (segment.Parts.Count > 0)
            {
                Segment(text, list.Name, segment, ref initialization, hasParts: total - behind <= 3.0 * target + segment.Seconds);
            }
            behind += segment.Seconds;
        }
        var next = list.Next;
        Line(text, $"#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{new HlsFile(list.Name, HlsFileKind.Part, next.Segment, next.Part)}\"");
        return text.ToString();
    }

    private static void Segment<TContent>(
        StringBuilder text,
        string name,
        HlsSegment<TContent> segment,
        ref int initialization,
        bool hasParts
    )
    {
        if (segment.IsDiscontinuous)
        {
            text.Append("#EXT-X-DISCONTINUITY\n");
        }
        if (segment.Initialization != initialization)
        {
            initialization = segment.Initialization;
            Line(text, $"#EXT-X-MAP:URI=\"{new HlsFile(name, HlsFileKind.Initialization, initialization)}\"");
        }
        Line(text, $"#EXT-X-PROGRAM-DATE-TIME:{segment.Begins.UtcDateTime.ToString(Clock, CultureInfo.InvariantCulture)}");
        for (var part = 0; hasParts && part < segment.Parts.Count; part++)
        {
            var uri = new HlsFile(name, HlsFileKind.Part, segment.Number, part);
            var independent = segment.Parts[part].IsIndependent ? ",INDEPENDENT=YES" : "";
            Line(text, $"#EXT-X-PART:DURATION={segment.Parts[part].Seconds:F5},URI=\"{uri}\"{independent}");
        }
        if (segment.IsComplete)
        {
            Line(text, $"#EXTINF:{segment.Seconds:F5},\n{new HlsFile(name, HlsFileKind.Segment, segment.Number)}");
        }
    }

    // Segments that end before the skip boundary, counted from the end of the list (§4.4.5.2).
    private static int Skippable<TContent>(HlsSegment<TContent>[] segments, double skipUntil)
    {
        var behind = 0.0;
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            behind += segments[i].Seconds;
            if (behind > skipUntil)
            {
                return i;
            }
        }
        return 0;
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
}
