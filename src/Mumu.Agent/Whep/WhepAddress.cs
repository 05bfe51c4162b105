// The addresses of WHEP: /{path}/whep and /{path}/whep/{session}.
using Mumu.Media.Publishing;

namespace Mumu.Agent.Whep;

/// <summary>A parsed address.</summary>
/// <param name="Path">The path to read.</param>
/// <param name="Session">The session's id; null where the address is the path's own.</param>
internal readonly record struct WhepAddress(PathName Path, string? Session)
{
    private const string Mark = "/whep";

    /// <summary>Reads the path of a request, which the server has decoded once. False where it is no address of WHEP.</summary>
    public static bool TryParse(ReadOnlySpan<char> path, out WhepAddress address)
    {
        address = default;
        string? session = null;
        if (!path.EndsWith(Mark, StringComparison.Ordinal))
        {
            var slash = path.LastIndexOf('/');
            if (slash < 0 || !path[..slash].EndsWith(Mark, StringComparison.Ordinal))
            {
                return false;
            }
            session = path[(slash + 1)..].ToString();
            path = path[..slash];
        }
        path = path[..^Mark.Length];
        if (path.IsEmpty || path[0] != '/' || !PathName.TryParse(path[1..], out var name))
        {
            return false;
        }
        address = new WhepAddress(name, session);
        return true;
    }
}
