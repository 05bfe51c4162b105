// What a request's address points at: a path, and perhaps one of its tracks.
using System.Globalization;

namespace Mumu.Protocols.Rtsp.Server;

/// <summary>The parts of an address that count.</summary>
/// <param name="Path">As it stands there: not decoded, without slashes around it and without query.</param>
/// <param name="Track">The track that the last segment names, −1 where none does.</param>
internal readonly record struct RtspTarget(string Path, int Track)
{
    private const string TrackMark = "trackID=";
    private const int MaxLength = 2048;

    /// <summary>The last segment of a track's address.</summary>
    internal static string ControlOf(int track) => TrackMark + track.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads rtsp://host/path/trackID=1?query; false where it is no such address.</summary>
    internal static bool TryParse(string uri, out RtspTarget target)
    {
        target = default;
        var scheme = uri.IndexOf("://", StringComparison.Ordinal);
        if (uri.Length > MaxLength || scheme is not (4 or 5) || !uri.StartsWith("rtsp", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var rest = uri.AsSpan(scheme + 3);
        var slash = rest.IndexOf('/');
        rest = slash < 0 ? default : rest[slash..];
        // A few clients put the track behind the query.
        var track = -1;
        var mark = rest.LastIndexOf("/" + TrackMark, StringComparison.OrdinalIgnoreCase);
        if (mark >= 0)
        {
            var number = rest[(mark + 1 + TrackMark.Length)..];
            if (!int.TryParse(number.TrimEnd('/'), NumberStyles.None, CultureInfo.InvariantCulture, out track) || track > 255)
            {
                return false;
            }
            rest = rest[..mark];
        }
        var query = rest.IndexOf('?');
        rest = query < 0 ? rest : rest[..query];
        target = new RtspTarget(rest.Trim('/').ToString(), track);
        return true;
    }

    /// <summary>The address that those of tracks begin with: without query.</summary>
    internal static string BaseOf(string uri)
    {
        var query = uri.IndexOf('?', StringComparison.Ordinal);
        return (query < 0 ? uri : uri[..query]).TrimEnd('/');
    }
}
