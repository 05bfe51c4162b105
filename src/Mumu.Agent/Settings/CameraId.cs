// The id of a camera: its key in mumu.json and its path in WHEP.
using System.Globalization;
using System.Text;

namespace Mumu.Agent.Settings;

/// <summary>Rules for camera ids: 1–64 characters of letters, digits, '-' and '_'.</summary>
public static class CameraId
{
    /// <summary>The longest id.</summary>
    public const int MaxLength = 64;

    // The program runs without culture data, so it takes accents off by itself.
    private const string Accented = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßšžčř";
    private const string Plain = "aaaaaaaceeeeiiiinoooooouuuuyysszcr";

    internal const string Rule = "use 1–64 letters, digits, '-' or '_'.";

    /// <summary>True for an id that follows the rules.</summary>
    public static bool IsValid(string? id) =>
        id is { Length: >= 1 and <= MaxLength } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Makes an id from a name: "Front door" becomes "front-door"; one already taken gets a number.</summary>
    public static string FromName(string name, Func<string, bool> taken)
    {
        var text = new StringBuilder();
        foreach (var letter in name.ToLowerInvariant())
        {
            var accented = Accented.IndexOf(letter, StringComparison.Ordinal);
            var c = accented < 0 ? letter : Plain[accented];
            if (char.IsAsciiLetterOrDigit(c))
            {
                text.Append(c);
            }
            else if (text.Length > 0 && text[^1] != '-')
            {
                text.Append('-');
            }
            if (text.Length == 48)
            {
                break;
            }
        }
        var stem = text.ToString().Trim('-');
        stem = stem.Length == 0 ? "camera" : stem;
        var id = stem;
        for (var n = 2; taken(id); n++)
        {
            id = string.Create(CultureInfo.InvariantCulture, $"{stem}-{n}");
        }
        return id;
    }

    // A refused id may be anything, so it is shortened before it is shown.
    internal static string Shown(string id) => id.Length <= 80 ? id : id[..80] + "…";
}
