// The addresses of HLS: /{path}/index.m3u8, and for a reader /{path}/session={id}/{file}.
using Mumu.Media.Publishing;
using Mumu.Protocols.Hls;

namespace Mumu.Agent.Hls;

/// <summary>A parsed address. A path's name has no “=”, so no path can be taken for a session.</summary>
/// <param name="Path">The path to read.</param>
/// <param name="Session">The reader's session; null for the multivariant playlist.</param>
/// <param name="File">The file of a session.</param>
internal readonly record struct HlsAddress(PathName Path, string? Session, HlsFile File)
{
    /// <summary>The multivariant playlist of a path.</summary>
    public const string Index = "/index.m3u8";

    private const string Mark = "/session=";

    /// <summary>Reads the path of a request, which the server has decoded once. False where it is no address of HLS.</summary>
    public static bool TryParse(ReadOnlySpan<char> path, out HlsAddress address)
    {
        address = default;
        string? session = null;
        var file = default(HlsFile);
        if (path.EndsWith(Index, StringComparison.Ordinal))
        {
            path = path[..^Index.Length];
        }
        else
        {
            var slash = path.LastIndexOf('/');
            if (slash < 0 || !HlsFile.TryParse(path[(slash + 1)..], out file))
            {
                return false;
            }
            path = path[..slash];
            var mark = path.LastIndexOf(Mark, StringComparison.Ordinal);
            if (mark < 0)
            {
                return false;
            }
            session = path[(mark + Mark.Length)..].ToString();
            path = path[..mark];
        }
        if (path.IsEmpty || path[0] != '/' || !PathName.TryParse(path[1..], out var name))
        {
            return false;
        }
        address = new HlsAddress(name, session, file);
        return true;
    }

    /// <summary>Where a session's files are, seen from the multivariant playlist.</summary>
    public static string FolderOf(string session) => $"session={session}/";
}
