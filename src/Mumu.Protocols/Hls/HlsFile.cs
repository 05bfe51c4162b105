// The names of a rendition's files.
using System.Globalization;

namespace Mumu.Protocols.Hls;

/// <summary>A file of a rendition.</summary>
public enum HlsFileKind
{
    /// <summary>The media playlist, <c>video.m3u8</c>.</summary>
    Playlist,

    /// <summary>An initialization segment, <c>video_init0.mp4</c>.</summary>
    Initialization,

    /// <summary>A segment, <c>video_7.m4s</c>.</summary>
    Segment,

    /// <summary>A part, <c>video_7.2.m4s</c>.</summary>
    Part,
}

/// <summary>A file's name.</summary>
/// <param name="Rendition">The rendition, <c>video</c> or <c>audio</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Number">The number of the segment or initialization segment.</param>
/// <param name="Part">The index of the part.</param>
public readonly record struct HlsFile(string Rendition, HlsFileKind Kind, long Number = 0, int Part = 0)
{
    /// <summary>The rendition of pictures.</summary>
    public const string Video = "video";

    /// <summary>The rendition of sound.</summary>
    public const string Audio = "audio";

    /// <summary>The name as it stands in playlists.</summary>
    public override string ToString() =>
        Kind switch
        {
            HlsFileKind.Playlist => $"{Rendition}.m3u8",
            HlsFileKind.Initialization => string.Create(CultureInfo.InvariantCulture, $"{Rendition}_init{Number}.mp4"),
            HlsFileKind.Segment => string.Create(CultureInfo.InvariantCulture, $"{Rendition}_{Number}.m4s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Rendition}_{Number}.{Part}.m4s"),
        };

    /// <summary>Reads a name; false where it is none of ours.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out HlsFile file)
    {
        file = default;
        var rendition =
            text.StartsWith(Video, StringComparison.Ordinal) ? Video
            : text.StartsWith(Audio, StringComparison.Ordinal) ? Audio
            : null;
        if (rendition is null)
        {
            return false;
        }
        text = text[rendition.Length..];
        if (text is ".m3u8")
        {
            file = new HlsFile(rendition, HlsFileKind.Playlist);
            return true;
        }
        if (text.StartsWith("_init", StringComparison.Ordinal) && text.EndsWith(".mp4", StringComparison.Ordinal))
        {
            return TryNumber(text[5..^4], out var number) && Set(new HlsFile(rendition, HlsFileKind.Initialization, number), out file);
        }
        if (!text.StartsWith("_", StringComparison.Ordinal) || !text.EndsWith(".m4s", StringComparison.Ordinal))
        {
            return false;
        }
        text = text[1..^4];
        var dot = text.IndexOf('.');
        if (dot < 0)
        {
            return TryNumber(text, out var segment) && Set(new HlsFile(rendition, HlsFileKind.Segment, segment), out file);
        }
        return TryNumber(text[..dot], out var parent)
            && TryNumber(text[(dot + 1)..], out var part)
            && Set(new HlsFile(rendition, HlsFileKind.Part, parent, (int)Math.Min(part, int.MaxValue)), out file);
    }

    private static bool Set(HlsFile value, out HlsFile file)
    {
        file = value;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        return text.Length is > 0 and <= 15
            && (text[0] != '0' || text.Length == 1)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
