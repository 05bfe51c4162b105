// Which paths a key is for.
using Mumu.Media.Publishing;

namespace Mumu.Agent.Keys;

/// <summary>A pattern of path names: as a name is written, and <c>*</c> for any run of characters, slashes too.</summary>
internal static class PathPattern
{
    /// <summary>True for 1–200 characters that names may have, or <c>*</c>.</summary>
    public static bool IsValid(string pattern) =>
        pattern.Length is >= 1 and <= PathName.MaxLength
        && pattern.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '/' or '*')
        && pattern[0] != '/';

    /// <summary>Compares; the time is bounded by the product of the lengths.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        var (at, star, resume) = (0, -1, 0);
        for (var i = 0; i < path.Length; )
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, resume) = (at++, i);
            }
            else if (at < pattern.Length && pattern[at] == path[i])
            {
                at++;
                i++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                i = ++resume;
            }
            else
            {
                return false;
            }
        }
        return pattern[at..].IndexOfAnyExcept('*') < 0;
    }
}
