// Writes a multivariant playlist.
using System.Globalization;
using System.Text;

namespace Mumu.Protocols.Hls;

/// <summary>What a multivariant playlist says of the one variant there is.</summary>
/// <param name="Codecs">Codec strings of all its tracks.</param>
/// <param name="Rendition">The name of its rendition.</param>
/// <param name="BitsPerSecond">The peak rate, at least 1.</param>
/// <param name="Width">Width in pixels; 0 where there are no pictures.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="FramesPerSecond">Pictures a second; 0 where unknown.</param>
public readonly record struct HlsVariant(
    IReadOnlyList<string> Codecs,
    string Rendition,
    long BitsPerSecond,
    int Width,
    int Height,
    double FramesPerSecond
);

/// <summary>The text of multivariant playlists (RFC 8216bis §4.4.6).</summary>
public static class HlsMultivariantText
{
    /// <summary>Writes the list.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="folder">What stands in front of the name of the media playlist, empty or ending in a slash.</param>
    public static string Write(in HlsVariant variant, string folder)
    {
        var text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n");
        Append(text, $"#EXT-X-STREAM-INF:BANDWIDTH={variant.BitsPerSecond},CODECS=\"{string.Join(',', variant.Codecs)}\"");
        if (variant.Width > 0)
        {
            Append(text, $",RESOLUTION={variant.Width}x{variant.Height}");
        }
        if (variant.FramesPerSecond > 0)
        {
            Append(text, $",FRAME-RATE={variant.FramesPerSecond:F3}");
        }
        Append(text, $"\n{folder}{new HlsFile(variant.Rendition, HlsFileKind.Playlist)}\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, FormattableString piece) => text.Append(piece.ToString(CultureInfo.InvariantCulture));
}
