// The addresses of WHEP and WHIP: /{path}/whep and /{path}/whep/{session}, and the same with whip.
using Mumu.Media.Publishing;

namespace Mumu.Agent.Whep;

/// <summary>A parsed address.</summary>
/// <param name="Path">The path to read or to publish to.</param>
/// <param name="Publishes">True for WHIP.</param>
/// <param name="Session">The session's id; null where the address is the path's own.</param>
internal readonly record struct WhepAddress(PathName Path, bool Publishes, string? Session)
{
    private const string Reads = "/whep";
    private const string Writes = "/whip";

    /// <summary>The address of a session of this path.</summary>
    public string Of(string session) => $"/{Path}{(Publishes ? Writes : Reads)}/{session}";

    /// <summary>Reads the path of a request, which the server has decoded once. False where it is no address of WHEP or WHIP.</summary>
    public static bool TryParse(ReadOnlySpan<char> path, out WhepAddress address)
    {
        address = default;
        string? session = null;
        if (!IsMarked(path))
        {
            var slash = path.LastIndexOf('/');
            if (slash < 0 || !IsMarked(path[..slash]))
            {
                return false;
            }
            session = path[(slash + 1)..].ToString();
            path = path[..slash];
        }
        var publishes = path.EndsWith(Writes, StringComparison.Ordinal);
        path = path[..^Reads.Length];
        if (path.IsEmpty || path[0] != '/' || !PathName.TryParse(path[1..], out var name))
        {
            return false;
        }
        address = new WhepAddress(name, publishes, session);
        return true;
    }

    private static bool IsMarked(ReadOnlySpan<char> path) =>
        path.EndsWith(Reads, StringComparison.Ordinal) || path.EndsWith(Writes, StringComparison.Ordinal);
}
