// The name of a path: the one judge of names, for every protocol.
namespace Mumu.Media.Publishing;

/// <summary>
/// The name by which a stream is read and published: 1–200 characters of letters, digits, <c>-_.~</c>, in segments between single slashes. No <c>..</c>, no segment that is a dot, and none behind the first that
/// is <c>whep</c> or <c>whip</c>, which belong to HTTP. The id of every camera is such a name.
/// </summary>
public readonly record struct PathName
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>The rule as a sentence for people.</summary>
    public const string Rule = "A path has 1–200 letters, digits, '-', '_', '.', '~', and single slashes between them.";

    private PathName(string value) => Value = value;

    /// <summary>The name, without slashes in front or behind.</summary>
    public string Value { get; }

    /// <summary>Judges a name that is not encoded.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PathName name)
    {
        name = default;
        if (text.Length is 0 or > MaxLength)
        {
            return false;
        }
        var isFirst = true;
        foreach (var range in text.Split('/'))
        {
            if (!IsSegment(text[range], isFirst))
            {
                return false;
            }
            isFirst = false;
        }
        name = new PathName(text.ToString());
        return true;
    }

    /// <summary>Judges a name from an address: decodes percent signs once, so what is encoded twice keeps a percent sign and is refused.</summary>
    public static bool TryDecode(ReadOnlySpan<char> encoded, out PathName name)
    {
        name = default;
        if (encoded.Length > 3 * MaxLength)
        {
            return false;
        }
        Span<char> plain = stackalloc char[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var letter = encoded[i];
            if (letter == '%')
            {
                if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit(encoded[i + 1]) || !char.IsAsciiHexDigit(encoded[i + 2]))
                {
                    return false;
                }
                letter = (char)((HexOf(encoded[i + 1]) << 4) | HexOf(encoded[i + 2]));
                i += 2;
                if (letter == '/')
                {
                    return false; // A slash that hides is no border of segments.
                }
            }
            plain[length++] = letter;
        }
        return TryParse(plain[..length], out name);
    }

    /// <inheritdoc />
    public override string ToString() => Value ?? "";

    private static bool IsSegment(ReadOnlySpan<char> segment, bool isFirst)
    {
        foreach (var letter in segment)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.' or '~'))
            {
                return false;
            }
        }
        return !segment.IsEmpty
            && segment is not "."
            && !segment.Contains("..", StringComparison.Ordinal)
            && (isFirst || segment is not ("whep" or "whip"));
    }

    private static int HexOf(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
